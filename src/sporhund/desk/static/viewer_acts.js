// What is done with a track or a medium: marks, dialogs, the stored place shown again.

import { on } from "./keys.js";
import { mark } from "./marks.js";
import { faultIn, forms } from "./panel_forms.js";
import { ask, fragment, submit, tell } from "./send.js";

const VALUES = ["relevant", "not-relevant", "later"];

/** thing(): what marks are about.  changed(): the panel as it is now.  address(): where the viewer stands. */
export function acts({ data, words, panel, thing, changed, dialog, body, address }) {
  for (const value of VALUES) on(value, () => { mark([thing()], value); });
  for (let place = 1; place <= 9; place++) {
    on(`own-mark-${place}`, () => { const value = data.own_marks[place - 1]; if (value) mark([thing()], value); else tell(words.nomark); });
  }
  document.addEventListener("marks-changed", () => changed());

  async function open(name) {
    const link = panel.querySelector(`a[data-act][data-key-act="${name}"]`);
    if (!link) { tell(words[`no-${name}`]); return; }
    const url = new URL(link.href);
    url.searchParams.set("part", "1");
    url.searchParams.set("back", address().pathname + address().search);
    try {
      body.innerHTML = await fragment(url);
      const close = document.createElement("form");
      close.method = "dialog";
      close.append(Object.assign(document.createElement("button"), { textContent: words.close }));
      body.append(close);
      dialog.setAttribute("aria-label", body.querySelector("h2")?.textContent ?? "");
      dialog.showModal();
    } catch (fault) { tell(fault.message, { fault: true }); }
  }
  for (const name of ["face", "subject", "secure"]) on(name, () => { open(name); });

  forms(body);
  body.addEventListener("submit", async (event) => {
    const form = event.target;
    if (form.method === "dialog") return;
    event.preventDefault();
    try {
      const done = await submit(form);
      dialog.close();
      tell(done.said);
      await changed();
    } catch (fault) { faultIn(form, fault); }
  });

  panel.addEventListener("submit", async (event) => {
    const form = event.target;
    if (!("reproduce" in form.dataset)) return;
    event.preventDefault();
    const place = form.querySelector('[role="status"]');
    place.textContent = words.decoding;
    try { place.textContent = (await ask(`${form.getAttribute("action")}.json`, { method: "POST" })).said; } catch (fault) {
      place.textContent = fault.message;
    }
  });
}
