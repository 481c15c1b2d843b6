// Intake: numbers of works as they change, in place; files sent one after the other, each checked on both sides.

import { ask, csrf, fragment, tell } from "./send.js";

// -- works that go on

const background = document.getElementById("background");
const stands = document.getElementById("stands");
let source = null, tries = 0;

function put(element, text) {
  if (element && element.textContent !== text) element.textContent = text;
}

function show(work) {
  const place = document.querySelector(`[data-work="${CSS.escape(work.work)}"]`);
  if (!place) {
    if (background.dataset.more && LIVE.includes(work.state)) put(stands, background.dataset.more);
    return;
  }
  if (place.dataset.state !== work.state) changed(place, work.state);
  put(place.querySelector("[data-said]"), work.said);
  for (const [name, text] of Object.entries(work.cells)) put(place.querySelector(`[data-cell="${name}"]`), text);
  const bar = place.querySelector("progress");
  if (bar && bar.value !== work.share) bar.value = work.share;
  for (const button of place.querySelectorAll("[data-act]")) {
    const able = work.can.includes(button.dataset.act);
    if (button.disabled === able) button.disabled = !able;
  }
}

const LIVE = ["running", "waiting", "paused"];
/** A work stands otherwise: what was said of it is over, the account of every page follows, and the list of what it could not read. */
function changed(place, state) {
  const ended = LIVE.includes(place.dataset.state) && !LIVE.includes(state);
  place.dataset.state = state;
  document.getElementById("asked")?.remove();
  document.dispatchEvent(new CustomEvent("work-changed"));
  if (ended) troublesAgain();
}

async function troublesAgain() {
  try {
    const page = new DOMParser().parseFromString(await fragment(location.href, { timer: true }), "text/html");
    const now = page.getElementById("troubles"), here = document.getElementById("troubles");
    if (now && here) here.replaceChildren(...now.childNodes);
  } catch (fault) { tell(fault.message, { fault: true }); }
}

function stop(why) {
  source?.close();
  source = null;
  if (why) put(stands, why);
}

function watch() {
  if (source || document.visibilityState !== "visible") return;
  source = new EventSource(background.dataset.events);
  source.onmessage = (event) => {
    tries = 0;
    if ([background.dataset.trouble, background.dataset.lost].includes(stands.textContent)) put(stands, "");
    JSON.parse(event.data).forEach(show);
  };
  source.addEventListener("over", () => stop(background.dataset.over));
  source.addEventListener("trouble", () => put(stands, background.dataset.trouble));
  source.onerror = () => {
    if (source?.readyState !== EventSource.CLOSED) return;
    stop(background.dataset.lost);
    tries += 1;
    if (tries <= 5) setTimeout(watch, 5000 * tries);
  };
}

if (background && document.querySelector('[data-state="running"], [data-state="waiting"], [data-state="paused"]')) {
  watch();
  // A window that nobody sees gives its connection back: a browser has six for all of them.
  document.addEventListener("visibilitychange", () => { if (document.visibilityState === "visible") watch(); else stop(); });
  addEventListener("pagehide", () => stop());
}

// -- a folder: single entries instead of the whole

const whole = document.querySelector('input[name="whole"]');
const entries = [...document.querySelectorAll('input[name="chosen"]')];
if (whole) {
  const follow = () => { whole.checked = !entries.some((one) => one.checked); };
  for (const one of entries) one.addEventListener("change", follow);
  whole.addEventListener("change", () => { if (whole.checked) for (const one of entries) one.checked = false; else follow(); });
  if (entries.some((one) => one.checked)) whole.checked = false;
}

// -- files of this computer

const uploads = document.getElementById("uploads");
if (uploads) {
  const words = JSON.parse(uploads.dataset.words), table = document.getElementById("files"), body = table.tBodies[0];
  const batch = document.getElementById("batch"), button = document.getElementById("take-button");
  const uploaded = document.getElementById("uploaded"), begins = button.textContent;
  const hashing = new Worker(uploads.dataset.hashing, { type: "module" });
  const waiting = [], hashed = new Map();
  let sending = false, number = 0;
  const files = [];                                       // { file, name, row, state }

  uploads.hidden = false;

  const say = (sentence, values) => sentence.replace(/\{(\w+)\}/g, (found, name) => values[name] ?? found);
  const figures = new Intl.NumberFormat(document.documentElement.lang === "da" ? "da-DK" : "en-GB", { maximumFractionDigits: 1 });
  function size(count) {
    for (const unit of ["B", "kB", "MB", "GB"]) {
      if (count < 1000) return `${figures.format(count < 10 && unit !== "B" ? count : Math.round(count))} ${unit}`;
      count /= 1000;
    }
    return `${figures.format(count)} TB`;
  }

  hashing.onmessage = ({ data }) => { hashed.get(data.id)?.(data); hashed.delete(data.id); };
  const digest = (file) => new Promise((done) => { number += 1; hashed.set(number, done); hashing.postMessage({ id: number, file }); });

  function cell(row, at) { return row.cells[at]; }

  function add(file) {
    const name = file.webkitRelativePath || file.name;
    const row = body.insertRow();
    for (let at = 0; at < 3; at += 1) row.insertCell();
    cell(row, 0).className = "path";
    cell(row, 0).textContent = name;
    cell(row, 1).className = "n";
    cell(row, 1).textContent = size(file.size);
    const one = { file, name, row, state: "waits" };
    stand(one, "waits", words.waits);
    files.push(one);
    waiting.push(one);
    table.hidden = false;
  }

  function stand(one, state, sentence) {
    one.state = state;
    const place = cell(one.row, 2);
    place.replaceChildren(sentence);
    place.className = ["cut", "differs", "refused"].includes(state) ? "unread" : "";
    if (["cut", "refused", "differs"].includes(state)) {
      const again = Object.assign(document.createElement("button"), { type: "button", className: "text", textContent: words.again });
      again.addEventListener("click", () => {
        one.row.querySelector(".digest")?.remove();
        stand(one, "waits", words.waits);
        waiting.push(one);
        work();
      });
      place.append(" ", again);
    }
    total();
  }

  function total() {
    const came = files.filter((one) => ["whole", "same", "checks", "differs"].includes(one.state)).length;
    const said = files.length ? say(words.total, { count: figures.format(came), all: figures.format(files.length) }) : "";
    if (uploaded.textContent !== said) uploaded.textContent = said;
    const going = sending || waiting.length > 0;
    button.disabled = going;
    put(button, going ? words.going : begins);
  }

  function send(one, address) {
    return new Promise((done) => {
      const request = new XMLHttpRequest();                // fetch says nothing of what has been sent
      const bar = Object.assign(document.createElement("progress"), { max: one.file.size || 1, value: 0 });
      const said = document.createElement("span");
      const stopping = Object.assign(document.createElement("button"), { type: "button", className: "text", textContent: words.stop });
      bar.setAttribute("aria-label", one.name);
      stopping.addEventListener("click", () => request.abort());
      stand(one, "sends", "");
      cell(one.row, 2).replaceChildren(said, " ", stopping, bar);
      request.upload.onprogress = (event) => {
        bar.value = event.loaded;
        said.textContent = say(words.sends, { done: size(event.loaded), all: size(one.file.size) });
      };
      request.onloadend = () => done({ status: request.status, answer: request.response });
      request.open("PUT", address);
      request.responseType = "json";
      request.setRequestHeader("x-csrf", csrf);
      request.setRequestHeader("accept", "application/json");
      request.send(one.file);
    });
  }

  async function deliver(one) {
    let announced;
    try {
      announced = await ask(`${uploads.dataset.at}.json`, { method: "POST", body: { name: one.name, bytes: one.file.size, batch: batch.value || null } });
    } catch (fault) {
      stand(one, "refused", `${words.refused}: ${fault.message}`);
      return;
    }
    batch.value = announced.batch;
    const address = new URL(location);
    address.searchParams.set("batch", announced.batch);
    address.searchParams.set("from", "files");
    history.replaceState(null, "", address);              // the page opened again shows what came
    const at = `${uploads.dataset.at}/${announced.upload}`;
    const { status, answer } = await send(one, at);
    if (status !== 200) { await cut(one, at, answer); return; }
    cell(one.row, 0).append(Object.assign(document.createElement("span"), { className: "digest dim", textContent: answer.sha256 }));
    stand(one, "checks", words.checks);
    digest(one.file).then(({ sha256 }) => {
      if (sha256 === undefined) stand(one, "whole", words.whole);
      else if (sha256 === answer.sha256) stand(one, "same", words.same);
      else stand(one, "differs", words.differs);
    });
  }

  async function cut(one, at, answer) {
    let said = answer?.error ? `${answer.error.message} ${answer.error.hint}` : "";
    for (let tried = 0; tried < 5 && !said; tried += 1) {  // the desk notices a cut within a moment
      await new Promise((done) => setTimeout(done, 400 * (tried + 1)));
      const stood = await ask(`${at}.json`).catch(() => null);
      if (stood?.state === "broken") said = say(words.cut, { done: size(stood.received), all: size(stood.bytes) });
    }
    stand(one, "cut", said || say(words.cut, { done: "?", all: size(one.file.size) }));
  }

  async function work() {
    if (sending) return;
    sending = true;
    total();
    while (waiting.length > 0) await deliver(waiting.shift());
    sending = false;
    total();
  }

  for (const id of ["pick-files", "pick-folder"]) {
    const field = document.getElementById(id);
    field.addEventListener("change", () => {
      const chosen = [...field.files];
      label(chosen[0]);
      chosen.forEach(add);
      field.value = "";
      work();
    });
  }

  function label(first) {
    const field = document.querySelector('input[name="exhibit"]');
    if (first && !field.value) field.value = first.webkitRelativePath ? first.webkitRelativePath.split("/")[0] : "";
  }

  const pick = document.querySelector(".pick");
  pick.addEventListener("dragover", (event) => { event.preventDefault(); pick.classList.add("over"); });
  pick.addEventListener("dragleave", () => pick.classList.remove("over"));
  pick.addEventListener("drop", (event) => {
    event.preventDefault();
    pick.classList.remove("over");
    const dropped = [...event.dataTransfer.items].filter((one) => one.kind === "file");
    const plain = dropped.filter((one) => one.webkitGetAsEntry?.()?.isDirectory !== true);
    if (plain.length < dropped.length) tell(words.folder, { fault: true });
    plain.map((one) => one.getAsFile()).filter(Boolean).forEach(add);
    work();
  });
  addEventListener("beforeunload", (event) => { if (sending) event.preventDefault(); });
  document.getElementById("take-form").addEventListener("submit", (event) => {
    if (batch.value) return;
    event.preventDefault();
    tell(words.none, { fault: true });
  });
}
