// How long pictures were before the eyes, and how long of it clear: told every fifteen seconds and when the page goes.

import { clear, whenVeil } from "./veil.js";
import { csrf, signIn } from "./send.js";

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

function tellDesk() {
  count();
  if (seen < 0.5) return;
  const body = JSON.stringify({ seen_s: seen, clear_s: clearly });
  seen = clearly = 0;
  fetch(`/case/${caseId}/exposure.json`, {
    method: "POST", body, keepalive: true, credentials: "same-origin",
    headers: { "content-type": "application/json", "x-csrf": csrf, accept: "application/json" },
  }).then((answer) => { if (answer.status === 401) signIn(); }).catch((fault) => console.warn("exposure was not told", fault));
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
