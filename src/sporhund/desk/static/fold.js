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
