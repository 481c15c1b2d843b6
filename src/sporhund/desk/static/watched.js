// What was really before the eyes, recognisably: a still after a second, of a video what played; told to the desk.

import { recognisable } from "./veil.js";
import { tellSeen } from "./seen.js";

const LOOKED_MS = 1000, TELL_MS = 10000, JUMP_S = 0.75;

export class Watched {
  /** medium: its id.  moving: a video.  tracks(spans): ids of those that can be seen now; of a video, best in one of the spans. */
  constructor(medium, { moving, tracks }) {
    Object.assign(this, { medium, moving, tracks });
    this.spans = [];
    this.looked = { media: new Set(), tracks: new Set() };      // of a still: to be told
    this.reported = new Set();
    this.at = null;
    setInterval(() => this.tell(), TELL_MS);
    addEventListener("pagehide", () => this.tell());
    document.addEventListener("visibilitychange", () => this.tell());
  }

  get clearly() {
    return document.visibilityState === "visible" && recognisable(document.getElementById("veiled"));
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
      if (this.moving) this.spans.push([t, Math.max(after ?? 0, t + 0.04)]);
      else {
        this.looked.media.add(this.medium);
        for (const id of this.tracks()) this.looked.tracks.add(id);
      }
      this.at = null;
      this.tell();
    }, LOOKED_MS);
  }

  tell() {
    const spans = this.spans.filter(([from, to]) => to > from);
    const fresh = (ids) => [...ids].filter((id) => !this.reported.has(id));
    const media = this.moving ? (spans.length ? [this.medium] : []) : fresh(this.looked.media);
    const tracks = this.moving ? (spans.length ? fresh(this.tracks(spans)) : []) : fresh(this.looked.tracks);
    if (!media.length && !tracks.length) return;
    this.spans = this.at !== null ? [[this.at, this.at]] : [];
    const told = this.moving ? tracks : [...media, ...tracks];
    for (const id of told) this.reported.add(id);
    tellSeen({ media, spans: this.moving ? spans : [], tracks }).catch((fault) => {
      console.warn("what was seen is told again", fault);
      this.spans.unshift(...(this.moving ? spans : []));
      for (const id of told) this.reported.delete(id);
    });
  }
}
