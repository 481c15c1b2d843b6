// Pictures of tiles: a few at a time, those on the screen first, veiled ones by the desk itself while the veil is on.

const AT_ONCE = 4;           // of the six connections that a browser opens: a key's answer never waits behind pictures
const AGAIN_MS = 3000;
let wanted = [];
const loading = new Set();
const refused = new Set();   // addresses that were answered by a reason instead of a picture

new PerformanceObserver((list) => {
  for (const one of list.getEntries()) if (one.responseStatus >= 400) refused.add(one.name);
}).observe({ type: "resource", buffered: true });

/** Whether pictures come blurred from the desk. Grey alone hides nothing: who chose it wants to recognise what is there. */
function blurred(img) {
  const veil = document.body.dataset.veil;
  return (veil === "blur" || veil === "both") && !img.classList.contains("clear");
}

function address(img) {
  return img.dataset.src + (blurred(img) ? "&veiled=1" : "");
}

function asIs(img) {
  return img.getAttribute("src") === address(img);
}

/** Whether this picture stands there so that a person can recognise what it shows. */
export function recognisable(img) {
  return asIs(img) && !blurred(img) && img.complete && img.naturalWidth > 0 && !refused.has(img.currentSrc);
}

/** These are on the screen or close to it, the nearest first; what was asked for before and is not among them is let go. */
export function near(imgs) {
  const now = new Set(imgs);
  for (const img of loading) {
    if (!now.has(img)) { loading.delete(img); img.removeAttribute("src"); }
  }
  wanted = imgs.filter((img) => !asIs(img) && !loading.has(img));
  next();
}

function next() {
  while (loading.size < AT_ONCE && wanted.length) load(wanted.shift());
}

function load(img) {
  const done = () => {
    img.onload = img.onerror = null;
    loading.delete(img);
    next();
  };
  loading.add(img);
  img.onload = done;
  img.onerror = () => {
    done();
    img.removeAttribute("src");
    setTimeout(() => { if (img.isConnected) { wanted.push(img); next(); } }, AGAIN_MS);
  };
  img.removeAttribute("loading");
  img.src = address(img);
}

/** Clear one picture of the veil, or lay it over again. */
export function clearOne(img) {
  img.classList.toggle("clear");
  if (!asIs(img)) load(img);
}

/** The veil has fallen: clear pixels do not stay behind it. Veiled ones come in their place. */
export function veilAgain(imgs) {
  for (const img of imgs) {
    img.classList.remove("clear");
    if (asIs(img)) continue;
    loading.delete(img);
    img.removeAttribute("src");
  }
}
