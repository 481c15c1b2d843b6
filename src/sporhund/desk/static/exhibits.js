// Exhibits: a check that takes long says so, and is not begun twice.

import { tell } from "./send.js";

for (const form of document.querySelectorAll("form[data-busy]")) {
  form.addEventListener("submit", () => {
    tell(form.dataset.busy);
    for (const button of form.querySelectorAll("button")) button.disabled = true;
  });
}
// Whoever comes back to this page by the browser's history may begin another.
addEventListener("pageshow", () => { for (const button of document.querySelectorAll("form[data-busy] button")) button.disabled = false; });
