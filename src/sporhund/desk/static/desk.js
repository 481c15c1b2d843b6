// What every page does: keys, the veil, times that a script may refresh, and the measure of what was before the eyes.

import "./keys.js";
import "./veil.js";
import "./exposure.js";
import { on } from "./keys.js";
import { ask, tell } from "./send.js";

const caseId = document.body.dataset.case;

if (caseId) {
  on("undo", async () => {
    try {
      const undone = await ask(`/case/${caseId}/marks/undo.json`, { method: "POST" });
      tell(undone.said);
      document.dispatchEvent(new CustomEvent("marks-changed", { detail: undone }));
    } catch (fault) { tell(fault.message, { fault: true }); }
  });
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
