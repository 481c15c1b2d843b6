// What every page does: keys, the veil, times that a script may refresh, and the measure of what was before the eyes.

import "./keys.js";
import "./veil.js";
import "./exposure.js";
import "./fold.js";
import { on } from "./keys.js";
import { undo } from "./marks.js";

const caseId = document.body.dataset.case;

if (caseId) on("undo", undo);

// -- the account, as it changes while work goes on. In place and without a word to a screen reader: it is read when one goes there.

const strip = document.querySelector('[data-live="glance"]'), STRIP_MS = 5000, SELDOM = 6;
let ticks = 0, last = false;
async function account() {
  if (document.visibilityState !== "visible") return;
  const working = "working" in strip.dataset;
  ticks += 1;
  if (!working && !last && ticks % SELDOM) return;          // nothing is under way here; somebody may have asked for work since
  const answer = await fetch(`/case/${caseId}/glance.html`, {
    credentials: "same-origin", headers: { accept: "text/html", "x-fragment": "1", "x-timer": "1" } }).catch(() => null);
  if (!answer?.ok) return;                                   // what a person does next tells them why
  const box = document.createElement("template");
  box.innerHTML = await answer.text();
  const now = box.content.querySelector('[data-live="glance"]');
  if (!now) return;
  last = working && !("working" in now.dataset);             // once more: the last count may have come a moment later
  strip.toggleAttribute("data-working", "working" in now.dataset);
  if (strip.innerHTML === now.innerHTML) return;
  strip.style.minHeight = `${strip.offsetHeight}px`;         // what lies below stays where it is
  strip.replaceChildren(...now.childNodes);
}
if (caseId && strip) {
  setInterval(account, STRIP_MS);
  document.addEventListener("work-changed", () => { last = true; account(); });
}

for (const dialog of document.querySelectorAll("dialog")) {
  dialog.addEventListener("click", (event) => { if (event.target === dialog) dialog.close(); });
}
for (const form of document.querySelectorAll("form[data-sure]")) {
  form.addEventListener("submit", (event) => { if (!confirm(form.dataset.sure)) event.preventDefault(); });
}
for (const field of document.querySelectorAll("[data-submits]")) {
  field.addEventListener("change", () => field.form.requestSubmit());
}
