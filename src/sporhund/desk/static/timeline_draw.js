// Draws rows, tracks and ground lines of a view; one path for all bars of a kind, so that thousands stay smooth.

const SVG = "http://www.w3.org/2000/svg";
export const ROW = 29;
export const LANES = { motion: [3, 4], person: [8, 4], vehicle: [13, 3], object: [17, 3], face: [21, 3] };
const GROUND = 26;
const LEVELS = 3;
const LEAST = 2, LEAST_UNREAD = 3;
const SLACK = 4;                                        // so many pixels beside a thing still mean it

export function make(name, attributes = {}, parent = undefined) {
  const made = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  parent?.append(made);
  return made;
}

export class Chart {
  /** says: the words of the page, by the state of a part: unread, partly. */
  constructor(svg, axis, says) {
    this.svg = svg;
    this.says = says;
    this.axis = axis;
    svg.replaceChildren();
    this.under = make("rect", { class: "tl-here", x: 0, height: ROW }, svg);
    this.grid = make("path", { class: "tl-grid" }, svg);
    this.analysed = make("path", { class: "tl-analysed" }, svg);
    this.waiting = make("path", { class: "tl-waiting" }, svg);
    this.unread = make("g", {}, svg);
    this.bars = {};
    for (const kind of Object.keys(LANES)) {
      for (let level = 1; level <= LEVELS; level += 1) {
        this.bars[kind + level] = make("path", { class: `tl-bar ${kind} l${level}` }, svg);
      }
    }
    this.anchors = make("path", { class: "tl-anchor" }, svg);
    this.routeLine = make("path", { class: "tl-route" }, svg);
    this.routeStops = make("path", { class: "tl-stop" }, svg);
    this.picked = make("path", { class: "tl-picked" }, svg);
    this.chosen = make("path", { class: "tl-chosen" }, svg);
    this.sure = make("path", { class: "tl-sure" }, svg);
    this.cursor = make("path", { class: "tl-cursor" }, svg);
    this.span = make("rect", { class: "tl-span", y: 0, width: 0 }, svg);
  }

  /** view: from, to, width.   data: rows.   state: row, track, at, picked.   route: stops of the chosen subject. */
  draw(view, data, state, route, wall) {
    const height = Math.max(1, data.rows.length) * ROW;
    this.svg.setAttribute("viewBox", `0 0 ${view.width} ${height}`);
    this.svg.setAttribute("width", view.width);
    this.svg.setAttribute("height", height);
    const x = (at) => ((at - view.from) / (view.to - view.from)) * view.width;
    this.drawAxis(view, x, state, wall, height);
    this.drawGround(view, data, x);
    const chosen = this.drawBars(view, data, x, state);
    this.drawCursor(view, data, x, state, height);
    this.drawRoute(data, x, route);
    const here = data.rows.findIndex((row) => row.id === state.row);
    this.under.setAttribute("y", here * ROW);
    this.under.setAttribute("width", here < 0 ? 0 : view.width);
    this.chosen.setAttribute("d", chosen);
  }

  drawAxis(view, x, state, wall, height) {
    this.axis.replaceChildren();
    this.axis.setAttribute("viewBox", `0 0 ${view.width} 28`);
    let lines = "";
    for (const [at, said, midnight] of wall.ticks(view.from, view.to, Math.max(2, Math.floor(view.width / 95)))) {
      const place = x(at);
      lines += `M${place.toFixed(1)} 0V${height}`;
      const anchor = place < 26 ? "start" : place > view.width - 26 ? "end" : "middle";
      make("text", { x: place, y: 17, "text-anchor": anchor, class: midnight ? "day" : "" }, this.axis).textContent = said;
    }
    this.grid.setAttribute("d", lines);
    if (state.at !== null && state.at >= view.from && state.at <= view.to) {
      const place = x(state.at);
      make("path", { class: "tl-tip", d: `M${place - 4} 22h8l-4 6z` }, this.axis);
    }
  }

  drawGround(view, data, x) {
    let analysed = "", waiting = "", anchors = "";
    const unread = [];
    data.rows.forEach((row, place) => {
      const y = place * ROW + GROUND;
      const span = (from, to) => to < view.from || from > view.to ? null
        : [Math.max(-5, x(from)), Math.min(view.width + 5, Math.max(x(to), x(from) + LEAST))];
      for (let at = 0; at < row.looked.length; at += 2) {
        const from = data.from + row.looked[at] / 1000, drawn = span(from, from + row.looked[at + 1] / 1000);
        if (drawn) analysed += `M${drawn[0].toFixed(1)} ${y}H${drawn[1].toFixed(1)}`;
      }
      for (const [from, to, state, why] of row.unlooked) {
        const drawn = span(from, to);
        if (!drawn) continue;
        if (state === "waiting") waiting += `M${drawn[0].toFixed(1)} ${y}H${drawn[1].toFixed(1)}`;
        else unread.push([...drawn, y, [from, to, state, why], row]);
      }
      for (const at of row.anchors) {
        if (at >= view.from && at <= view.to) anchors += `M${x(at).toFixed(1)} ${y - 2.5}v5`;
      }
    });
    this.analysed.setAttribute("d", analysed);
    this.waiting.setAttribute("d", waiting);
    this.anchors.setAttribute("d", anchors);
    this.drawUnread(unread);
  }

  /** Each a thing of its own, so that it can be reached by keyboard and says why. */
  drawUnread(unread) {
    const had = this.unread.contains(document.activeElement) ? [...this.unread.children].indexOf(document.activeElement) : -1;
    while (this.unread.children.length > unread.length) this.unread.lastChild.remove();
    unread.forEach(([left, right, y, part, row], place) => {
      const [, , state, why] = part;
      let one = this.unread.children[place];
      if (!one) {
        one = make("rect", { height: 4, tabindex: 0, role: "img" }, this.unread);
        make("title", {}, one);
      }
      one.unlooked = part;
      one.setAttribute("x", left.toFixed(1));
      one.setAttribute("y", y - 2);
      one.setAttribute("width", Math.max(LEAST_UNREAD, right - left).toFixed(1));
      one.setAttribute("class", state === "partly" ? "tl-unread in-part" : "tl-unread");
      const said = `${row.name}: ${this.says[state]}${why ? `: ${why}` : ""}`;
      if (one.dataset.why !== said) {
        one.dataset.why = said;
        one.setAttribute("aria-label", said);
        one.firstChild.textContent = said;
      }
    });
    if (had >= 0) this.unread.children[Math.min(had, unread.length - 1)]?.focus();
  }

  drawBars(view, data, x, state) {
    const paths = Object.fromEntries(Object.keys(this.bars).map((name) => [name, []]));
    let chosen = "", picked = "";
    data.rows.forEach((row, place) => {
      const top = place * ROW;
      for (const [kind, of] of Object.entries(row.bins)) {
        const [y, high] = LANES[kind];
        for (let at = 0; at < of.length; at += 3) {                   // first bin, how many, how full
          const from = data.from + of[at] * data.bin_s, to = from + of[at + 1] * data.bin_s;
          if (to < view.from || from > view.to) continue;
          paths[kind + of[at + 2]].push(`M${x(from).toFixed(1)} ${top + y}h${Math.max(LEAST, x(to) - x(from) - 0.5).toFixed(1)}v${high}H${x(from).toFixed(1)}z`);
        }
      }
      for (const bar of row.bars) {
        const [track, kind, from, to] = bar;
        if (to < view.from || from > view.to || !LANES[kind]) continue;
        const [y, high] = LANES[kind];
        const left = Math.max(-5, x(from)), wide = Math.max(LEAST, Math.min(view.width + 5, x(to)) - left);
        paths[`${kind}3`].push(`M${left.toFixed(1)} ${top + y}h${wide.toFixed(1)}v${high}H${left.toFixed(1)}z`);
        if (track === state.track) chosen = `M${left - 3} ${top + y - 2.5}h${wide + 6}v${high + 5}h${-wide - 6}z`;
        if (state.picked.has(track)) picked += `M${left - 3} ${top + y - 2.5}h${wide + 6}v${high + 5}h${-wide - 6}z`;
      }
    });
    for (const [name, parts] of Object.entries(paths)) this.bars[name].setAttribute("d", parts.join(""));
    this.picked.setAttribute("d", picked);
    return chosen;
  }

  drawCursor(view, data, x, state, height) {
    if (state.at === null || state.at < view.from || state.at > view.to) {
      this.cursor.setAttribute("d", "");
      this.sure.setAttribute("d", "");
      return;
    }
    const place = x(state.at).toFixed(1);
    this.cursor.setAttribute("d", `M${place} 0V${height}`);
    const number = data.rows.findIndex((row) => row.id === state.row);
    const wide = number < 0 ? 0 : (data.rows[number].uncertainty_s / (view.to - view.from)) * view.width;
    this.sure.setAttribute("d", wide > 3 ? `M${(place - wide).toFixed(1)} ${number * ROW + 4}v-3h${(2 * wide).toFixed(1)}v3` : "");
  }

  drawRoute(data, x, route) {
    const rows = new Map(data.rows.map((row, place) => [row.id, place]));
    let line = "", stops = "";
    for (const stop of route) {
      if (!rows.has(stop.row)) continue;
      const [y] = LANES[stop.kind] ?? [10];
      const left = x((stop.from + stop.to) / 2), top = rows.get(stop.row) * ROW + y + 2;
      line += `${line ? "L" : "M"}${left.toFixed(1)} ${top}`;
      const half = stop.unsure ? 5 : 3;
      stops += `M${(left - half).toFixed(1)} ${top}a${half} ${half} 0 1 0 ${2 * half} 0a${half} ${half} 0 1 0 ${-2 * half} 0`;
      if (stop.unsure) stops += `M${(left - 2).toFixed(1)} ${top}h4`;
    }
    this.routeLine.setAttribute("d", line);
    this.routeStops.setAttribute("d", stops);
  }
}

/** What lies at a place: a bar of a track, or nothing. The nearest in height, then in time. */
export function hit(view, row, left, top) {
  const at = view.from + (left / view.width) * (view.to - view.from);
  const slack = (SLACK / view.width) * (view.to - view.from);
  let best = null, least = Infinity;
  for (const bar of row.bars) {
    const lane = LANES[bar[1]];
    if (!lane || at < bar[2] - slack || at > bar[3] + slack) continue;
    const away = Math.max(lane[0] - top, top - lane[0] - lane[1], 0) + (at < bar[2] ? bar[2] - at : at > bar[3] ? at - bar[3] : 0) / slack
      + Math.min(1, (bar[3] - bar[2]) / (view.to - view.from));
    if (away < least) [best, least] = [bar, away];
  }
  return least <= 4 ? best : null;
}

/** What nobody looked at at a place of the ground line, or nothing: the nearest, where it is drawn. slack: pixels beside it. */
export function hitGround(view, row, left, top, slack = SLACK) {
  if (top < GROUND - 2 - slack / 2) return null;
  const x = (at) => ((at - view.from) / (view.to - view.from)) * view.width;
  let best = null, least = Infinity;
  for (const part of row.unlooked) {
    const from = x(part[0]), to = Math.max(x(part[1]), from + LEAST_UNREAD);
    const away = Math.max(from - left, left - to, 0);
    if (away <= slack && away < least) [best, least] = [part, away];
  }
  return best;
}
