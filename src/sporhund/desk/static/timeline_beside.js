// What stands beside the timeline: the strip of best pictures, the panel of the chosen track, and what is done with it.

import { unfold as unfoldPanel } from "./fold.js";
import { faultIn, forms } from "./panel_forms.js";
import { keyOf, on } from "./keys.js";
import { mark } from "./marks.js";
import { saw } from "./seen.js";
import { fragment, submit, tell } from "./send.js";
import { recognisable, whenVeil } from "./veil.js";

const by = (id) => document.getElementById(id);
const LOOKED_MS = 800;

/** While the veil is on a picture comes as one that tells nothing; it is asked for again when it is lifted. */
function sources(place) {
  for (const picture of place.querySelectorAll("img[data-src]")) {
    const wanted = picture.dataset.src + (recognisable(picture) ? "" : "&veiled=1");
    if (picture.getAttribute("src") !== wanted) picture.setAttribute("src", wanted);
  }
}

export class Beside {
  constructor({ base, says, state, query, number, choose, changed }) {
    Object.assign(this, { base, says, state, query, number, choose, changed });
    this.asking = {};
    this.stripSaid = null;
    by("tl-strip").addEventListener("click", (event) => this.clicked(event));
    by("tl-panel").addEventListener("submit", (event) => this.submit(event));
    for (const name of ["click", "auxclick"]) by("tl-panel").addEventListener(name, (event) => this.takeAlong(event.target.closest("a")));
    whenVeil(() => { sources(by("tl-strip")); sources(by("tl-panel")); this.look(); });
    sources(by("tl-strip"));
    sources(by("tl-panel"));
    forms(by("tl-panel"));
    by("tl-panel").addEventListener("toggle", (event) => { if (event.target.open) this.fill(event.target); }, true);
    this.keys();
    this.look();
  }

  /** I have seen these: nobody needs to be told any more that somebody else has. */
  seen(tracks) {
    for (const id of tracks) {
      const tile = by("tl-strip").querySelector(`[data-track="${CSS.escape(id)}"]`), kind = tile?.querySelector(".kind");
      tile?.classList.add("seen");
      tile?.querySelector(".ring")?.remove();
      kind?.setAttribute("aria-label", `${kind.title}, ${this.says.mine}`);
    }
  }

  // -- asking for the parts

  async load(name, place, address) {
    this.asking[name]?.abort();
    const asking = this.asking[name] = new AbortController();
    try {
      const text = await fragment(address, { signal: asking.signal });
      const focused = place.contains(document.activeElement) ? document.activeElement.dataset.track : null;
      place.innerHTML = text;
      sources(place);
      if (focused) place.querySelector(`[data-track="${CSS.escape(focused)}"]`)?.focus({ preventScroll: true });
      return true;
    } catch (fault) {
      if (fault.name !== "AbortError") tell(fault.message, { fault: true });
      return false;
    }
  }

  strip(now = false) {
    clearTimeout(this.stripLater);
    this.stripLater = setTimeout(async () => {
      const said = this.query({ at: "", track: "", subject: "" });
      if (said === this.stripSaid && !now) return;
      this.stripSaid = said;
      if (await this.load("strip", by("tl-strip"), `${this.base}/strip.html?${this.query()}`)) this.mark();
    }, now ? 0 : 150);
  }

  async panel() {
    const opened = document.querySelector("#tl-panel details[open]")?.id;
    if (!await this.load("panel", by("tl-panel"), `${this.base}/panel.html?${this.query()}`)) return;
    if (opened && this.keepOpen) by(opened)?.setAttribute("open", "");
    this.keepOpen = false;
    this.pickedSaid();
    this.look();
  }

  /** Which picture is chosen, and which are to be joined; where the cursor is, its recording can be opened. */
  mark() {
    const here = by("tl-strip").querySelector("[data-open-here]");
    if (here) {
      here.hidden = this.state.at === null;
      here.href = `${this.base}/open?${this.query()}`;
    }
    for (const one of by("tl-strip").querySelectorAll("[data-track]")) {
      const chosen = one.dataset.track === this.state.track;
      if (chosen && !one.hasAttribute("aria-current")) {
        const list = one.closest("ol"), box = one.getBoundingClientRect(), outer = list.getBoundingClientRect();
        if (box.left < outer.left || box.right > outer.right) list.scrollLeft += box.left - outer.left - outer.width / 3;
      }
      if (chosen) one.setAttribute("aria-current", "true"); else one.removeAttribute("aria-current");
      one.classList.toggle("picked", this.state.picked.has(one.dataset.track));
    }
    this.pickedSaid();
  }

  clicked(event) {
    const link = event.target.closest("a");
    if (!link) return;
    if (link.dataset.track) {
      if (event.shiftKey) return;
      event.preventDefault();
      if (event.ctrlKey || event.metaKey) this.pick(link.dataset.track);
      else if (link.dataset.track === this.state.track && event.detail === 2) this.open();
      else this.choose({ track: link.dataset.track, at: (Number(link.dataset.from) + Number(link.dataset.to)) / 2, bring: true });
    } else if ("more" in link.dataset || "first" in link.dataset) {
      event.preventDefault();
      const after = new URL(link.href).searchParams.get("after") ?? "";
      this.load("strip", by("tl-strip"), `${this.base}/strip.html?${this.query({ after })}`).then(() => this.mark());
    }
  }

  /** To the next picture of the strip: where tracks lie in bins no bar can be chosen. */
  step(by_one) {
    const links = [...by("tl-strip").querySelectorAll("a[data-track]")];
    const place = links.findIndex((one) => one.dataset.track === this.state.track);
    const at = this.state.at, first = at === null ? links[0] : links.find((one) => Number(one.dataset.to) >= at);
    const next = place >= 0 ? links[place + by_one] : by_one > 0 ? first : links.findLast((one) => at === null || Number(one.dataset.from) <= at);
    if (next) this.choose({ track: next.dataset.track, at: (Number(next.dataset.from) + Number(next.dataset.to)) / 2, bring: true });
    else (by_one > 0 ? by("tl-strip").querySelector("[data-more]") : null)?.click();
  }

  /** The viewer leads back to the timeline as it stands now. */
  takeAlong(link) {
    if (!link || !/\/media\/[^/]+$/.test(link.pathname)) return;
    const there = new URL(link.href);
    there.searchParams.set("timeline", this.query());
    link.href = there;
  }

  open() {
    const there = by("tl-panel").querySelector("[data-open-track]") ?? by("tl-strip").querySelector("[data-open-here]:not([hidden])");
    this.takeAlong(there);
    if (there) location.href = there.href;
    else if (this.state.at !== null && this.state.row) location.href = `${this.base}/open?${this.query()}`;
  }

  // -- several tracks at once

  pick(track) {
    if (!this.state.picked.size && this.state.track && this.state.track !== track) this.state.picked.add(this.state.track);
    if (!this.state.picked.delete(track)) this.state.picked.add(track);
    this.choose({ track: this.state.track || (this.state.picked.has(track) ? track : "") });
  }

  unpick() {
    this.state.picked.clear();
    this.choose();
  }

  things() {
    return this.state.picked.size ? [...this.state.picked] : this.state.track ? [this.state.track] : [];
  }

  pickedSaid() {
    const count = this.state.picked.size;
    for (const place of document.querySelectorAll("[data-picked-said]")) {
      place.textContent = count ? this.says.picked.replace("%", this.number.format(count)) : "";
    }
  }

  // -- what is done

  keys() {
    for (const value of ["relevant", "not-relevant", "later"]) on(value, () => this.say(value));
    on("choose", () => { if (this.state.track) this.pick(this.state.track); else tell(this.says.choose); });
    on("face", () => {
      const link = by("tl-panel").querySelector("[data-face]");
      if (link) location.href = link.href; else tell(this.says.noFace);
    });
    on("subject", () => this.unfold("to-subject"));
    on("secure", () => this.unfold("to-secure"));
    on("clear-one", () => {
      const picture = by("tl-panel").querySelector("[data-picture]");
      if (picture) { picture.classList.toggle("clear"); sources(by("tl-panel")); this.look(); }
    });
    on("facts", () => { unfoldPanel(by("tl-panel")); by("tl-panel").scrollIntoView({ block: "start" }); });
    by("tl-panel").addEventListener("keydown", (event) => {
      if (event.key === "Escape" && this.shut()) { event.preventDefault(); event.stopPropagation(); }
    });
  }

  /** The forms that stand open: one at most. */
  opened() {
    return [...by("tl-panel").querySelectorAll("details.act[open]")];
  }

  /** Closes the open form, and nothing else. False: none is open. */
  shut() {
    const [open] = this.opened();
    if (!open) return false;
    open.open = false;
    open.querySelector("summary").focus();
    return true;
  }

  unfold(id) {
    const place = by(id);
    if (!place) { tell(this.says.choose); return; }
    place.open = !place.open;
    if (!place.open) { place.querySelector("summary").focus(); return; }
    for (const other of this.opened()) other.open = other === place;
    unfoldPanel(place);
    place.scrollIntoView({ block: "nearest" });
    place.querySelector("select, input:not([type=hidden])")?.focus();
  }

  /** A form that is asked for when it is wanted. */
  async fill(place) {
    const wanted = place.querySelector("[data-form]");
    if (!wanted || !await this.load("form", wanted, `${wanted.dataset.form}&part=1&bare=1`)) return;
    delete wanted.dataset.form;
    wanted.querySelector("select, input:not([type=hidden])")?.focus();
  }

  async say(value) {
    const things = this.things();
    if (!things.length) { tell(this.says.choose); return; }
    await mark(things, value, this.says.undo.replace("%", keyOf("undo")));
  }

  async submit(event) {
    const form = event.target, act = form.dataset.act;
    if (!act) return;
    event.preventDefault();
    if (act === "mark") { this.say(event.submitter.value); return; }
    const body = new FormData(form);
    if (act === "subject") {
      body.delete("things");
      for (const track of this.things()) body.append("things", track);
    }
    try {
      const done = await submit(form, body);
      tell(done.said);
      if (act === "subject") this.joined(done);
      await this.panel();
    } catch (fault) { faultIn(form, fault); }
  }

  async joined(said) {
    this.state.picked.clear();
    this.state.subject = said.subject;
    this.choose();
    await this.load("subjects", by("subjects"), `${this.base}/subjects.html?${this.query()}`);
    document.dispatchEvent(new CustomEvent("subjects-changed"));
  }

  // -- what was before the eyes: the panel's picture, clear, for as long as it takes to see it

  look() {
    clearTimeout(this.looking);
    const picture = by("tl-panel").querySelector("[data-track-picture]");
    if (!picture || !recognisable(picture)) return;
    this.looking = setTimeout(() => {
      if (document.visibilityState !== "visible" || !picture.isConnected || !picture.complete || !picture.naturalWidth) { this.look(); return; }
      saw(picture.dataset.trackPicture, "tracks");
    }, LOOKED_MS);
  }
}
