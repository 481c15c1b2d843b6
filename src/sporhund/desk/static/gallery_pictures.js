// Pictures of tiles: a few at a time, those on the screen first, veiled ones by the desk itself while the veil is on.

import { fragment } from "./send.js";
import { recognisable as unveiled } from "./veil.js";

const AT_ONCE = 4;           // of the six connections that a browser opens: a key's answer never waits behind pictures
const AGAIN_MS = 3000, TRIES = 3;
let wanted = [];
const tried = new WeakMap(); // picture -> the address that did not come, and how often it was asked for
const loading = new Set();
const refused = new Set();   // addresses that were answered by a reason instead of a picture

new PerformanceObserver((list) => {
  for (const one of list.getEntries()) if (one.responseStatus >= 400) refused.add(one.name);
}).observe({ type: "resource", buffered: true });

const blurred = (img) => !unveiled(img);

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
  wanted = imgs.filter((img) => !asIs(img) && !loading.has(img) && !givenUp(img));
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
    missed(img);
  };
  if (img.hidden) reason(img, "");
  img.removeAttribute("loading");
  img.src = address(img);
}

function givenUp(img) {
  const before = tried.get(img);
  return before?.address === address(img) && before.times >= TRIES;
}

/** A picture did not come: asked for again a few times; then its tile says why. Whoever is signed out is led to the sign-in page. */
async function missed(img) {
  const there = address(img), before = tried.get(img);
  const times = before?.address === there ? before.times + 1 : 1;
  tried.set(img, { address: there, times });
  let why = "";
  try { await fragment(there); } catch (fault) { why = fault.message; }
  if (times >= TRIES) { reason(img, why); return; }
  setTimeout(() => { if (img.isConnected) { wanted.push(img); next(); } }, AGAIN_MS);
}

/** Why a picture is not there, where it would be; "" takes it away again. */
function reason(img, why) {
  const frame = img.parentElement;
  frame.querySelector(".why")?.remove();
  frame.classList.toggle("nothing", Boolean(why));
  img.hidden = Boolean(why);
  if (!why) return;
  const said = document.createElement("span");
  said.className = "why";
  said.textContent = why;
  frame.append(said);
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
