// What was really before the eyes, clear: a still after a second, of a video what played; told to the desk.

import { clear } from "./veil.js";
import { csrf } from "./send.js";

const CLEAR_MS = 1000, TELL_MS = 10000, JUMP_S = 0.75;

export class Watched {
  /** data: of the viewer.  tracks(): those that may be seen.  seen(ids): called with the tracks that were reported. */
  constructor(data, { tracks, seen, moving }) {
    Object.assign(this, { data, tracks, seen, moving });
    this.spans = [];
    this.reported = new Set();
    this.at = null;
    setInterval(() => this.tell(), TELL_MS);
    addEventListener("pagehide", () => this.tell());
    document.addEventListener("visibilitychange", () => this.tell());
  }

  get clearly() {
    return document.visibilityState === "visible" && (clear() || document.getElementById("veiled")?.classList.contains("clear"));
  }

  /** A frame of the video was shown while it played. */
  frame(t) {
    if (!this.clearly) { this.at = null; return; }
    const last = this.spans.at(-1);
    if (this.at !== null && last && t >= this.at && t - this.at < JUMP_S) last[1] = t; else this.spans.push([t, t]);
    this.at = t;
  }

  gone() { this.at = null; }

  /** A picture stands still before the eyes: a still, or one frame until the next one. */
  still(t = null, after = null) {
    clearTimeout(this.timer);
    if (!this.clearly) return;
    this.timer = setTimeout(() => {
      if (!this.clearly) return;
      if (this.moving) this.spans.push([t, Math.max(after ?? 0, t + 0.04)]); else this.stood = true;
      this.at = null;
      this.tell();
    }, CLEAR_MS);
  }

  tell() {
    const spans = this.spans.filter(([from, to]) => to > from);
    const tracks = this.tracks(this.moving ? spans : null, this.stood).filter((id) => !this.reported.has(id));
    const media = this.moving ? spans.length > 0 : this.stood && !this.reported.has(this.data.medium);
    if (!media && !(this.moving ? spans.length : this.stood && tracks.length)) return;
    const playing = this.at !== null ? [[this.at, this.at]] : [];
    this.spans = playing;
    if (!this.moving) this.reported.add(this.data.medium);
    for (const id of tracks) this.reported.add(id);
    fetch(`/case/${this.data.case}/seen.json`, {
      method: "POST", keepalive: true, credentials: "same-origin",
      headers: { "content-type": "application/json", "x-csrf": csrf, accept: "application/json" },
      body: JSON.stringify({ media: media ? [this.data.medium] : [], spans: this.moving ? spans : [], tracks }),
    }).then((answer) => { if (answer.ok) this.seen(tracks); }).catch((fault) => console.warn("what was seen was not told", fault));
  }
}
