// Changes and questions of scripts: with the session's token, and with an error that a person can read.

const csrf = document.querySelector('meta[name="csrf"]')?.content ?? "";

/** What the desk answers as JSON. Throws an Error whose message is for people, with the `code` of what happened and the seconds
 *  after which it may be asked `again`; an answer that broke off is no answer, and one that was called off is an AbortError. */
export async function ask(address, { method = "GET", body = undefined, signal = undefined } = {}) {
  const headers = { accept: "application/json" };
  if (method !== "GET") headers["x-csrf"] = csrf;
  if (body !== undefined) headers["content-type"] = "application/json";
  const answer = await fetch(address, {
    method, headers, signal, credentials: "same-origin", body: body === undefined ? undefined : JSON.stringify(body),
  });
  return told(answer, { late: method === "GET" ? "" : lateness(address) });
}

/** A form of the page, sent by a script; the desk answers as JSON. body: instead of what stands in the form. Throws as `ask`. */
export async function submit(form, body = new FormData(form)) {
  return told(await fetch(form.action, {
    method: "POST", body: new URLSearchParams(body), credentials: "same-origin", headers: { accept: "application/json", "x-csrf": csrf },
  }), { late: lateness(form.action) });
}

/** A report that nobody asked for, of what was seen and how long; it goes out even while the page goes. The answer: whoever reports
 *  keeps what was not taken. That this page's reports are not taken any more, for the desk began anew and its token is of an older
 *  sign-in, the person is told once. */
export async function send(address, body) {
  const answer = await fetch(address, {
    method: "POST", keepalive: true, credentials: "same-origin", body: JSON.stringify(body),
    headers: { "content-type": "application/json", "x-csrf": csrf, accept: "application/json" },
  });
  if (answer.status === 401) signIn();
  if (answer.status === 403 && !older) {
    older = true;
    tell(document.body.dataset.older, { fault: true });
  }
  return answer;
}
let older = false;

/** What the sign-in page says was not kept. */
function lateness(address) { return address.includes("/marks") ? "mark" : "1"; }

async function told(answer, { read = () => answer.json(), late = "" } = {}) {
  if (answer.status === 401) { signIn(late); throw new Error("signed out"); }
  if (answer.ok) return read();
  const text = await answer.text();
  let said = {};
  try { said = JSON.parse(text); } catch { console.warn("a fault without words", answer.status); }
  const error = new Error(said.error ? `${said.error.message} ${said.error.hint}` : `${answer.status}`);
  error.code = said.error?.code;
  error.again = Number(answer.headers.get("retry-after")) || null;
  throw error;
}

/** Nobody is signed in any more: to the sign-in page, and back here. Once, however many questions find it out; late: a change was
 *  not kept, and the page says so, whichever question came first. */
export function signIn(late = "") {
  if (leaving !== null && (leaving || !late)) return;
  leaving = late;
  location.href = "/sign-in?next=" + encodeURIComponent(location.pathname + location.search) + (late ? `&late=${late}` : "");
}
let leaving = null;

/** A part of a page as the desk writes it. timer: no person asks for it. Throws as `ask`. */
export async function fragment(address, { signal = undefined, headers = {}, timer = false } = {}) {
  const answer = await fetch(address, { signal, credentials: "same-origin",
    headers: { accept: "text/html", "x-fragment": "1", ...(timer ? { "x-timer": "1" } : {}), ...headers } });
  return told(answer, { read: () => answer.text() });
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
