// The tracks of a medium: their boxes over the picture, their bars and their strip; which one is chosen.

import { on } from "./keys.js";
import { ask } from "./send.js";
import { draw, inSight, placeAt } from "./boxes.js";

const by = (id) => document.getElementById(id);
const tileOf = (id) => document.querySelector(`#tracks .tile[data-track="${CSS.escape(id)}"]`);
const BEST_S = 0.02;       // so near to its best moment a track was seen at its best
const BESIDE_S = 0.2;

export class Tracks {
  /** data: of the viewer.  chosen(t): another track was chosen, whose best moment is t; null: no moment.  none(): there is none. */
  constructor(data, { chosen, none }) {
    Object.assign(this, { data, chosen, none });
    this.track = data.track;
    this.every = [];
    this.t = data.t ?? 0;
    this.shown = true;
    this.svg = by("boxes");
    on("boxes", () => {
      this.shown = !this.shown;
      by("boxes-on")?.setAttribute("aria-pressed", String(this.shown));
      this.draw();
    });
    on("track-next", () => this.jump(1));
    on("track-previous", () => this.jump(-1));
    document.addEventListener("seen-told", ({ detail }) => {
      for (const tile of detail.tracks.map(tileOf)) { tile?.classList.add("seen"); inStep(tile); }
    });
    document.addEventListener("marks-changed", ({ detail }) => {
      for (const [id, word] of Object.entries(detail.standing)) { const tile = tileOf(id); badge(tile, word); inStep(tile); }
    });
  }

  /** Ask for every sighting of every track. */
  async load(base) {
    let after = null;
    do {
      const page = await ask(`${base}/tracks.json${after ? `?after=${encodeURIComponent(after)}` : ""}`);
      this.every.push(...page.items.filter((one) => one.stream === this.data.shown.stream && one.page === this.data.page));
      after = page.next;
      for (const one of [...(this.svg?.querySelectorAll(":scope > rect") ?? [])]) one.remove();
      this.draw();
    } while (after);
  }

  at(t) { this.t = t; this.draw(); }

  draw() {
    if (this.svg) draw(this.svg, this.shown ? this.every.map((one) => this.item(one)).filter(Boolean) : [], this.track);
  }

  /** A track as its box is drawn now; null: it is not there. Movement is drawn where its kind is shown. */
  item(one) {
    const { moving, kinds, gap } = this.data;
    if (moving && (one.from > this.t + BESIDE_S || one.to < this.t - BESIDE_S)) return null;
    if (one.kind === "motion" && !kinds.includes("motion") && one.id !== this.track) return null;
    const place = moving ? placeAt(one.path, this.t, gap) : one.path.length ? { box: one.path[0].slice(1, 5), sure: true } : null;
    return place && { id: one.id, kind: one.kind, word: one.word, ...place };
  }

  /** Those whose best picture is in sight: of a video also in one of the spans. view: as `inSight` takes it; null: the whole. */
  seenIn(view, spans = null) {
    const best = (one) => placeAt(one.path, this.data.moving ? one.best : one.path[0]?.[0], this.data.gap);
    return this.every.filter((one) => {
      if (spans && !spans.some(([from, to]) => from <= one.best + BEST_S && one.best <= to + BEST_S)) return false;
      const place = best(one);
      return !view || (place !== null && inSight(place.box, view));
    }).map((one) => one.id);
  }

  choose(id, t = null) {
    this.track = id;
    for (const one of document.querySelectorAll("#tracks .tile[aria-current]")) one.removeAttribute("aria-current");
    for (const one of document.querySelectorAll("#bars rect.chosen")) one.classList.remove("chosen");
    const tile = id && tileOf(id);
    if (id) document.querySelector(`#bars a[data-track="${CSS.escape(id)}"] rect`)?.classList.add("chosen");
    tile?.setAttribute("aria-current", "true");
    if (tile) beside(tile.parentElement);
    this.draw();
    return this.chosen(t);
  }

  jump(places) {
    const all = [...document.querySelectorAll("#tracks .tile")], now = all.findIndex((one) => one.dataset.track === this.track);
    const near = () => (places > 0 ? all.find((one) => Number(one.dataset.t) > this.t) ?? all[0]
      : all.findLast((one) => Number(one.dataset.t) < this.t));
    const next = now >= 0 ? all[now + places] : near();
    if (next) this.choose(next.dataset.track, Number(next.dataset.t)); else this.none();
  }

  /** A link to a track was followed: it is chosen here. */
  follow(id) {
    const tile = tileOf(id), known = this.every.find((one) => one.id === id);
    this.choose(id, tile ? Number(tile.dataset.t) : known?.best ?? null);
  }
}

/** My word on a track, on its tile; "" for none. */
function badge(tile, word) {
  const said = word && Object.assign(document.createElement("span"), { className: "mark mine", textContent: word });
  tile?.querySelector(".marks").replaceChildren(...(said ? [said] : []));
}

/** The bar of a track says what its tile shows: that I have seen it, my word on it. */
function inStep(tile) {
  const bar = tile && document.querySelector(`#bars a[data-track="${CSS.escape(tile.dataset.track)}"]`);
  if (!bar) return;
  const seen = tile.classList.contains("seen") && tile.querySelector(".looked").textContent;
  bar.querySelector("title").textContent = [bar.dataset.said, seen, tile.querySelector(".mark")?.textContent].filter(Boolean).join(", ");
}

/** Bring a tile into the strip, without moving the page. */
function beside(item) {
  const strip = by("tracks"), left = item.offsetLeft, right = left + item.offsetWidth;
  if (left < strip.scrollLeft) strip.scrollLeft = left;
  else if (right > strip.scrollLeft + strip.clientWidth) strip.scrollLeft = right - strip.clientWidth;
}
