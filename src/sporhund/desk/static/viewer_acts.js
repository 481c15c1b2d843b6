// What is done with a track or a medium: marks, dialogs, the stored place shown again.

import { on } from "./keys.js";
import { ask, fragment, tell } from "./send.js";

const VALUES = ["relevant", "not-relevant", "later"];

export function acts({ data, words, panel, thing, changed, dialog, body, address }) {
  async function mark(value) {
    try {
      const done = await ask(`/case/${data.case}/marks.json`, { method: "POST", body: { things: [thing()], value } });
      tell(done.said);
      await changed();
    } catch (fault) { tell(fault.message, { fault: true }); }
  }
  for (const value of VALUES) on(value, () => { mark(value); });
  for (let place = 1; place <= 9; place++) {
    on(`own-mark-${place}`, () => { const value = data.own_marks[place - 1]; if (value) mark(value); else tell(words.nomark); });
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

  body.addEventListener("submit", async (event) => {
    const form = event.target;
    if (form.method === "dialog") return;
    event.preventDefault();
    const { csrf, back, ...fields } = Object.fromEntries(new FormData(form));
    try {
      const done = form.dataset.subject ? await join(form.dataset.subject, fields)
        : await ask(form.dataset.sends, { method: "POST", body: fields });
      dialog.close();
      tell(done.said ?? words.joined);
      await changed();
    } catch (fault) { tell(fault.message, { fault: true }); }
  });
  function join(subjects, { track, subject, label, note }) {
    return subject ? ask(`${subjects}/${encodeURIComponent(subject)}/tracks.json`, { method: "POST", body: { tracks: [track], note } })
      : ask(`${subjects}.json`, { method: "POST", body: { tracks: [track], label: label || null, note } });
  }

  panel.addEventListener("submit", async (event) => {
    const form = event.target.closest("form[data-reproduce]");
    if (!form) return;
    event.preventDefault();
    const place = form.querySelector('[role="status"]');
    place.textContent = words.decoding;
    try { place.textContent = (await ask(`${form.getAttribute("action")}.json`, { method: "POST" })).said; } catch (fault) {
      place.textContent = fault.message;
    }
  });
}
