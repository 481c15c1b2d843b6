// The picture: nearer and further, moved, turned, brighter. What is changed is told when it has settled.

import { on } from "./keys.js";

const STEP = 1.25, MOST = 40, LEAST = 0.2, SETTLED_MS = 800;

export class Stage {
  /** size: [width, height] of the upright picture.  changed: called with the adjustments when they have settled. */
  constructor(stage, pane, size, { language, changed }) {
    Object.assign(this, { stage, pane, size, language, changed });
    this.light = { brightness: 1, contrast: 1 };
    this.speed = 1;
    this.whole();
    this.told = JSON.stringify(this.adjustments());
    this.keys();
    this.pointer();
    new ResizeObserver(() => this.apply()).observe(stage);
  }

  whole() { Object.assign(this, { zoom: 1, x: 0, y: 0 }); this.turned ??= 0; }

  adjustments() {
    return { zoom: Number(this.zoom.toFixed(3)), rotation: this.turned, speed: this.speed,
      brightness: this.light.brightness, contrast: this.light.contrast };
  }

  keys() {
    on("zoom-in", () => this.nearer(STEP));
    on("zoom-out", () => this.nearer(1 / STEP));
    on("fit", () => { this.whole(); this.apply(); });
    on("rotate", () => { this.turned = (this.turned + 90) % 360; this.apply(); });
    on("as-it-is", () => { this.turned = 0; this.whole(); this.set("brightness", 1); this.set("contrast", 1); });
    on("adjust", () => {
      const place = document.getElementById("adjust"), button = document.querySelector('[aria-controls="adjust"]');
      place.hidden = !place.hidden;
      button?.setAttribute("aria-expanded", String(!place.hidden));
      if (!place.hidden) document.getElementById("brightness").focus();
    });
    for (const name of ["brightness", "contrast"]) {
      document.getElementById(name)?.addEventListener("input", (event) => this.set(name, Number(event.target.value)));
    }
    const moves = { ArrowLeft: [40, 0], ArrowRight: [-40, 0], ArrowUp: [0, 40], ArrowDown: [0, -40] };
    this.stage.addEventListener("keydown", (event) => {
      if (!moves[event.key] || event.target !== this.stage) return;
      event.preventDefault();
      this.x += moves[event.key][0]; this.y += moves[event.key][1];
      this.apply();
    });
  }

  pointer() {
    this.stage.addEventListener("wheel", (event) => {
      if (event.ctrlKey) return;
      event.preventDefault();
      const frame = this.stage.getBoundingClientRect();
      this.nearer(event.deltaY < 0 ? STEP : 1 / STEP,
        [event.clientX - frame.left - frame.width / 2, event.clientY - frame.top - frame.height / 2]);
    }, { passive: false });
    let from = null;
    this.stage.addEventListener("pointerdown", (event) => {
      if (event.button !== 0 || event.target.closest("a, button")) return;
      from = [event.clientX - this.x, event.clientY - this.y];
      this.stage.setPointerCapture(event.pointerId);
    });
    this.stage.addEventListener("pointermove", (event) => {
      if (!from) return;
      this.x = event.clientX - from[0]; this.y = event.clientY - from[1];
      this.apply();
    });
    for (const name of ["pointerup", "pointercancel"]) this.stage.addEventListener(name, () => { from = null; });
  }

  /** Nearer by a factor, the point `at` (from the middle of the stage) staying where it is. */
  nearer(by, at = [0, 0]) {
    const zoom = Math.min(MOST, Math.max(LEAST, this.zoom * by)), real = zoom / this.zoom;
    this.x = at[0] - (at[0] - this.x) * real;
    this.y = at[1] - (at[1] - this.y) * real;
    this.zoom = zoom;
    this.apply();
  }

  set(name, value) {
    this.light[name] = value;
    const field = document.getElementById(name), said = document.getElementById(`${name}-said`);
    if (field) field.value = value;
    if (said) said.textContent = value.toFixed(2).replace(".", this.language === "da" ? "," : ".");
    this.apply();
  }

  /** Turned by a quarter the picture has to be smaller, or may be larger, to be whole. */
  fits() {
    const [width, height] = this.size, box = this.stage.getBoundingClientRect();
    if (this.turned % 180 === 0 || !width || !height || !box.width || !box.height) return 1;
    return Math.min(box.width / height, box.height / width) / Math.min(box.width / width, box.height / height);
  }

  /** What of the picture can be seen: as `inSight` takes it. */
  get view() {
    const box = this.stage.getBoundingClientRect();
    return { size: this.size, stage: [box.width, box.height], zoom: this.zoom * this.fits(), turned: this.turned, x: this.x, y: this.y };
  }

  apply() {
    this.pane.style.transform = `translate(${this.x}px, ${this.y}px) rotate(${this.turned}deg) scale(${this.zoom * this.fits()})`;
    const { brightness, contrast } = this.light;
    for (const one of this.pane.querySelectorAll("img, video")) {
      one.style.filter = brightness === 1 && contrast === 1 ? "" : `brightness(${brightness}) contrast(${contrast})`;
    }
    const said = document.getElementById("zoom");
    if (said) said.textContent = `${Math.round(this.zoom * 100)} %`;
    this.settle();
  }

  settle() {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => {
      const now = JSON.stringify(this.adjustments());
      if (now === this.told) return;
      this.told = now;
      this.changed(this.adjustments());
    }, SETTLED_MS);
  }
}
