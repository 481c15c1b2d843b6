// The forms of the panel: a typed name means a new subject, and each camera's own clock follows the time that is written.

import { wall } from "./told.js";

/** Forms in this place, now and later. */
export function forms(place) {
  place.addEventListener("input", (event) => {
    const { form, name, value } = event.target;
    if (form?.dataset.act === "subject" && name === "label" && value.trim()) form.elements.subject.value = "new";
    if (form?.dataset.act === "secure" && name.startsWith("wanted")) owns(form);
  });
}

function owns(form) {
  const [from, to] = ["wanted_from", "wanted_to"].map((name) => Date.parse(`${form.elements[name].value}Z`) / 1000);
  if (!Number.isFinite(from) || !Number.isFinite(to)) return;
  for (const place of form.querySelectorAll("[data-shift]")) {
    const said = (at) => wall(at + Number(place.dataset.shift), false, "UTC", document.documentElement.lang);
    place.textContent = `${said(from)} – ${said(to).slice(-8)}`;
  }
}

/** What is wrong, in the form itself: a dialog lies over everything else. */
export function faultIn(form, fault) {
  let place = form.querySelector('[role="alert"]');
  if (!place) {
    place = Object.assign(document.createElement("p"), { className: "unread" });
    place.setAttribute("role", "alert");
    form.append(place);
  }
  place.textContent = fault.message;
}
