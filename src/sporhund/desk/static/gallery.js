// The gallery: a cursor, what is chosen, and a word on it with one key.

import { on } from "./keys.js";
import { whenVeil } from "./veil.js";
import { ask, fragment, tell } from "./send.js";
import { mark, release, reserve } from "./marks.js";
import { saw } from "./seen.js";
import { clearOne, near, recognisable, veilAgain } from "./gallery_pictures.js";
import { List } from "./gallery_list.js";

const root = document.getElementById("gallery");
if (root) begin();

function begin() {
  const { case: caseId, query } = root.dataset;
  const base = `/case/${caseId}/gallery`, join = query ? "&" : "?";
  const list = new List(root, (more) => `${base}/items.html${query}${join}${more}`);
  const chosen = new Set();
  let cursor = null, anchor = null;

  root.setAttribute("role", "grid");
  root.setAttribute("aria-multiselectable", "true");
  root.setAttribute("aria-label", root.dataset.label);
  root.setAttribute("aria-rowcount", root.dataset.matching ?? String(list.ids.length));
  list.box.setAttribute("role", "rowgroup");
  document.body.classList.add("scripted");
  document.getElementById("about").hidden = false;         // before the first tile is laid: later it would move them all
  list.measure();

  // -- what is on the screen

  let frame = 0, settle = 0, placing = 0;
  function drawSoon() {
    frame ||= requestAnimationFrame(() => { frame = 0; list.draw(); });
    clearTimeout(settle);
    settle = setTimeout(settled, 90);
  }
  function settled() {
    const { top, bottom } = list.view(), middle = (top + bottom) / 2;
    const imgs = [...root.querySelectorAll("img[data-picture]")].map((img) => [img, img.getBoundingClientRect()])
      .filter(([, box]) => box.bottom > top - 400 && box.top < bottom + 800)
      .sort(([, a], [, b]) => Math.abs((a.top + a.bottom) / 2 - middle) - Math.abs((b.top + b.bottom) / 2 - middle));
    near([...document.querySelectorAll("#about img[data-picture]"), ...imgs.map(([img]) => img)]);
    clearTimeout(placing);
    placing = setTimeout(keepPlace, 250);
  }
  list.whenDrawn(() => { clearTimeout(settle); settle = setTimeout(settled, 90); paint(); });
  document.getElementById("main").addEventListener("scroll", drawSoon, { passive: true });
  addEventListener("scroll", drawSoon, { passive: true });
  addEventListener("resize", () => { list.measure(); drawSoon(); });
  whenVeil((clear) => {
    const kept = [...list.nodes.values(), document.getElementById("known")];
    if (!clear) veilAgain(kept.flatMap((node) => [...node.querySelectorAll("img[data-picture]")]));
    settled();
  });

  /** The address says where one is: who comes back, or loads the page again, is there. */
  function keepPlace(at = undefined) {
    if (!root.dataset.matching) return;
    const seen = list.visible(), inSight = seen.find((node) => node.dataset.id === cursor);
    const id = at ?? (inSight ?? seen[0])?.dataset.id;
    if (!id || (list.index(id) + list.base === 0 && !location.search.includes("around="))) return;
    const state = { at: id, y: Math.round((list.node(id)?.getBoundingClientRect().top ?? 0) - list.above()), cursor };
    const before = history.state;
    if (before && before.at === id && before.y === state.y && before.cursor === cursor) return;
    history.replaceState(state, "", `${base}${query}${join}around=${id}`);
  }

  // -- the cursor

  function paint() {
    for (const node of list.box.children) {
      const is = node.dataset.id, link = node.querySelector("a"), box = node.querySelector("input");
      node.classList.toggle("cursor", is === cursor);
      node.setAttribute("aria-selected", String(chosen.has(is)));
      if (link) link.tabIndex = is === (cursor ?? list.ids[0]) ? 0 : -1;
      if (box) box.checked = chosen.has(is);
    }
    const said = document.getElementById("how-many");
    const words = chosen.size ? said.dataset.some.replace("{count}", chosen.size) : said.dataset.none;
    if (said.textContent !== words) said.textContent = words;
  }

  function move(id, { focus = true, where = "nearest" } = {}) {
    if (!list.place.has(id)) return;
    for (const img of root.querySelectorAll("img.clear")) if (img.closest("[data-id]").dataset.id !== id) clearOne(img);
    cursor = id;
    list.show(id, where);
    paint();
    if (focus) list.node(id)?.querySelector("a")?.focus({ preventScroll: true });
    about(id);
  }

  /** From where keys go on: the cursor if it is in sight, else the first tile that is. */
  function here() {
    const seen = list.visible();
    if (cursor && (seen.some((node) => node.dataset.id === cursor) || !seen.length)) return list.index(cursor);
    return null;
  }
  function step(by) {
    const at = here();
    if (at === null) { move(list.visible()[0]?.dataset.id ?? list.ids[0]); return; }
    const to = Math.min(list.ids.length - 1, Math.max(0, at + by));
    if (to === at && by > 0 && !list.next) document.getElementById("end").hidden = false;
    move(list.ids[to]);
  }

  const grown = matchMedia("(min-width: 66rem)");
  let asking = 0;
  function about(id) {
    document.getElementById("open").href = list.node(id)?.querySelector("a")?.href ?? "#";
    if (!grown.matches) return;
    clearTimeout(asking);
    asking = setTimeout(async () => {
      const told = await fragment(`${base}/about.html${query}${join}medium=${id}`).catch((fault) => tell(fault.message, { fault: true }));
      if (told === undefined || cursor !== id) return;
      const known = document.getElementById("known");
      known.innerHTML = told;
      if (list.node(id)?.querySelector("img.clear")) known.querySelectorAll("img[data-picture]").forEach(clearOne);
      settled();
    }, 120);
  }

  // -- choosing

  function choose(id, is = !chosen.has(id)) {
    is ? chosen.add(id) : chosen.delete(id);
    anchor = id;
    paint();
  }
  function range(to) {
    const [low, high] = [list.index(anchor ?? cursor ?? to), list.index(to)].sort((a, b) => a - b);
    for (let at = low; at <= high; at++) chosen.add(list.ids[at]);
    paint();
  }

  root.addEventListener("click", (event) => {
    const node = event.target.closest("[data-id]");
    if (!node || event.button !== 0) return;
    const id = node.dataset.id, box = event.target.closest("input.pick");
    if (box) {
      if (event.shiftKey) range(id); else choose(id, box.checked);
      move(id);
      return;
    }
    event.preventDefault();
    if (event.shiftKey) { range(id); move(id); return; }
    if (event.ctrlKey || event.metaKey) { choose(id); move(id); return; }
    chosen.clear();
    anchor = id;
    move(id);
  });
  root.addEventListener("dblclick", (event) => {
    const node = event.target.closest("[data-id]");
    if (node && !event.target.closest("input")) open(node.dataset.id);
  });
  root.addEventListener("focusin", (event) => {
    const node = event.target.closest("[data-id]");
    if (node && node.dataset.id !== cursor && event.target.matches("a")) { cursor = node.dataset.id; paint(); about(cursor); }
  });
  const inside = (at) => at === document.body || at.id === "main" || root.contains(at);
  on("open", (event) => {
    if (!cursor || !inside(event.target)) return false;
    open(cursor);
    return true;
  });
  addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || document.querySelector("dialog[open]")) return;
    if (!inside(event.target)) return;
    const steps = { ArrowRight: 1, ArrowLeft: -1, ArrowDown: list.columns, ArrowUp: -list.columns };
    if (event.key in steps) {
      const from = cursor;
      event.preventDefault();
      step(steps[event.key]);
      if (event.shiftKey && cursor) { anchor ??= from; range(cursor); }
    } else if (event.key === "Home" || event.key === "End") {
      event.preventDefault();
      move(list.ids.at(event.key === "Home" ? 0 : -1));
    }
  });
  function open(id) {
    const link = list.node(id)?.querySelector("a");
    if (!link) return;
    keepPlace(id);
    location.href = link.href;
  }
  document.getElementById("open").addEventListener("click", () => keepPlace(cursor));

  // -- a word on what is chosen, or on what is under the cursor

  const things = () => (chosen.size ? [...chosen] : cursor ? [cursor] : []);
  async function say(value) {
    const said = things();
    if (!said.length) { move(list.visible()[0]?.dataset.id); return; }
    const last = Math.max(...said.map((id) => list.index(id)));
    chosen.clear();
    for (const id of said) list.node(id)?.setAttribute("data-marked", "");
    onwards(last);
    const done = await mark(said, value);
    if (!done) list.refresh(said);
  }
  /** To the next tile that I have not marked. */
  function onwards(from) {
    for (let at = from + 1; at < list.ids.length; at++) {
      if (!list.node(list.ids[at])?.hasAttribute("data-marked")) { move(list.ids[at]); return; }
    }
    move(list.ids[Math.min(from, list.ids.length - 1)]);
  }

  const own = JSON.parse(root.dataset.own || "[]");
  for (const value of ["relevant", "not-relevant", "later"]) on(value, () => say(value));
  own.forEach((value, at) => on(`own-mark-${at + 1}`, () => say(value)));
  on("next", () => step(1));
  on("previous", () => step(-1));
  on("choose", () => { if (cursor) choose(cursor); else step(1); });
  on("choose-all", () => {
    const shown = list.visible().map((node) => node.dataset.id), all = shown.every((id) => chosen.has(id));
    shown.forEach((id) => (all ? chosen.delete(id) : chosen.add(id)));
    paint();
  });
  on("close", () => { chosen.clear(); paint(); });
  on("clear-one", () => {
    for (const img of [list.node(cursor)?.querySelector("img[data-picture]"), document.querySelector("#known img[data-picture]")]) {
      if (img) clearOne(img);
    }
  });
  on("reserve", async () => {
    const media = things();
    if (!media.length) return;
    const mine = media.every((id) => list.node(id)?.dataset.held === "me");
    if (await (mine ? release(media) : reserve(media))) list.refresh(media);
  });
  document.getElementById("doing").addEventListener("click", async (event) => {
    const act = event.target.closest("[data-act]")?.dataset.act;
    if (!act) return;
    event.preventDefault();
    const shown = list.visible().map((node) => node.dataset.id);
    if (await (act === "release" ? release(null) : reserve(shown))) list.refresh([...list.box.children].map((node) => node.dataset.id));
  });
  document.addEventListener("marks-changed", (event) => {
    list.refresh(event.detail.things.filter((id) => list.node(id)));
    if (event.detail.things.includes(cursor)) about(cursor);
  });

  // -- seen: recognisable and large enough to be judged, for a second while the window is in sight. A small tile that was on the
  // screen with thirty others was not looked at: of 110 pixels nobody says what is on it, and it would leave the list of what
  // nobody has seen. So it is the tile under the cursor, by its picture in the panel; or any that is half on the screen where
  // somebody chose large tiles. A blurred picture was not looked at, whatever the person saw of it; a grey one was. Of a video a
  // frame is shown: that is no look at the video, and the desk counts only what played of it.

  const TICK_MS = 500, LOOKED_MS = 1000;
  const dwell = new Map(), done = new Set();
  /** Tiles whose picture is large enough to be judged, with that picture. */
  function judged(visible) {
    if (root.dataset.size === "large") return visible.map((node) => [node, node.querySelector("img[data-picture]")]);
    const large = document.querySelector("#known [data-medium] img[data-picture]"), node = list.node(cursor);
    return node && large?.closest("[data-medium]").dataset.medium === cursor && large.getClientRects().length ? [[node, large]] : [];
  }
  setInterval(() => {
    if (document.visibilityState !== "visible") { dwell.clear(); return; }
    const visible = list.visible(), shown = new Set(visible.map((node) => node.dataset.id)), now = new Set();
    for (const [node, img] of judged(visible)) {
      const id = node.dataset.id;
      now.add(id);
      if (done.has(id)) continue;
      const ms = img && recognisable(img) ? (dwell.get(id) ?? -TICK_MS) + TICK_MS : undefined;
      if (ms === undefined) { dwell.delete(id); continue; }
      dwell.set(id, ms);
      if (ms < LOOKED_MS) continue;
      if (img.dataset.track) saw(img.dataset.track, "tracks");
      else if (node.dataset.kind === "still") saw(id, "media");
      else continue;
      done.add(id);
    }
    for (const id of [...dwell.keys()]) if (!now.has(id)) dwell.delete(id);
    // It fades when it has left the screen, not under the eyes.
    for (const id of done) if (!shown.has(id) && list.node(id)?.dataset.kind === "still") list.node(id).classList.add("seen");
  }, TICK_MS);

  // -- what came in meanwhile is told, never pushed in between

  if (root.dataset.total) {
    const began = Number(root.dataset.total), note = document.querySelector(".news");
    setInterval(async () => {
      if (document.visibilityState !== "visible") return;
      const now = await ask(`${base}/news.json${query}`).catch(() => null);
      if (!now || now.total <= began) return;
      const link = document.createElement("a");
      link.href = base + query;
      link.textContent = note.dataset.one.replace("{count}", now.total - began);
      note.replaceChildren(" · ", link);
      note.hidden = false;
    }, 20_000);
    // What others mark and reserve meanwhile is seen too.
    setInterval(() => {
      if (document.visibilityState === "visible") list.refresh([...list.box.children].map((node) => node.dataset.id), { timer: true });
    }, 45_000);
  }

  // -- coming back

  addEventListener("pageshow", (event) => {
    if (event.persisted) list.refresh([...list.box.children].map((node) => node.dataset.id));
  });
  history.scrollRestoration = "manual";
  document.querySelector("nav.pages")?.setAttribute("hidden", "");
  list.draw();
  const around = root.dataset.around, left = history.state;
  if (left?.at && list.place.has(left.at)) {                  // back, or loaded again: as it was left
    if (list.place.has(left.cursor)) move(left.cursor, { where: "nowhere", focus: !location.hash });
    list.put(left.at, left.y);
  } else if (around && list.place.has(around)) {              // from the viewer's own link
    move(around, { where: "center", focus: !location.hash });
  } else if (around) {                                        // the filter leaves it out by now: the one after it
    move(list.ids[0], { focus: false });
  }
  paint();
}
