// Changes and questions of scripts: with the session's token, and with an error that a person can read.

const csrf = document.querySelector('meta[name="csrf"]')?.content ?? "";

/** What the desk answers as JSON. Throws an Error whose message is for people. */
export async function ask(address, { method = "GET", body = undefined, signal = undefined } = {}) {
  const headers = { accept: "application/json" };
  if (method !== "GET") headers["x-csrf"] = csrf;
  if (body !== undefined) headers["content-type"] = "application/json";
  const answer = await fetch(address, {
    method, headers, signal, credentials: "same-origin", body: body === undefined ? undefined : JSON.stringify(body),
  });
  if (answer.status === 401) {
    location.href = "/sign-in?next=" + encodeURIComponent(location.pathname + location.search);
    throw new Error("signed out");
  }
  const said = await answer.json().catch(() => ({}));
  if (!answer.ok) {
    const error = new Error(said.error ? `${said.error.message} ${said.error.hint}` : `${answer.status}`);
    error.code = said.error?.code;
    throw error;
  }
  return said;
}

/** A word for the person that goes by itself; for screen readers too. */
export function tell(sentence, { fault = false } = {}) {
  let place = document.getElementById("told");
  if (!place) {
    place = document.createElement("div");
    place.id = "told";
    place.setAttribute("role", "status");
    document.body.append(place);
  }
  place.textContent = sentence;
  place.className = fault ? "told fault" : "told";
  place.hidden = false;
  clearTimeout(place.timer);
  place.timer = setTimeout(() => { place.hidden = true; }, fault ? 12000 : 4000);
}

export { csrf };
