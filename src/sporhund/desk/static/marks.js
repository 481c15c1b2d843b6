// A person's word on media and tracks, and who works on what: told to the desk.

import { ask, tell } from "./send.js";

const caseId = document.body.dataset.case;
let before = Promise.resolve();

/** One after the other, in the order of the keys: which word is the newest is never in doubt. */
function inTurn(doing) {
  const mine = before.then(doing);
  before = mine.catch(() => undefined);
  return mine;
}

/** What a page shows of marks is told with every one: the gallery's counts, for its own filter; in the viewer my word on each thing. */
function wanted() {
  if (document.body.dataset.page === "viewer") return "?standing=1";
  const query = document.getElementById("gallery")?.dataset.query;
  return query === undefined ? "" : `?counts=1${query.replace("?", "&")}`;
}

async function change(what, body, query = "") {
  try {
    return await inTurn(() => ask(`/case/${caseId}/${what}.json${query}`, { method: "POST", body }));
  } catch (fault) {
    tell(fault.message, { fault: true });
    return null;
  }
}

/** Say the same of these things; told as "marks-changed". Null where it could not be kept. more: said behind what was done. */
export async function mark(things, value, more = "") {
  return changed(await change("marks", { things, value }, wanted()), more);
}

/** Take back my last act; told as "marks-changed" too. */
export async function undo() {
  return changed(await change("marks/undo", undefined, wanted()));
}

function changed(done, more = "") {
  if (!done) return done;
  tell(`${done.said} ${more}`.trim());
  for (const [name, count] of Object.entries(done.counts)) {
    for (const place of document.querySelectorAll(`[data-count="${name}"]`)) place.textContent = count;
  }
  document.dispatchEvent(new CustomEvent("marks-changed", { detail: done }));
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
