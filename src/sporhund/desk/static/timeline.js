// The timeline: what is looked at, how one moves in it, and what is chosen. Drawing is in timeline_draw.js, the clock in
// timeline_clock.js, the pointer in timeline_pointer.js, the strip and the panel in timeline_beside.js.

import { on } from "./keys.js";
import { ask, tell } from "./send.js";
import { Wall } from "./timeline_clock.js";
import { Chart, ROW } from "./timeline_draw.js";
import { Beside } from "./timeline_beside.js";
import { pointing } from "./timeline_pointer.js";

const root = document.getElementById("timeline");
const by = (id) => document.getElementById(id);
const says = JSON.parse(root.dataset.says);
const base = `/case/${document.body.dataset.case}/timeline`;
const wall = new Wall(root.dataset.zone, document.documentElement.lang);
const number = new Intl.NumberFormat(document.documentElement.lang === "da" ? "da-DK" : "en-GB");
const plot = by("tl-plot"), scroller = by("tl-scroll");
const KINDS = ["face", "person", "vehicle", "object", "motion"];
const SHORTEST = 1, LONGEST = 200 * 366 * 86400;
const SINGLE = 2000;                                    // tracks that the desk tells one by one; more of them in bins
const whole = { from: Number(root.dataset.wholeFrom), to: Number(root.dataset.wholeTo) };

const view = { from: Number(root.dataset.from), to: Number(root.dataset.to), width: 0 };
const state = {
  row: root.dataset.row, track: root.dataset.track, subject: root.dataset.subject, unseen: root.dataset.unseen,
  at: root.dataset.at === "" ? null : Number(root.dataset.at), kinds: root.dataset.kinds.split(",").filter(Boolean), picked: new Set(),
};
let brought = false, data = null, route = [], asked = null, waiting = 0, drawing = 0, addressed = 0;
const chart = new Chart(by("tl-svg"), by("tl-axis"), says);

// -- what the address says

function query(more = {}) {
  const said = { from: wall.said(view.from), to: wall.said(view.to), kinds: state.kinds.join(","), unseen: state.unseen, row: state.row,
    track: state.track, subject: state.subject, at: state.at === null ? "" : wall.said(state.at), ...more };
  return new URLSearchParams(Object.entries(said).filter(([, value]) => value !== "")).toString();
}

/** The address follows the view, so that coming back, a reload and a link to a colleague show the same. */
function address() {
  clearTimeout(addressed);
  addressed = setTimeout(() => history.replaceState(null, "", `${base}?${query()}`), 200);
}

const beside = new Beside({ base, says, state, query, number, choose, changed: () => fetchRows(true) });

// -- drawing

function draw() {
  if (drawing) return;
  drawing = requestAnimationFrame(() => {
    drawing = 0;
    if (!data) return;
    view.width = plot.clientWidth;
    chart.draw(view, data, state, route, wall);
    pointer.again();
    const same = wall.day(view.from) === wall.day(view.to);
    by("tl-day").textContent = same ? wall.day(view.from) : `${wall.day(view.from, { year: false })} – ${wall.day(view.to)}`;
    const seconds = view.to - view.from < 600;
    const last = `${same ? "" : `${wall.day(view.to, { year: false })} `}${wall.clock(view.to, { seconds })}`;
    by("tl-when").textContent = `${wall.day(view.from, { year: false })} ${wall.clock(view.from, { seconds })} – ${last}`;
  });
}

/** The rows' names are a list of links of their own: for eyes, for the keyboard and for who hears the page. */
function drawRows() {
  const list = by("tl-rows");
  const had = list.contains(document.activeElement) ? document.activeElement.dataset.row : null;
  list.replaceChildren(...data.rows.map((row) => {
    const item = document.createElement("li"), link = document.createElement("a");
    link.className = "tl-row row";
    link.dataset.row = row.id;
    link.href = `${base}?${query({ row: row.id, track: "" })}`;
    link.title = [row.name, row.sure, row.clock].filter(Boolean).join(" · ");
    if (row.id === state.row) link.setAttribute("aria-current", "true");
    const said = ` · ${says.shows.replace("%", number.format(row.tracks))}${row.clock ? ` · ${row.clock}` : ""}`;
    for (const [name, text] of [["name", row.name], ["sure", row.sure], ["sr", said]]) {
      const part = document.createElement("span");
      part.className = name;
      part.textContent = text;
      link.append(part);
    }
    item.append(link);
    return item;
  }));
  if (!brought) bringRow();
  if (had !== null) list.querySelector(`[data-row="${CSS.escape(had)}"]`)?.focus({ preventScroll: true });
}

// -- asking the desk

/** Asks for half a window more on either side, so that moving shows something at once; where that would turn tracks into bins, not. */
async function fetchRows(now = false, tight = false) {
  clearTimeout(waiting);
  if (!now) { waiting = setTimeout(() => fetchRows(true), 110); return; }
  asked?.abort();
  const mine = asked = new AbortController();
  const span = view.to - view.from, width = plot.clientWidth || 800;
  const rate = data ? data.in_view / (data.to - data.from) : Infinity;
  const margin = !tight && (rate * span * 2 < SINGLE * 0.9 || rate * span > SINGLE * 1.3) ? span / 2 : 0;
  const wide = { from: wall.said(view.from - margin), to: wall.said(view.to + margin),
    bins: Math.min(2000, Math.max(40, Math.round((width / 4) * (1 + (2 * margin) / span)))) };
  try {
    const answer = await ask(`${base}/rows.json?${query(wide)}`, { signal: mine.signal });
    if (mine.signal.aborted || !answer.rows) return;
    data = answer;
    if (data.dense && margin && (data.in_view / (data.to - data.from)) * span < SINGLE) { fetchRows(true, true); }
    drawRows();
    draw();
    summarise();
    beside.strip();
  } catch (fault) {
    if (fault.name !== "AbortError") tell(fault.message || says.slow, { fault: true });
  }
}

function inView(row) {
  return row.bars.filter((bar) => bar[3] >= view.from && bar[2] <= view.to);
}

function summarise() {
  const shown = data.dense ? null : data.rows.reduce((sum, row) => sum + inView(row).length, 0);
  const hidden = shown === null ? data.tracks - data.in_view : data.tracks - shown;
  by("tl-hides").textContent = hidden > 0 ? says.hides.replace("%", number.format(hidden)) : says.shows.replace("%", number.format(data.tracks));
  by("tl-status").textContent = `${by("tl-when").textContent}: ${says.shows.replace("%", number.format(shown ?? data.in_view))}${data.dense ? `. ${says.dense}` : ""}`;
  by("tl-svg").setAttribute("aria-label", by("tl-status").textContent);
}

// -- moving

function show(from, to) {
  const length = Math.min(Math.max(to - from, SHORTEST), LONGEST), middle = (from + to) / 2;
  view.from = middle - length / 2;
  view.to = middle + length / 2;
  draw();
  address();
  fetchRows();
}

function zoom(factor, around = state.at) {
  const length = Math.min(Math.max((view.to - view.from) * factor, SHORTEST), LONGEST);
  const still = around !== null && around >= view.from && around <= view.to ? around : (view.from + view.to) / 2;
  const from = still - ((still - view.from) / (view.to - view.from)) * length;
  show(from, from + length);
}

function move(share) {
  const by_s = share * (view.to - view.from);
  show(view.from + by_s, view.to + by_s);
}

/** To the next stretch in which something was recorded, or the one before: from the middle of the view. */
async function recording(towards) {
  try {
    const there = await ask(`${base}/recording?${query({ towards })}`);
    if (there.found) show(there.from, there.to); else tell(says.noRecording);
  } catch (fault) { tell(fault.message, { fault: true }); }
}

const GO = {
  back: () => move(-0.5), on: () => move(0.5), nearer: () => zoom(0.5), further: () => zoom(2), whole: () => show(whole.from, whole.to),
  "next-recording": () => recording("next"), "previous-recording": () => recording("previous"),
};
for (const link of document.querySelectorAll("[data-go]")) {
  link.addEventListener("click", (event) => { event.preventDefault(); GO[link.dataset.go](); });
}
by("tl-when").addEventListener("click", (event) => { event.preventDefault(); GO.whole(); });
by("tl-around").addEventListener("click", (event) => {
  event.preventDefault();
  const middle = state.at ?? (view.from + view.to) / 2;
  state.at = middle;
  show(middle - 120, middle + 120);
});

// -- what is shown

function pressed(link, is) {
  if (is) link.setAttribute("aria-current", "true"); else link.removeAttribute("aria-current");
}
for (const chip of document.querySelectorAll(".chip[data-kind]")) {
  chip.addEventListener("click", (event) => {
    event.preventDefault();
    const kinds = new Set(state.kinds.length ? state.kinds : KINDS);
    if (!kinds.delete(chip.dataset.kind)) kinds.add(chip.dataset.kind);
    state.kinds = kinds.size === 0 || kinds.size === KINDS.length ? [] : KINDS.filter((kind) => kinds.has(kind));
    for (const one of document.querySelectorAll(".chip[data-kind]")) pressed(one, !state.kinds.length || state.kinds.includes(one.dataset.kind));
    address();
    fetchRows(true);
  });
}
by("tl-unseen").addEventListener("click", (event) => {
  event.preventDefault();
  state.unseen = state.unseen ? "" : "nobody";
  pressed(by("tl-unseen"), Boolean(state.unseen));
  address();
  fetchRows(true);
});
by("subjects").addEventListener("click", (event) => {
  const chip = event.target.closest("[data-subject]");
  if (!chip) return;
  event.preventDefault();
  state.subject = state.subject === chip.dataset.subject ? "" : chip.dataset.subject;
  for (const one of by("subjects").querySelectorAll("[data-subject]")) pressed(one, one.dataset.subject === state.subject);
  address();
  fetchRoute();
});

async function fetchRoute() {
  route = [];
  if (state.subject) {
    try { route = await ask(`${base}/route.json?${new URLSearchParams({ subject: state.subject })}`); }
    catch (fault) { tell(fault.message, { fault: true }); }
  }
  draw();
}
document.addEventListener("subjects-changed", fetchRoute);

// -- choosing

/** The chosen track, where a row is chosen: of another row none, unless several are being chosen together. */
function trackOn(row) {
  const lies = row === state.row || data?.rows.find((one) => one.id === row)?.bars.some((bar) => bar[0] === state.track);
  return lies || state.picked.size ? state.track : "";
}

/** A row, a track on it, a moment; what is left out stays as it is. */
function choose({ row = state.row, track = trackOn(row), at = state.at, bring = false } = {}) {
  const other = { row: row !== state.row, track: track !== state.track };
  state.row = row;
  state.track = track;
  state.at = at;
  if (bring && at !== null && (at < view.from || at > view.to)) show(at - (view.to - view.from) / 2, at + (view.to - view.from) / 2);
  for (const link of by("tl-rows").querySelectorAll("[data-row]")) pressed(link, link.dataset.row === row);
  if (other.row) bringRow();
  draw();
  address();
  if (other.row) beside.strip(true);
  if (other.track) beside.panel();
  beside.mark();
}

/** The chosen row comes into view among the rows; the page stays where it is. */
function bringRow() {
  const place = data?.rows.findIndex((row) => row.id === state.row) ?? -1;
  if (place < 0) return;
  brought = true;
  const top = place * ROW, room = scroller.clientHeight - 28;
  if (top < scroller.scrollTop) scroller.scrollTop = top;
  else if (top + ROW > scroller.scrollTop + room) scroller.scrollTop = top + ROW - room;
}

function chooseRow(step) {
  if (!data?.rows.length) return;
  const place = data.rows.findIndex((row) => row.id === state.row);
  const next = data.rows[Math.min(data.rows.length - 1, Math.max(0, place + step))];
  choose({ row: next.id });
}

/** The next track of the row, or the one before: across the whole case, not the window alone. */
function step(by_one) {
  const row = data?.rows.find((one) => one.id === state.row);
  if (!row || data.dense) { beside.step(by_one); return; }
  const bars = row.bars;
  const place = bars.findIndex((bar) => bar[0] === state.track);
  const next = place >= 0 ? bars[place + by_one] : by_one > 0 ? bars.find((bar) => bar[3] >= (state.at ?? view.from))
    : bars.findLast((bar) => bar[2] <= (state.at ?? view.to));
  if (next) choose({ track: next[0], at: (next[2] + next[3]) / 2, bring: true });
  else tell(says.none);
}

by("tl-rows").addEventListener("click", (event) => {
  const link = event.target.closest("[data-row]");
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  choose({ row: link.dataset.row });
});

const pointer = pointing({ view, wall, says, chart, plot, scroller, axis: by("tl-axis"), told: by("tl-tell"), rows: () => data?.rows, draw, show, zoom, move,
  choose, pick: (track) => beside.pick(track), open: () => beside.open() });

// -- keys

on("zoom-in", () => zoom(0.5));
on("zoom-out", () => zoom(2));
on("fit", GO.whole);
on("next", () => step(1));
on("previous", () => step(-1));
on("open", (event) => {
  if (event?.target?.closest?.("a, button, summary")) { event.target.closest("a, button, summary").click(); return; }
  beside.open();
});
on("close", () => {
  if (beside.shut()) return;
  if (state.picked.size) beside.unpick(); else if (state.track) choose({ track: "" });
});
document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
  if (event.target !== document.body && event.target !== plot && event.target.id !== "main" && !event.target.closest?.(".tl-unread")) return;
  const moves = { ArrowLeft: () => move(-0.15), ArrowRight: () => move(0.15), ArrowUp: () => chooseRow(-1), ArrowDown: () => chooseRow(1),
    PageUp: () => move(-0.9), PageDown: () => move(0.9), Home: () => show(whole.from, whole.from + view.to - view.from),
    End: () => show(whole.to - view.to + view.from, whole.to) };
  if (event.target === document.body && ["PageUp", "PageDown", "Home", "End"].includes(event.key)) return;
  if (moves[event.key]) { event.preventDefault(); moves[event.key](); }
});

document.addEventListener("marks-changed", () => { beside.panel(); beside.strip(true); });
document.addEventListener("seen-told", ({ detail: { tracks } }) => {
  for (const row of data?.rows ?? []) for (const bar of row.bars) if (tracks.includes(bar[0])) bar[4] = true;
  beside.seen(tracks);
});
new ResizeObserver(draw).observe(plot);
addEventListener("pageshow", (event) => { if (event.persisted) fetchRows(true); });
fetchRows(true);
if (state.subject) fetchRoute();
