// A person's word on media and tracks, who works on what, and what was before the eyes: told to the desk.

import { ask, csrf, tell } from "./send.js";

const caseId = document.body.dataset.case;
let before = Promise.resolve();

/** One after the other, in the order of the keys: which word is the newest is never in doubt. */
function inTurn(doing) {
  const mine = before.then(doing);
  before = mine.catch(() => undefined);
  return mine;
}

async function change(what, body) {
  try {
    return await inTurn(() => ask(`/case/${caseId}/${what}.json`, { method: "POST", body }));
  } catch (fault) {
    tell(fault.message, { fault: true });
    return null;
  }
}

/** Say the same of these things; told as "marks-changed". Null where it could not be kept. */
export async function mark(things, value) {
  const done = await change("marks", { things, value });
  if (done) {
    tell(done.said);
    document.dispatchEvent(new CustomEvent("marks-changed", { detail: done }));
  }
  return done;
}

/** Reserve what nobody else holds. */
export async function reserve(media) {
  const done = await change("reserve", { media });
  if (done) tell(done.said);
  return done;
}

/** Give these back; null: all of mine. */
export async function release(media) {
  const done = await change("release", { media });
  if (done) tell(done.said);
  return done;
}

const pending = { media: new Set(), tracks: new Set() };
const reported = new Set();
const AT_LEAST = 40;

/** This was looked at, recognisably. Reported in batches; once for each page. */
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
  // How long is told by exposure.js alone: told twice it would count twice.
  fetch(`/case/${caseId}/seen.json`, {
    method: "POST", keepalive: true, credentials: "same-origin", body: JSON.stringify({ media, tracks }),
    headers: { "content-type": "application/json", "x-csrf": csrf, accept: "application/json" },
  }).then((answer) => {
    if (answer.status >= 500 || answer.status === 429) throw new Error(`${answer.status}`);
    if (!answer.ok) console.warn("what was seen was not taken", answer.status);
  }).catch((fault) => {
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
