// A list of any length: its ids are kept, its tiles only around what is on the screen, and nothing on the screen ever moves.

import { fragment, tell } from "./send.js";

const KEPT = 1500;           // tiles that are not thrown away at once when they leave the screen
const MARGIN = 1.0;          // screens of tiles above and below
const BATCH = 200;
const REST_MS = 3000;        // after a question that was not answered

export class List {
  constructor(root, address) {
    this.root = root;
    this.box = root.querySelector("[data-stretch]");
    this.address = address;                 // (query) -> address of a stretch of tiles
    this.main = document.getElementById("main");
    this.ids = [];
    this.place = new Map();                 // id -> place in the whole list; stays when tiles come in before
    this.nodes = new Map();
    this.base = 0;                          // place of the first id
    this.listeners = [];
    this._take(this.box);
    this.base = Number(this.box.dataset.position ?? 0);
    this.next = this.box.dataset.next ?? null;
    this.previous = this.box.dataset.previous ?? null;
    this.ids.forEach((id, at) => this.place.set(id, this.base + at));
    this.measure();
  }

  whenDrawn(doing) { this.listeners.push(doing); }

  get scroller() {
    return getComputedStyle(this.main).overflowY === "auto" ? this.main : document.scrollingElement;
  }

  /** Top and bottom of what is on the screen, below the bar that stays. */
  view() {
    const inner = this.scroller === this.main ? this.main.getBoundingClientRect() : { top: 0, bottom: innerHeight };
    const bar = document.getElementById("doing").getBoundingClientRect();
    return { top: Math.max(inner.top, Math.min(bar.bottom, inner.bottom)), bottom: inner.bottom };
  }

  measure() {
    const style = getComputedStyle(this.box), tile = this.box.querySelector("[data-id]");
    this.columns = Math.max(1, style.gridTemplateColumns.split(" ").length);
    this.height = (tile?.getBoundingClientRect().height || 100) + (parseFloat(style.rowGap) || 0);
  }

  row(at) { return Math.floor((this.base + at) / this.columns) - Math.floor(this.base / this.columns); }
  index(id) { return this.place.has(id) ? this.place.get(id) - this.base : -1; }
  node(id) { return this.nodes.get(id); }

  /** First index of a row. */
  _first(row) {
    const before = ((this.base % this.columns) + this.columns) % this.columns;
    return Math.max(0, row * this.columns - before);
  }

  /** Put the tiles around the screen in their places; ask for those that are not here. */
  draw() {
    if (!this.ids.length) return;
    const { top, bottom } = this.view(), start = this.box.getBoundingClientRect().top, screen = bottom - top;
    const rows = this.row(this.ids.length - 1) + 1;
    const low = Math.min(rows - 1, Math.max(0, Math.floor((top - start - MARGIN * screen) / this.height)));
    const high = Math.min(rows, Math.max(low + 1, Math.ceil((bottom - start + MARGIN * screen) / this.height)));
    const from = this._first(low), to = Math.min(this.ids.length, this._first(high));
    this._lay(from, to);
    this.box.style.paddingTop = `${low * this.height}px`;
    this.box.style.paddingBottom = `${(rows - high) * this.height}px`;
    this._trim(from, to);
    if (to > this.ids.length - 2 * this.columns || rows - high < 8) this.more();
    if (low === 0 && start > top - screen) this.before();
    for (const doing of this.listeners) doing();
  }

  _lay(from, to) {
    const missing = [];
    let at = this.box.firstElementChild;
    for (let index = from; index < to; index++) {
      const id = this.ids[index];
      let node = this.nodes.get(id);
      if (!node) { node = this._empty(id); missing.push(id); }
      node.style.gridColumnStart = index === from && from === 0 ? String(this._column(0) + 1) : "";
      node.setAttribute("aria-rowindex", String(this.base + index + 1));
      if (node === at) at = at.nextElementSibling;
      else this.box.insertBefore(node, at);
    }
    while (at) { const gone = at; at = at.nextElementSibling; gone.remove(); }
    if (missing.length || this.box.querySelector(".awaited")) this._ask();
  }

  _column(index) { return (((this.base + index) % this.columns) + this.columns) % this.columns; }

  _empty(id) {
    const node = document.createElement("div");
    node.className = "tile awaited";
    node.dataset.id = id;
    node.setAttribute("role", "row");
    node.innerHTML = '<span role="gridcell"></span>';
    this.nodes.set(id, node);
    return node;
  }

  _trim(from, to) {
    if (this.nodes.size <= KEPT) return;
    const shown = new Set(this.ids.slice(from, to));
    for (const id of this.nodes.keys()) {
      if (this.nodes.size <= KEPT) break;
      if (!shown.has(id)) this.nodes.delete(id);
    }
  }

  /** Tiles on the screen that are not here yet, a moment after scrolling has stopped hurrying past them. */
  _ask() {
    if (this.resting) return;
    clearTimeout(this.asking);
    this.asking = setTimeout(() => {
      const ids = [...this.box.querySelectorAll(".awaited")].map((one) => one.dataset.id);
      if (ids.length) this.refresh(ids);
    }, 60);
  }

  /** Fetch these tiles as they are now and put them where they stand; those that were never here are left out. */
  async refresh(ids, { timer = false } = {}) {
    const known = ids.filter((id) => this.nodes.has(id));
    for (let at = 0; at < known.length; at += BATCH) {
      const batch = known.slice(at, at + BATCH), stretch = await this._fetch(`ids=${batch.join(",")}`, timer);
      if (!stretch) break;
      this._take(stretch, true);
      for (const id of batch) this.nodes.get(id)?.classList.replace("awaited", "gone");   // no longer in the case
    }
    this.draw();
  }

  async _fetch(query, timer = false) {
    try {
      const veil = ["blur", "both"].includes(document.body.dataset.veil) ? "1" : "0";
      const box = document.createElement("template");
      box.innerHTML = await fragment(this.address(query), { timer, headers: { "x-veil": veil } });
      return box.content.querySelector("[data-stretch]");
    } catch (fault) {
      console.warn("tiles did not come", fault);
      tell(this.root.dataset.broken, { fault: true });
      this.resting ??= setTimeout(() => { this.resting = undefined; this.draw(); }, REST_MS);
      return null;
    }
  }

  /** Tiles of a stretch become nodes here. Returns their ids. */
  _take(ol, again = false) {
    const ids = [];
    for (const node of [...ol.children]) {
      const id = node.dataset.id, old = this.nodes.get(id);
      if (!again && this.place.has(id)) continue;          // it moved in the list since: it stays where it is
      upgrade(node);
      if (old) {
        keepPicture(old, node);
        for (const name of ["aria-rowindex", "aria-selected"]) if (old.hasAttribute(name)) node.setAttribute(name, old.getAttribute(name));
        node.querySelector("input").checked = old.querySelector("input")?.checked ?? false;
        node.classList.toggle("cursor", old.classList.contains("cursor"));
        node.querySelector("a").tabIndex = old.querySelector("a")?.tabIndex ?? -1;
        node.style.gridColumnStart = old.style.gridColumnStart;
        const focused = old.contains(document.activeElement);
        if (old.isConnected && ol !== this.box) old.replaceWith(node);
        if (focused) node.querySelector("a").focus({ preventScroll: true });
      }
      this.nodes.set(id, node);
      if (!again) ids.push(id);
    }
    if (ol === this.box) this.ids = ids;
    return ids;
  }

  async more() {
    if (!this.next || this.busy || this.resting) return;
    this.busy = true;
    const stretch = await this._fetch(`after=${encodeURIComponent(this.next)}`);
    this.busy = false;
    if (!stretch) return;
    for (const id of this._take(stretch)) { this.place.set(id, this.base + this.ids.length); this.ids.push(id); }
    this.next = stretch.dataset.next ?? null;
    this.draw();
  }

  /** What comes before; the screen stays where it is. */
  async before() {
    if (this.previous === null || this.busy || this.resting) return;
    this.busy = true;
    const stretch = await this._fetch(`after=${encodeURIComponent(this.previous)}`);
    this.busy = false;
    if (!stretch) return;
    const ids = this._take(stretch), old = Math.floor(this.base / this.columns);
    this.base -= ids.length;
    this.ids.unshift(...ids);
    ids.forEach((id, at) => this.place.set(id, this.base + at));
    this.previous = stretch.dataset.previous ?? null;
    const rows = old - Math.floor(this.base / this.columns);
    this.box.style.paddingTop = `${parseFloat(this.box.style.paddingTop || 0) + rows * this.height}px`;
    this.scroller.scrollTop += rows * this.height;
    this.draw();
  }

  /** Bring a tile onto the screen. */
  show(id, where = "nearest") {
    const index = this.index(id);
    if (index < 0) return;
    const { top, bottom } = this.view(), y = this.box.getBoundingClientRect().top + this.row(index) * this.height;
    let by = 0;
    if (where === "center") by = y + this.height / 2 - (top + bottom) / 2;
    else if (where === "nearest" && y < top) by = y - top - 4;
    else if (where === "nearest" && y + this.height > bottom) by = y + this.height - bottom + 4;
    if (by) this.scroller.scrollTop += by;
    this.draw();
  }

  /** Top of what scrolls; the bar hangs below it only when there is something above. */
  above() { return this.scroller === this.main ? this.main.getBoundingClientRect().top : 0; }

  /** Scroll so that a tile lies so far below the top of what scrolls. */
  put(id, y) {
    const at = this.box.getBoundingClientRect().top + this.row(this.index(id)) * this.height;
    this.scroller.scrollTop += at - this.above() - y;
    this.draw();
  }

  /** Tiles of which at least half is on the screen. */
  visible() {
    const { top, bottom } = this.view();
    return [...this.box.children].filter((node) => {
      const box = node.getBoundingClientRect();
      return Math.min(box.bottom, bottom) - Math.max(box.top, top) >= box.height / 2;
    });
  }
}

/** A list item becomes a row of a grid: one that is chosen and moved through with keys. */
function upgrade(node) {
  if (node.getAttribute("role") === "row") return;
  node.setAttribute("role", "row");
  node.setAttribute("aria-selected", "false");
  const cell = document.createElement("span");
  cell.setAttribute("role", "gridcell");
  cell.className = "cell";
  cell.append(...node.childNodes);
  node.append(cell);
  node.querySelector("a").tabIndex = -1;
  node.querySelector("input").tabIndex = -1;
}

/** The picture that is there stays: it need not come again. */
function keepPicture(old, node) {
  const before = old.querySelector("img[data-picture]"), now = node.querySelector("img[data-picture]");
  if (before && now && before.dataset.src === now.dataset.src) now.replaceWith(before);
}
