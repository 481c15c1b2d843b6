// Playing: the player's buttons, its speed and its sound; where a browser cannot play, frame by frame.

import { on } from "./keys.js";
import { tell } from "./send.js";
import { Player } from "./player.js";

const by = (id) => document.getElementById(id);
const ENDS_S = 0.05;       // so near to its end it begins again

export class Playing {
  /** on: {at(t, exactly): a frame is shown, begins(): it is about to play, stands(): it stopped, fault(): it cannot be played,
   *  speed(rate)}. */
  constructor(data, words, { base, which, at, begins, stands, fault, speed }) {
    const video = by("video");
    Object.assign(this, { data, words, video, begins, fault });
    const play = data.play;
    this.player = video && play && play.how !== "impossible" ? new Player(video, play, base, which, {
      time: (t, exactly) => at(t, exactly && !this.now),
      state: () => { this.button(); if (!this.now) stands(); },
      making: (what) => this.inform({ copy: words.loading, busy: words.busy }[what] ?? ""),
      fault: () => { this.inform(words.cannot); fault(); },
    }) : null;
    if (video) video.muted = data.muted;
    this.keys(speed);
  }

  get now() { return Boolean(this.player?.playing); }

  keys(speed) {
    on("play", (event) => {
      if (event.type === "keydown" && event.target.closest?.("button, a, summary, select, input")) return false;
      if (this.now) this.player.stop(); else this.start();
      return true;
    });
    on("mute", () => {
      if (!this.video) return;
      this.video.muted = !this.video.muted;
      const button = by("mute");
      button.setAttribute("aria-pressed", String(this.video.muted));
      button.querySelector("span").textContent = this.video.muted ? this.words.silent : this.words.sound;
    });
    const field = by("speed");
    const faster = (places) => {
      if (!field) return;
      field.selectedIndex = Math.min(field.options.length - 1, Math.max(0, field.selectedIndex + places));
      field.dispatchEvent(new Event("change"));
    };
    on("faster", () => faster(1));
    on("slower", () => faster(-1));
    field?.addEventListener("change", () => { this.player?.faster(Number(field.value)); speed(Number(field.value)); });
  }

  async start() {
    if (!this.player) { tell(this.words.cannot); return; }
    const t = this.begins(), { from, to } = this.data.play;
    try { await this.player.start(t >= to - ENDS_S ? from : t); } catch (fault) {
      if (fault.name === "AbortError") return;
      this.inform(fault.message || this.words.cannot);
      this.fault();
    }
  }

  stop() { this.player?.stop(); }

  seek(t) { this.player?.seek(t).catch((fault) => this.inform(fault.message)); }

  button() {
    const label = by("play")?.querySelector("span");
    if (label) label.textContent = this.now ? this.words.pause : this.words.play;
  }

  inform(sentence) {
    const said = by("player-said");
    if (said) { said.textContent = sentence; said.hidden = !sentence; }
  }
}
