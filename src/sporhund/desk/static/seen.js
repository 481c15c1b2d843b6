// What was before the eyes, recognisably: told to the desk, and told again as long as it did not arrive.

import { send } from "./send.js";

const caseId = document.body.dataset.case;
const pending = { media: new Set(), tracks: new Set() };
const reported = new Set();
const AT_LEAST = 40;

/** Tell it. Throws where it did not arrive and has to be told again; what the desk does not take is not told again.
 *  Told to the page as "seen-told". spans: what of the one medium played. How long is told by exposure.js alone. */
export async function tellSeen({ media = [], spans = [], tracks = [] }) {
  const answer = await send(`/case/${caseId}/seen.json`, { media, spans, tracks });
  if (answer.status >= 500 || [401, 403, 429].includes(answer.status)) throw new Error(`${answer.status}`);
  if (!answer.ok) { console.warn("what was seen was not taken", answer.status); return; }
  document.dispatchEvent(new CustomEvent("seen-told", { detail: { media, tracks } }));
}

/** This was looked at. Reported in batches; once for each page. what: "media" | "tracks". */
export function saw(thing, what) {
  if (reported.has(thing)) return;
  reported.add(thing);
  pending[what].add(thing);
  if (pending.media.size + pending.tracks.size >= AT_LEAST) report();
}

export function report() {
  const media = [...pending.media], tracks = [...pending.tracks];
  if (!media.length && !tracks.length) return;
  pending.media.clear();
  pending.tracks.clear();
  tellSeen({ media, tracks }).catch((fault) => {
    console.warn("what was seen is told again", fault);
    media.forEach((one) => pending.media.add(one));
    tracks.forEach((one) => pending.tracks.add(one));
  });
}

if (caseId) {
  setInterval(report, 5000);
  document.addEventListener("visibilitychange", report);
  addEventListener("pagehide", report);
}
