// Pointing at the timeline: a drag on the rows moves, a drag on the axis (or with shift) chooses a span, the wheel goes nearer.

import { ROW, hit, hitGround } from "./timeline_draw.js";

/** rows: what is drawn now.   told: where the thing under the pointer is said in words. The rest is what the page can do. */
export function pointing({ view, wall, says, chart, plot, scroller, axis, told, rows, draw, show, zoom, move, choose, pick, open }) {
  let drag = null;

  function where(event) {
    const box = plot.getBoundingClientRect();
    const left = event.clientX - box.left, top = event.clientY - box.top;
    return { left, top, at: view.from + (left / box.width) * (view.to - view.from), row: rows()?.[Math.floor(top / ROW)], inside: top % ROW };
  }

  /** A bar or a part that nobody looked at: what lies right there before what lies near. */
  function thing({ row, left, inside }) {
    if (!row) return {};
    const part = hitGround(view, row, left, inside, 0), bar = part ? null : hit(view, row, left, inside);
    return { bar, part: part ?? (bar ? null : hitGround(view, row, left, inside)) };
  }

  function hush() { told.hidden = true; }

  // -- pressing and dragging

  function press(event, spans) {
    if (event.button !== 0 || !rows()) return;
    drag = { ...where(event), x: event.clientX, from: view.from, to: view.to, spans: spans || event.shiftKey, moved: false };
  }

  function letGo() {
    drag = null;
    plot.classList.remove("drags");
    chart.span.setAttribute("width", 0);
  }

  function drawSpan(here) {
    chart.span.setAttribute("x", Math.min(drag.left, here.left));
    chart.span.setAttribute("width", Math.abs(here.left - drag.left));
    chart.span.setAttribute("height", Math.max(1, rows().length) * ROW);
  }

  plot.addEventListener("pointerdown", (event) => press(event, false));
  axis.addEventListener("pointerdown", (event) => { press(event, true); event.preventDefault(); });

  addEventListener("pointermove", (event) => {
    if (!drag) return;
    const far = event.clientX - drag.x;
    if (!drag.moved && Math.abs(far) < 4) return;
    drag.moved = true;
    plot.classList.add("drags");
    hush();
    if (drag.spans) { drawSpan(where(event)); return; }
    const by_s = (-far / plot.clientWidth) * (drag.to - drag.from);
    view.from = drag.from + by_s;
    view.to = drag.to + by_s;
    draw();
  });

  addEventListener("pointerup", (event) => {
    if (!drag) return;
    const was = drag, here = where(event);
    letGo();
    if (was.moved && was.spans) show(Math.min(was.at, here.at), Math.max(was.at, here.at));
    else if (was.moved) show(view.from, view.to);
    else if (was.spans) choose({ at: here.at });
    else click(event, here);
  });
  addEventListener("pointercancel", letGo);

  function click(event, here) {
    if (!here.row) return;
    const { bar } = thing(here);
    if (bar && (event.ctrlKey || event.metaKey)) pick(bar[0]);
    else if (bar) choose({ row: here.row.id, track: bar[0], at: Math.min(Math.max(here.at, bar[2]), bar[3]) });
    else choose({ row: here.row.id, at: here.at });
  }

  plot.addEventListener("click", (event) => { if (event.target.closest("a")) event.preventDefault(); });
  plot.addEventListener("dblclick", (event) => {
    const here = where(event);
    if (thing(here).bar) open();
  });

  // -- what lies under the pointer, in words

  function words(here) {
    const { bar, part } = thing(here);
    plot.style.cursor = bar ? "pointer" : "";
    if (bar) {
      const parts = bar[3] - bar[2] < 5;
      return `${says.kinds[bar[1]]} ${wall.clock(bar[2], { parts })} – ${wall.clock(bar[3], { parts })}${bar[4] ? ` · ${says.seen}` : ""}`;
    }
    return part ? wordsOf(part) : "";
  }

  function wordsOf([from, to, state, why]) {
    return `${says[state]} · ${wall.clock(from)} – ${wall.clock(to)}${why ? `: ${why}` : ""}`;
  }

  function tell(text, { left, top }) {
    told.textContent = text;
    told.hidden = !text;
    const right = left > plot.clientWidth / 2;
    told.style.left = right ? "" : `${left + 12}px`;
    told.style.right = right ? `${plot.clientWidth - left + 12}px` : "";
    told.style.top = `${top > 40 ? top - 30 : top + 16}px`;
  }

  /** The part that the keyboard is at, in the words that the pointer would get. */
  function again() {
    const at = document.activeElement;
    if (!at?.unlooked || !plot.contains(at) || !at.matches(":focus-visible")) return;
    const box = plot.getBoundingClientRect(), its = at.getBoundingClientRect();
    tell(wordsOf(at.unlooked), { left: its.left + Math.min(its.width, 12) - box.left, top: its.top - box.top });
  }

  plot.addEventListener("focusin", again);
  plot.addEventListener("focusout", hush);

  plot.addEventListener("pointermove", (event) => {
    if (drag || !rows()) return;
    const here = where(event);
    tell(words(here), here);
  });
  plot.addEventListener("pointerleave", hush);

  // -- the wheel: with ctrl nearer and further, with shift (or sideways) earlier and later

  scroller.addEventListener("wheel", (event) => {
    if (!event.ctrlKey && !event.shiftKey && Math.abs(event.deltaX) <= Math.abs(event.deltaY)) return;
    event.preventDefault();
    if (event.ctrlKey) zoom(Math.exp(Math.max(-100, Math.min(100, event.deltaY)) / 200), where(event).at);
    else move((event.deltaX || event.deltaY) / 1200);
  }, { passive: false });

  return { again };
}
