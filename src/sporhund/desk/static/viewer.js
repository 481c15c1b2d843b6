// The viewer: one medium, its tracks, its time. Everything that can be looked at again stands in the address.

import { on, run } from "./keys.js";
import { ask, fragment, signIn, tell } from "./send.js";
import { clear, whenVeil } from "./veil.js";
import { draw, placeAt } from "./boxes.js";
import { Player } from "./player.js";
import { Stage } from "./stage.js";
import { clockAt, position, spread, wall } from "./told.js";
import { Watched } from "./watched.js";
import { acts } from "./viewer_acts.js";

const root = document.getElementById("viewer");
const data = JSON.parse(root.dataset.viewer), words = JSON.parse(root.dataset.words);
const base = `/case/${data.case}/media/${data.medium}`;
const which = Object.entries({ stream: data.stream, clip: data.clip })
  .filter(([, of]) => of !== null).map(([name, of]) => `${name}=${of}`).join("&");
const by = (id) => document.getElementById(id);
const stageAt = by("stage"), pane = by("pane"), picture = by("picture"), video = by("video");
const boxes = by("boxes"), veiled = by("veiled");
const state = { t: data.t ?? 0, track: data.track, boxes: true, before: null, after: null, tracks: [] };

for (const one of document.querySelectorAll("[data-needs-script]")) one.hidden = false;

// -- the address

let noted = 0;
function address(changes = {}) {
  const url = new URL(location.href);
  const said = { t: data.moving ? Number(state.t.toFixed(3)) : null, track: state.track, said: null, count: null, ...changes };
  for (const [name, value] of Object.entries(said)) {
    if (value === null || value === undefined || value === "") url.searchParams.delete(name); else url.searchParams.set(name, value);
  }
  return url;
}
function note(soon = false) {
  if (soon && performance.now() - noted < 1000) return;
  noted = performance.now();
  history.replaceState(history.state, "", address());
}

// -- the veil: of everything, or of this picture

const isClear = () => clear() || veiled?.classList.contains("clear");
const coarse = () => (document.body.dataset.veil === "grey" || isClear() ? "" : "&veiled=1");
function veil() {
  for (const one of document.querySelectorAll("img[data-src]")) {
    if (one === picture && data.moving) continue;
    const alone = one === picture || one.closest("#known");
    const own = alone ? coarse() : ["off", "grey"].includes(document.body.dataset.veil) ? "" : "&veiled=1";
    const wanted = one.dataset.src + own;
    if (one.getAttribute("src") !== wanted) one.src = wanted;
  }
  if (data.moving && picture && !picture.hidden) showFrame(state.t);
  by("clear-one")?.setAttribute("aria-pressed", String(Boolean(veiled?.classList.contains("clear"))));
  watched.still(state.t, state.after);
}
whenVeil(veil);
on("clear-one", () => {
  veiled?.classList.toggle("clear");
  document.querySelector("#known .best img")?.classList.toggle("clear", veiled?.classList.contains("clear"));
  veil();
});

// -- what is seen

const watched = new Watched(data, {
  moving: data.moving,
  tracks: (spans, stood) => state.tracks.filter((one) => onPage(one) && (spans
    ? spans.some(([from, to]) => from <= one.best + 0.02 && one.best <= to + 0.02) : stood)).map((one) => one.id),
  seen: (ids) => { for (const id of ids) tileOf(id)?.classList.add("seen"); },
});

// -- boxes

const onPage = (one) => one.stream === data.shown.stream && one.page === data.page;
function redraw() {
  if (!boxes) return;
  const items = [];
  if (state.boxes) {
    for (const one of state.tracks) {
      if (!onPage(one) || (data.moving && (one.from > state.t + 0.2 || one.to < state.t - 0.2))) continue;
      if (one.kind === "motion" && !data.kinds.includes("motion") && one.id !== state.track) continue;
      const still = () => (one.path.length ? { box: one.path[0].slice(1, 5), sure: true } : null);
      const place = data.moving ? placeAt(one.path, state.t, data.gap) : still();
      if (place) items.push({ id: one.id, kind: one.kind, word: one.word, ...place });
    }
  }
  draw(boxes, items, state.track);
}
on("boxes", () => {
  state.boxes = !state.boxes;
  by("boxes-on")?.setAttribute("aria-pressed", String(state.boxes));
  redraw();
});
async function load() {
  let after = null;
  do {
    const page = await ask(`${base}/tracks.json${after ? `?after=${encodeURIComponent(after)}` : ""}`);
    state.tracks.push(...page.items);
    after = page.next;
    for (const one of [...(boxes?.querySelectorAll(":scope > rect") ?? [])]) one.remove();
    redraw();
  } while (after);
}

// -- time

function say(t, exactly) {
  state.t = t;
  const time = by("time"), world = by("world"), exact = by("exact"), cursor = by("cursor");
  if (time) time.textContent = position(t, data.language);
  if (exact) exact.textContent = exactly ? words.frame : "";
  const now = clockAt(data.knots, t);
  if (world) {
    world.replaceChildren();
    if (now && now.camera_s !== null) {
      const camera = document.createElement("span");
      camera.textContent = `${world.dataset.camera} ${wall(now.camera_s, now.camera_zoned, data.zone, data.language)}`;
      world.append(camera);
      if (now.checked) {
        const corrected = document.createElement("b");
        corrected.textContent = ` ${world.dataset.corrected} ${wall(now.corrected_s, now.corrected_zoned, data.zone, data.language)}`
          + ` ± ${spread(now.uncertainty_s, data.language)}`;
        world.append(corrected);
      } else world.append(` ± ${spread(now.uncertainty_s, data.language)} (${world.dataset.unchecked})`);
    } else world.textContent = world.dataset.unknown;
  }
  if (cursor && data.to > data.from) {
    const x = Math.min(1000, Math.max(0, (t - data.from) / (data.to - data.from) * 1000));
    cursor.setAttribute("x1", x); cursor.setAttribute("x2", x);
  }
  redraw();
}

// -- frame by frame

let asking = null;
/** The exact frame at t, with its own time. Resolves to false where another one was asked for meanwhile. */
async function showFrame(t) {
  asking?.abort();
  const mine = asking = new AbortController();
  try {
    const address = `${base}/frame?t=${t}${which && `&${which}`}${coarse()}`;
    const answer = await fetch(address, { signal: mine.signal, credentials: "same-origin", headers: { "x-fragment": "1" } });
    if (answer.status === 401) { signIn(); return false; }
    const blob = await answer.blob(), told = (name) => (answer.headers.has(name) ? Number(answer.headers.get(name)) : null);
    if (mine.signal.aborted) return false;
    const before = picture.src;
    picture.src = URL.createObjectURL(blob);
    if (before.startsWith("blob:")) URL.revokeObjectURL(before);
    picture.hidden = false;
    video.hidden = true;
    state.before = told("x-picture-before");
    state.after = told("x-picture-after");
    const exact = told("x-picture-t");
    picture.alt = position(exact ?? t, data.language);
    say(exact ?? t, exact !== null);
    note();
    if (exact !== null) watched.still(exact, state.after);
    return true;
  } catch (fault) {
    if (fault.name !== "AbortError") tell(String(fault.message || fault), { fault: true });
    return false;
  }
}
async function step(forwards) {
  if (!picture) return;
  player?.stop();
  if (picture.hidden || state.before === null && state.after === null) await showFrame(state.t);
  const known = forwards ? state.after : state.before;
  const wanted = known ?? (forwards ? null : state.t > data.from ? state.t - 0.0005 : null);
  if (wanted === null) { tell(words.end); return; }
  await showFrame(Number(wanted.toFixed(6)));
}
on("frame-on", () => step(true));
on("frame-back", () => step(false));

// -- playing

const said = by("player-said");
function inform(sentence) { if (said) { said.textContent = sentence; said.hidden = !sentence; } }
function buttons() {
  const label = by("play")?.querySelector("span");
  if (label) label.textContent = player?.playing ? words.pause : words.play;
}
const player = video && data.play && data.play.how !== "impossible" ? new Player(video, data.play, base, which, {
  time: (t, exactly) => {
    if (picture && !picture.hidden && !player.playing) return;
    if (picture && player.playing) { picture.hidden = true; video.hidden = false; }
    if (player.playing) watched.frame(t); else watched.gone();
    say(t, exactly && !player.playing);
    note(true);
  },
  state: () => { buttons(); if (!player.playing) { watched.gone(); note(); } },
  making: (what) => inform({ copy: words.loading, busy: words.busy }[what] ?? ""),
  fault: () => { inform(words.cannot); if (picture) showFrame(state.t); },
}) : null;
if (video) video.muted = data.muted;
async function start() {
  if (!player) { tell(words.cannot); return; }
  asking?.abort();
  state.before = state.after = null;
  try { await player.start(state.t >= data.play.to - 0.05 ? data.play.from : state.t); } catch (fault) {
    if (fault.name === "AbortError") return;
    inform(fault.message || words.cannot);
    if (picture) showFrame(state.t);
  }
}
on("play", (event) => {
  if (event.type === "keydown" && event.target.closest?.("button, a, summary, select, input")) return false;
  if (player?.playing) player.stop(); else start();
  return true;
});
on("mute", () => {
  if (!video) return;
  video.muted = !video.muted;
  const button = by("mute");
  button.setAttribute("aria-pressed", String(video.muted));
  button.querySelector("span").textContent = video.muted ? words.silent : words.sound;
});
const speed = by("speed");
function faster(places) {
  if (!speed) return;
  speed.selectedIndex = Math.min(speed.options.length - 1, Math.max(0, speed.selectedIndex + places));
  speed.dispatchEvent(new Event("change"));
}
on("faster", () => faster(1));
on("slower", () => faster(-1));
speed?.addEventListener("change", () => {
  player?.faster(Number(speed.value));
  if (stage) { stage.speed = Number(speed.value); stage.settle(); }
});

/** To a moment: goes on playing if it played, else the exact frame. */
function go(t) {
  state.before = state.after = null;
  watched.gone();
  if (player?.playing) { player.seek(t).catch((fault) => inform(fault.message)); return; }
  if (picture) showFrame(t);
  else { state.t = t; player?.seek(t).catch((fault) => inform(fault.message)); say(t, false); }
}

// -- tracks

const tiles = () => [...document.querySelectorAll("#tracks .tile")];
const tileOf = (id) => document.querySelector(`#tracks .tile[data-track="${CSS.escape(id)}"]`);
/** Bring a tile into the strip, without moving the page. */
function beside(item) {
  const strip = by("tracks"), left = item.offsetLeft, right = left + item.offsetWidth;
  if (left < strip.scrollLeft) strip.scrollLeft = left;
  else if (right > strip.scrollLeft + strip.clientWidth) strip.scrollLeft = right - strip.clientWidth;
}
function choose(id, t = null) {
  state.track = id;
  for (const one of document.querySelectorAll("#tracks .tile[aria-current]")) one.removeAttribute("aria-current");
  for (const one of document.querySelectorAll("#bars rect.chosen")) one.classList.remove("chosen");
  if (id) {
    document.querySelector(`#bars a[data-track="${CSS.escape(id)}"] rect`)?.classList.add("chosen");
    const tile = tileOf(id);
    tile?.setAttribute("aria-current", "true");
    if (tile) beside(tile.parentElement);
  }
  if (t !== null && data.moving) go(t); else redraw();
  note();
  return known();
}
function jump(places) {
  const all = tiles();
  const at = all.findIndex((one) => one.dataset.track === state.track);
  const next = at >= 0 ? all[at + places]
    : places > 0 ? all.find((one) => Number(one.dataset.t) > state.t) ?? all[0]
      : all.findLast((one) => Number(one.dataset.t) < state.t);
  if (!next) { tell(words.none); return; }
  choose(next.dataset.track, Number(next.dataset.t));
}
on("track-next", () => jump(1));
on("track-previous", () => jump(-1));
root.addEventListener("click", (event) => {
  const link = event.target.closest("a[data-track]");
  if (link && !event.ctrlKey && !event.metaKey && !event.shiftKey) {
    event.preventDefault();
    const tile = tileOf(link.dataset.track), track = state.tracks.find((one) => one.id === link.dataset.track);
    choose(link.dataset.track, tile ? Number(tile.dataset.t) : track?.best ?? null);
    return;
  }
  const bars = event.target.closest("#bars");
  if (bars) {
    const frame = bars.getBoundingClientRect();
    go(data.from + (event.clientX - frame.left) / frame.width * (data.to - data.from));
    return;
  }
  const chip = event.target.closest("a[data-show]");
  if (chip) {
    event.preventDefault();
    const url = address(), kinds = new URL(chip.href).searchParams.getAll("show");
    url.searchParams.delete("show");
    for (const kind of kinds) url.searchParams.append("show", kind);
    location.replace(url);
  }
});

// -- the panel

const panel = by("known");
let panelAsked = 0;
async function known() {
  const mine = ++panelAsked;
  try {
    const told = await fragment(`${base}/panel.html${address().search}`);
    if (mine !== panelAsked) return;
    panel.innerHTML = told;
    veil();
  } catch (fault) { tell(String(fault.message || fault), { fault: true }); }
}
panel.addEventListener("click", (event) => {
  const link = event.target.closest("a[data-t]");
  if (link && data.moving) { event.preventDefault(); go(Number(link.dataset.t)); }
  if (event.target.closest("a[data-whole]")) { event.preventDefault(); choose(null); }
});
on("facts", () => { panel.tabIndex = -1; panel.focus(); panel.scrollIntoView({ block: "nearest" }); });
acts({ data, words, panel, address, changed: known, dialog: by("act"), body: by("act-body"),
  thing: () => state.track ?? data.medium });

// -- from medium to medium

function move(there, none) {
  if (!there) { tell(none); return; }
  sessionStorage.setItem("viewer-moved", "1");
  location.replace(there);
}
if (globalThis.navigation?.activation?.navigationType === "push") sessionStorage.removeItem("viewer-moved");
on("next", () => move(data.next, words.last));
on("previous", () => move(data.previous, words.first));
on("close", () => {
  const sliders = by("adjust");
  if (sliders && !sliders.hidden) { run("adjust"); stageAt.focus(); return; }
  const entries = globalThis.navigation?.entries?.() ?? [];
  const before = entries[(globalThis.navigation?.currentEntry?.index ?? 0) - 1];
  if (before?.url?.includes(`/case/${data.case}`) && sessionStorage.getItem("viewer-moved") === null) history.back();
  else { sessionStorage.removeItem("viewer-moved"); location.assign(data.gallery); }
});

// -- begin

const stage = pane ? new Stage(stageAt, pane, [data.shown.width, data.shown.height], {
  language: data.language,
  changed: (adjustments) => ask(`${base}/adjusted.json`, { method: "POST", body: { t: data.moving ? state.t : null, adjustments } })
    .catch((fault) => tell(fault.message, { fault: true })),
}) : null;
load().catch((fault) => tell(fault.message, { fault: true }));
if (data.moving && picture) showFrame(state.t); else if (data.moving) say(state.t, false); else veil();
picture?.addEventListener("load", () => { if (!data.moving) watched.still(); });
