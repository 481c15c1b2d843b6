// What folds in a narrow window, and at twice the size: the menu, and what is known beside the picture. Open as the page comes, so that
// nothing is out of reach without a script.

const narrow = matchMedia("(max-width: 66rem)");
const parts = document.querySelectorAll("details[data-fold]");

for (const one of parts) one.open = !narrow.matches;
narrow.addEventListener("change", () => { for (const one of parts) one.open = !narrow.matches || one.dataset.fold === "panel"; });

/** The panel that holds this place is open now. */
export function unfold(place) {
  const fold = place?.closest("details[data-fold]");
  if (fold) fold.open = true;
}

// Where the page scrolls inside, keys without a place of their own scroll it as they would scroll a page.
const main = document.getElementById("main");
const far = { PageUp: -0.9, PageDown: 0.9, Home: -Infinity, End: Infinity };
document.addEventListener("keydown", (event) => {
  const inside = main && document.scrollingElement.scrollHeight <= innerHeight && main.scrollHeight > main.clientHeight;
  if (!inside || event.defaultPrevented || event.target !== document.body || !(event.key in far)) return;
  event.preventDefault();
  const by = far[event.key] * main.clientHeight;
  main.scrollTop = Number.isFinite(by) ? main.scrollTop + by : by > 0 ? main.scrollHeight : 0;
});
