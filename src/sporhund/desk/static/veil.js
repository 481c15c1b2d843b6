// The veil over pictures: on until it is lifted, and how long it was off is measured.

import { on } from "./keys.js";

const chosen = document.body.dataset.veil;              // blur | grey | both | off: what this person chose
const veiled = chosen === "off" ? "blur" : chosen;

/** Whether pictures are clear now. */
export function clear() {
  return document.body.dataset.veil === "off";
}

/** Whether a person can recognise what a picture shows, by the veil. Grey alone hides nothing: who chose it wants to recognise
 *  what is there. What is not recognisable comes coarse from the desk, and was not seen. picture: cleared alone, perhaps. */
export function recognisable(picture = null) {
  return ["off", "grey"].includes(document.body.dataset.veil) || Boolean(picture?.classList.contains("clear"));
}

// What was lifted stays lifted in this tab for whoever lifted it, from page to page; not over a sign-out.
const who = document.body.dataset.who ?? "";
if ("signedOut" in document.body.dataset) sessionStorage.removeItem("veil");
const [by, left] = JSON.parse(sessionStorage.getItem("veil") ?? "[null, null]");

const listeners = [];
/** Called whenever the veil falls or is lifted. */
export function whenVeil(doing) {
  listeners.push(doing);
}

function set(veil) {
  document.body.dataset.veil = veil;
  if (who) sessionStorage.setItem("veil", JSON.stringify([who, veil]));
  const said = document.querySelector("[data-veil-said]");
  if (said) said.textContent = veil === "off" ? said.dataset.off : said.dataset.on;
  for (const doing of listeners) doing(veil === "off");
}

on("veil", () => set(clear() ? veiled : "off"));
if (who && by === who) set(left === "off" ? "off" : veiled);
