// The moment that is shown: in the original, by the clock on the wall, and on the bars.

import { clockAt, position, spread, wall } from "./told.js";

const by = (id) => document.getElementById(id);

/** Say it. data: of the viewer.  exactly: the word for a frame that stands at its own time, "" while it plays. */
export function sayTime(data, t, exactly) {
  const time = by("time"), world = by("world"), exact = by("exact"), cursor = by("cursor");
  if (time) time.textContent = position(t, data.language);
  if (exact) exact.textContent = exactly;
  if (world) sayWorld(world, clockAt(data.knots, t), data);
  if (cursor && data.to > data.from) {
    const x = Math.min(1000, Math.max(0, (t - data.from) / (data.to - data.from) * 1000));
    cursor.setAttribute("x1", x); cursor.setAttribute("x2", x);
  }
}

function sayWorld(place, now, { zone, language }) {
  const { unknown, unchecked, camera, corrected } = place.dataset;
  if (!now || now.camera_s === null) { place.textContent = unknown; return; }
  const own = document.createElement("span");
  own.textContent = `${camera} ${wall(now.camera_s, now.camera_zoned, zone, language)}`;
  place.replaceChildren(own);
  const unsure = ` ± ${spread(now.uncertainty_s, language)}`;
  if (!now.checked) { place.append(`${unsure} (${unchecked})`); return; }
  const right = document.createElement("b");
  right.textContent = ` ${corrected} ${wall(now.corrected_s, now.corrected_zoned, zone, language)}${unsure}`;
  place.append(right);
}
