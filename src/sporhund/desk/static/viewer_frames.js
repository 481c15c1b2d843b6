// Frame by frame: the exact picture of a moment, with its own time and its neighbours', as the desk decodes it.

import { signIn, tell } from "./send.js";

/** A number of an answer's headers; null where it says nothing of it. */
const told = (answer, name) => (answer.headers.has(name) ? Number(answer.headers.get(name)) : null);

export class Frames {
  /** picture, video: the elements that show one.  address(t): of the frame at t.  first: before which there is none, seconds.
   *  shown(t, exact): called with each frame; exact: whether t is its own time.  end(): there is none further that way. */
  constructor({ picture, video, address, first, shown, end }) {
    Object.assign(this, { picture, video, address, first, shown, end });
    this.forget();
  }

  /** Whether a frame stands before the eyes, and not the video. */
  get there() { return !this.picture.hidden; }

  /** Another moment is wanted: what was asked for comes too late, and the neighbours are not those of what is shown. */
  forget() {
    this.asking?.abort();
    this.before = this.after = null;
  }

  /** The frame at t. False where another one was asked for meanwhile, or it did not come: then it was said why. */
  async show(t) {
    this.asking?.abort();
    const mine = this.asking = new AbortController();
    try {
      const answer = await fetch(this.address(t), { signal: mine.signal, credentials: "same-origin" });
      if (answer.status === 401) { signIn(); return false; }
      const blob = await answer.blob();
      if (mine.signal.aborted) return false;
      const last = this.picture.src, exact = told(answer, "x-picture-t");
      this.picture.src = URL.createObjectURL(blob);
      if (last.startsWith("blob:")) URL.revokeObjectURL(last);
      this.picture.hidden = false;
      this.video.hidden = true;
      this.before = told(answer, "x-picture-before");
      this.after = told(answer, "x-picture-after");
      this.t = exact ?? t;
      this.shown(this.t, exact !== null);
      return true;
    } catch (fault) {
      if (fault.name !== "AbortError") tell(String(fault.message || fault), { fault: true });
      return false;
    }
  }

  /** One frame on or back from t. */
  async step(forwards, t) {
    if (!this.there || (this.before === null && this.after === null)) await this.show(t);
    const next = forwards ? this.after : this.before ?? (this.t > this.first ? this.t - 0.0005 : null);
    if (next === null) this.end(); else await this.show(Number(next.toFixed(6)));
  }
}
