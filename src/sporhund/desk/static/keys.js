// One table of keys: act -> key, from the page. A page says what an act does; a key never does two things.

const table = JSON.parse(document.body.dataset.keys || "{}");
const acts = new Map();

/** Say what an act does on this page: on("next", () => …). The last one said holds; false: not mine after all. */
export function on(act, doing) {
  acts.set(act, doing);
}

export function run(act, event) {
  const doing = acts.get(act);
  if (!doing) return false;
  return doing(event) !== false;
}

export function keyOf(act) {
  return table[act] ?? "";
}

function typing(target) {
  return target.closest?.("input:not([type=checkbox]):not([type=radio]):not([type=range]), textarea, select, [contenteditable]");
}

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
  if (typing(event.target)) {
    if (event.key === "Escape") event.target.blur();
    return;
  }
  if (document.querySelector("dialog[open]") && event.key !== "?") return;
  const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
  const act = Object.keys(table).find((one) => table[one].toLowerCase() === key.toLowerCase());
  if (act && run(act, event)) event.preventDefault();
});

document.addEventListener("click", (event) => {
  const place = event.target.closest("[data-key-act]");
  if (place && run(place.dataset.keyAct, event)) event.preventDefault();
});

const dialog = document.getElementById("keys");
on("help", () => {
  if (!dialog) return;
  if (dialog.open) { dialog.close(); return; }
  sortKeys();
  dialog.showModal();
  dialog.querySelector("h2").focus();
  dialog.scrollTop = 0;
});
/** What does something here first: this page said so. */
function sortKeys() {
  const here = document.getElementById("keys-here"), elsewhere = document.getElementById("keys-elsewhere");
  for (const row of dialog.querySelectorAll("tr[data-act]")) (acts.has(row.dataset.act) ? here : elsewhere).append(row);
  for (const part of [here, elsewhere]) part.rows[0].hidden = part.rows.length < 2;
}
on("search", () => {
  const field = document.getElementById("search");
  if (field) { field.focus(); field.scrollIntoView({ block: "nearest" }); return; }
  const link = document.querySelector('.top a[href$="#search"]');
  if (link) location.href = link.href;
});
if (location.hash === "#search") document.getElementById("search")?.focus();
