// The viewer: one medium, its tracks, its time. Everything that can be looked at again stands in the address.

import { on, run } from "./keys.js";
import { ask, fragment, tell } from "./send.js";
import { recognisable, whenVeil } from "./veil.js";
import { Stage } from "./stage.js";
import { position } from "./told.js";
import { Watched } from "./watched.js";
import { acts } from "./viewer_acts.js";
import { Frames } from "./viewer_frames.js";
import { Playing } from "./viewer_playing.js";
import { sayTime } from "./viewer_time.js";
import { Tracks } from "./viewer_tracks.js";

const root = document.getElementById("viewer");
const data = JSON.parse(root.dataset.viewer), words = JSON.parse(root.dataset.words);
const base = `/case/${data.case}/media/${data.medium}`;
const which = Object.entries({ stream: data.stream, clip: data.clip })
  .filter(([, of]) => of !== null).map(([name, of]) => `${name}=${of}`).join("&");
const by = (id) => document.getElementById(id);
const stageAt = by("stage"), pane = by("pane"), picture = by("picture"), veiled = by("veiled"), panel = by("known");
let t = data.t ?? 0;

for (const one of document.querySelectorAll("[data-needs-script]")) one.hidden = false;

// -- the address

let noted = 0;
function address(changes = {}) {
  const url = new URL(location.href);
  const said = { t: data.moving ? Number(t.toFixed(3)) : null, track: tracks.track, said: null, count: null, ...changes };
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

// -- the parts

const tracks = new Tracks(data, {
  chosen: (best) => { if (best !== null && data.moving) go(best); note(); return known(); },
  none: () => tell(words.none),
});
const stage = pane ? new Stage(stageAt, pane, [data.shown.width, data.shown.height], {
  language: data.language,
  changed: (adjustments) => {
    watched.still(t, frames?.after);
    ask(`${base}/adjusted.json`, { method: "POST", body: { t: data.moving ? t : null, adjustments } })
      .catch((fault) => tell(fault.message, { fault: true }));
  },
}) : null;
const watched = new Watched(data.medium, { moving: data.moving, tracks: (spans) => tracks.seenIn(stage?.view, spans) });
const frames = data.moving && picture ? new Frames({
  picture, video: by("video"), first: data.from, end: () => tell(words.end),
  address: (at) => `${base}/frame?t=${at}${which && `&${which}`}${recognisable(veiled) ? "" : "&veiled=1"}`,
  shown: (at, exact) => {
    picture.alt = position(at, data.language);
    say(at, exact);
    note();
    if (exact) watched.still(at, frames.after);
  },
}) : null;
const playing = new Playing(data, words, {
  base, which,
  at: (now, exactly) => {
    if (frames?.there && !playing.now) return;
    if (frames && playing.now) { picture.hidden = true; frames.video.hidden = false; }
    if (playing.now) watched.frame(now); else watched.gone();
    say(now, exactly);
    note(true);
  },
  begins: () => { frames?.forget(); return t; },
  stands: () => { watched.gone(); note(); },
  fault: () => frames?.show(t),
  speed: (rate) => { if (stage) { stage.speed = rate; stage.settle(); } },
});

// -- the moment

function say(now, exactly) {
  t = now;
  sayTime(data, t, exactly ? words.frame : "");
  tracks.at(t);
}
/** To a moment: goes on playing if it played, else the exact frame. */
function go(to) {
  frames?.forget();
  watched.gone();
  if (playing.now) playing.seek(to);
  else if (frames) frames.show(to);
  else { playing.seek(to); say(to, false); }
}
function step(forwards) {
  if (!frames) return;
  playing.stop();
  frames.step(forwards, t);
}
on("frame-on", () => step(true));
on("frame-back", () => step(false));

// -- the veil: of everything, or of this picture

/** While the veil is on a picture comes as one that tells nothing; it is asked for again when it is lifted. */
function sources() {
  for (const one of document.querySelectorAll("img[data-src]")) {
    if (one === picture && data.moving) continue;
    const alone = one === picture || one.closest("#known");
    const wanted = one.dataset.src + (recognisable(alone ? veiled : null) ? "" : "&veiled=1");
    if (one.getAttribute("src") !== wanted) one.src = wanted;
  }
}
function veil() {
  sources();
  if (frames?.there) frames.show(t);
  by("clear-one")?.setAttribute("aria-pressed", String(Boolean(veiled?.classList.contains("clear"))));
  watched.still(t, frames?.after);
}
whenVeil(veil);
on("clear-one", () => {
  veiled?.classList.toggle("clear");
  panel.querySelector("[data-track-picture]")?.classList.toggle("clear", veiled?.classList.contains("clear"));
  veil();
});

// -- the panel, the bars and the strip

let panelAsked = 0;
async function known() {
  const mine = ++panelAsked;
  try {
    const told = await fragment(`${base}/panel.html${address().search}`);
    if (mine !== panelAsked) return;
    panel.innerHTML = told;
    panel.querySelector("[data-track-picture]")?.classList.toggle("clear", Boolean(veiled?.classList.contains("clear")));
    sources();
  } catch (fault) { tell(String(fault.message || fault), { fault: true }); }
}
panel.addEventListener("click", (event) => {
  const link = event.target.closest("a[data-t]");
  if (link && data.moving) { event.preventDefault(); go(Number(link.dataset.t)); }
  if (event.target.closest("a[data-whole]")) { event.preventDefault(); tracks.choose(null); }
});
on("facts", () => { panel.tabIndex = -1; panel.focus(); panel.scrollIntoView({ block: "nearest" }); });
acts({ data, words, panel, address, changed: known, dialog: by("act"), body: by("act-body"), thing: () => tracks.track ?? data.medium });

root.addEventListener("click", (event) => {
  const link = event.target.closest("a[data-track]"), chip = event.target.closest("a[data-show]"), bars = event.target.closest("#bars");
  if (link && !event.ctrlKey && !event.metaKey && !event.shiftKey) {
    event.preventDefault();
    tracks.follow(link.dataset.track);
  } else if (chip) {
    event.preventDefault();
    const url = address(), kinds = new URL(chip.href).searchParams.getAll("show");
    url.searchParams.delete("show");
    for (const kind of kinds) url.searchParams.append("show", kind);
    location.replace(url);
  } else if (bars && !link) {
    const frame = bars.getBoundingClientRect();
    go(data.from + (event.clientX - frame.left) / frame.width * (data.to - data.from));
  }
});

// -- from medium to medium

function move(there, none) {
  if (!there) { tell(none); return; }
  sessionStorage.setItem("viewer-moved", "1");
  location.replace(there);
}
if (globalThis.navigation?.activation?.navigationType === "push") sessionStorage.removeItem("viewer-moved");
on("next", () => move(data.next, words.last));
on("previous", () => move(data.previous, words.first));
/** The page of this case that one came from, where the browser still has it: it is there as it was left. */
function came() {
  const entries = globalThis.navigation?.entries?.() ?? [];
  const before = entries[(globalThis.navigation?.currentEntry?.index ?? 0) - 1]?.url;
  const at = before && new URL(before).pathname;
  return at?.startsWith(`/case/${data.case}`) && sessionStorage.getItem("viewer-moved") === null ? at : null;
}
const home = new URL(data.back, location).pathname;
if (came() !== null && came() !== home) by("back").querySelector("span").textContent = words.back;
on("close", () => {
  const sliders = by("adjust");
  if (sliders && !sliders.hidden) { run("adjust"); stageAt.focus(); return; }
  if (came() !== null) { history.back(); return; }
  sessionStorage.removeItem("viewer-moved");
  location.assign(data.back);
});

// -- begin

tracks.load(base).then(() => { if (!data.moving) watched.still(); }).catch((fault) => tell(fault.message, { fault: true }));
if (frames) frames.show(t); else if (data.moving) say(t, false); else veil();
picture?.addEventListener("load", () => { if (!data.moving) watched.still(); });
