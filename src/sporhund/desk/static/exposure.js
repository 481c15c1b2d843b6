// How long pictures were before the eyes, and how long of it clear: told every fifteen seconds and when the page goes. What the
// desk did not take is told with the next: it is measured to protect people, and must not fall short where nobody notices.

import { clear, whenVeil } from "./veil.js";
import { send } from "./send.js";

const caseId = document.body.dataset.case;
const EVERY_MS = 15000;
const IDLE_MS = 60000;
let seen = 0, clearly = 0, last = performance.now(), moved = last;

function looking() {
  return document.visibilityState === "visible" && document.querySelector("[data-picture]") !== null
    && (performance.now() - moved < IDLE_MS || document.querySelector("video")?.paused === false);
}

function count() {
  const now = performance.now(), passed = Math.min(now - last, EVERY_MS) / 1000;
  last = now;
  if (!looking()) return;
  seen += passed;
  if (clear() || document.querySelector("[data-picture].clear")) clearly += passed;
}

async function tellDesk() {
  count();
  if (seen < 0.5) return;
  const told = { seen_s: seen, clear_s: clearly };
  seen = clearly = 0;
  const taken = await send(`/case/${caseId}/exposure.json`, told).then((answer) => answer.ok, () => false);
  if (taken) return;
  console.warn("how long is told with the next");
  seen += told.seen_s;
  clearly += told.clear_s;
}

if (caseId) {
  for (const name of ["pointermove", "keydown", "wheel", "pointerdown"]) {
    addEventListener(name, () => { moved = performance.now(); }, { passive: true });
  }
  whenVeil(count);
  setInterval(count, 1000);
  setInterval(tellDesk, EVERY_MS);
  document.addEventListener("visibilitychange", tellDesk);
  addEventListener("pagehide", tellDesk);
}
