// A video, played as it is or as a derived copy part by part; its time is always that of the original.

import { ask } from "./send.js";

const AGAIN_S = 5;

export class Player {
  /** play: as the desk says how it plays; base: address of the medium; which: "stream=…&clip=…" or "".
   *  on: {time(t, exactly), state(), making("copy" | "busy" | ""), fault(sentence)}. */
  constructor(video, play, base, which, on) {
    Object.assign(this, { video, play, base, which, on });
    const query = which && `?${which}`;
    this.pieces = play.how === "derived"
      ? play.parts.map((part) => ({ from: part.from, to: part.to, src: `${base}/part/${part.part}${query}`,
        about: `${base}/part/${part.part}.json${query}`, offset: null }))
      : [{ from: play.from, to: play.to, src: `${base}/original${query}`, offset: 0 }];
    this.now = video.hasAttribute("src") ? 0 : -1;     // a sound has its own player
    this.t = play.from;
    this.wanted = 0;                                   // of several seeks the last one counts
    this.learning = 0;
    this.rate = 1;
    video.addEventListener("ended", () => this.ended());
    video.addEventListener("error", () => { if (video.getAttribute("src")) on.fault(); });
    for (const name of ["play", "pause", "seeked"]) video.addEventListener(name, () => on.state());
    this.watch();
  }

  get loaded() { return this.now >= 0; }

  get playing() { return this.loaded && !this.video.paused && !this.video.ended; }

  /** Tell the time of each frame as it is shown: by the frame itself where the browser says it, else by its clock. */
  watch() {
    const video = this.video;
    const tell = (media, exactly) => {
      const piece = this.pieces[this.now];
      if (!piece || piece.offset === null) return;
      this.t = this.play.to > this.play.from ? Math.min(this.play.to, media + piece.offset) : media + piece.offset;
      this.on.time(this.t, exactly);
    };
    if (video.requestVideoFrameCallback) {
      const next = (_, frame) => { tell(frame.mediaTime, true); video.requestVideoFrameCallback(next); };
      video.requestVideoFrameCallback(next);
      return;
    }
    video.addEventListener("timeupdate", () => tell(video.currentTime, false));
    const each = () => { if (this.playing) tell(video.currentTime, false); requestAnimationFrame(each); };
    requestAnimationFrame(each);
  }

  /** Bring the picture at t before the eyes; resolves when it is there. Throws where it cannot be made. */
  async seek(t) {
    const mine = ++this.wanted;
    let place = this.pieces.findIndex((piece) => t < piece.to);
    if (place < 0) place = this.pieces.length - 1;
    const piece = this.pieces[place];
    if (piece.offset === null) await this.learn(piece, mine);
    if (mine !== this.wanted) return false;
    const video = this.video;
    if (this.now !== place) {
      this.now = place;
      video.src = piece.src;
      await new Promise((done, failed) => {
        video.addEventListener("loadedmetadata", done, { once: true });
        video.addEventListener("error", () => failed(new Error("")), { once: true });
      });
      video.playbackRate = this.rate;
    }
    if (mine !== this.wanted) return false;
    video.currentTime = Math.max(0, t - piece.offset) + 1e-4;
    return true;
  }

  /** How the times of a piece lie. While the desk makes copies for others it is asked again, until something else is wanted. */
  async learn(piece, mine) {
    this.learning++;
    this.on.making("copy");
    try {
      while (piece.offset === null && mine === this.wanted) {
        try { piece.offset = (await ask(piece.about)).offset; } catch (fault) {
          if (fault.code !== "copies-busy") throw fault;
          if (mine === this.wanted) this.on.making("busy");
          await new Promise((done) => setTimeout(done, (fault.again ?? AGAIN_S) * 1000));
        }
      }
    } finally { if (!--this.learning) this.on.making(""); }
  }

  async start(t) {
    if (await this.seek(t)) await this.video.play();
  }

  stop() { this.wanted++; this.video.pause(); }

  faster(rate) { this.rate = rate; this.video.playbackRate = rate; }

  async ended() {
    const next = this.pieces[this.now + 1];
    if (next) await this.start(next.from); else this.on.state();
  }
}
