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

async function change(what, body) {
  try {
    return await inTurn(() => ask(`/case/${caseId}/${what}.json`, { method: "POST", body }));
  } catch (fault) {
    tell(fault.message, { fault: true });
    return null;
  }
}

/** Say the same of these things; told as "marks-changed". Null where it could not be kept. more: said behind what was done. */
export async function mark(things, value, more = "") {
  const done = await change("marks", { things, value });
  if (done) {
    tell(`${done.said} ${more}`.trim());
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
