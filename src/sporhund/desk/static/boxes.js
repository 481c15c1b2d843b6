// Boxes of tracks over the picture, in step with it.

const SVG = "http://www.w3.org/2000/svg";
/** A sighting holds for half a step of the densest look, on either side. */
const HOLD_S = 0.101;
const LETTERS_PX = 12;

/** Where a track is at t: {box, sure}; null where nobody looked or it was not there.
 *  path: [t, x, y, width, height], ascending. Between two sightings no further apart than gap it moves straight, and is not sure. */
export function placeAt(path, t, gap) {
  if (!path.length) return null;
  let low = 0, high = path.length - 1;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (path[middle][0] < t) low = middle + 1; else high = middle;
  }
  const after = path[low], before = low > 0 && after[0] > t ? path[low - 1] : after;
  const near = Math.abs(after[0] - t) < Math.abs(before[0] - t) ? after : before;
  const away = Math.abs(near[0] - t);
  const inside = before[0] <= t && t <= after[0];
  if (inside && after[0] > before[0] && after[0] - before[0] <= gap + 1e-6) {
    const share = (t - before[0]) / (after[0] - before[0]);
    return { box: [1, 2, 3, 4].map((side) => before[side] + (after[side] - before[side]) * share), sure: away < 1e-3 };
  }
  return away <= HOLD_S ? { box: near.slice(1, 5), sure: away < 1e-3 } : null;
}

/** Whether the middle of a box (x, y, width, height; pixels of the upright picture) can be seen.
 *  view: {size, stage} as [width, height], zoom, turned (degrees, clockwise), x and y: how far it is moved. */
export function inSight([x, y, width, height], { size, stage, zoom, turned, x: right, y: down }) {
  const scale = Math.min(stage[0] / size[0], stage[1] / size[1]) * zoom, angle = turned * Math.PI / 180;
  const across = (x + width / 2 - size[0] / 2) * scale, along = (y + height / 2 - size[1] / 2) * scale;
  const left = across * Math.cos(angle) - along * Math.sin(angle) + right;
  const top = across * Math.sin(angle) + along * Math.cos(angle) + down;
  return Math.abs(left) <= stage[0] / 2 && Math.abs(top) <= stage[1] / 2;
}

/** Draw them. items: [{id, kind, word, box, sure}]. */
export function draw(svg, items, chosen) {
  const wanted = new Set(items.map((item) => item.id));
  for (const group of [...svg.querySelectorAll("g[data-track]")]) if (!wanted.has(group.dataset.track)) group.remove();
  const { width: wide, height: high } = svg.viewBox.baseVal;
  const letters = LETTERS_PX / (Math.min(svg.clientWidth / wide, svg.clientHeight / high) || 1);
  for (const item of items) {
    let group = svg.querySelector(`g[data-track="${CSS.escape(item.id)}"]`);
    if (!group) {
      group = document.createElementNS(SVG, "g");
      group.dataset.track = item.id;
      group.append(document.createElementNS(SVG, "rect"), document.createElementNS(SVG, "text"));
      svg.append(group);
    }
    const [rect, text] = group.children;
    const [x, y, width, height] = item.box;
    rect.setAttribute("class", `k-${item.kind}${item.id === chosen ? " chosen" : ""}${item.sure ? "" : " between"}`);
    for (const [name, value] of Object.entries({ x, y, width, height })) rect.setAttribute(name, value.toFixed(2));
    text.setAttribute("class", `k-${item.kind}`);
    text.setAttribute("font-size", letters.toFixed(1));
    text.setAttribute("x", x.toFixed(1));
    text.setAttribute("y", (y > letters * 1.2 ? y - letters * 0.35 : y + letters).toFixed(1));
    text.textContent = item.id === chosen || item.kind !== "motion" ? item.word : "";
  }
}
