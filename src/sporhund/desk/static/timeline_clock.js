// The one clock of the timeline: seconds since 1970, as the clocks on the wall of the desk's zone show them.

const STEPS = [0.1, 0.2, 0.5, 1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 10800, 21600, 43200, 86400, 172800, 604800,
  1209600, 2419200, 7862400, 31536000];
const DAY = 86400;
const two = (number) => String(number).padStart(2, "0");

export class Wall {
  constructor(zone, language) {
    this.danish = language === "da";
    this.read = new Intl.DateTimeFormat("en-GB", { timeZone: zone, hourCycle: "h23", year: "numeric", month: "2-digit", day: "2-digit",
      hour: "2-digit", minute: "2-digit", second: "2-digit" });
    this.offsets = new Map();
  }

  /** Seconds to add to UTC to read the clock on the wall; it changes on quarters of an hour only. */
  offset(at) {
    const quarter = Math.floor(at / 900);
    let found = this.offsets.get(quarter);
    if (found === undefined) {
      const said = {};
      for (const { type, value } of this.read.formatToParts(new Date(quarter * 900000))) said[type] = Number(value);
      found = Date.UTC(said.year, said.month - 1, said.day, said.hour, said.minute, said.second) / 1000 - quarter * 900;
      this.offsets.set(quarter, found);
    }
    return found;
  }

  shown(at) {
    return new Date(Math.round((at + this.offset(at)) * 1000));
  }

  /** When the wall shows `local`; of an hour that comes twice the first. */
  world(local) {
    const guess = local - this.offset(local - this.offset(local) - 3600);
    return local - this.offset(guess);
  }

  clock(at, { seconds = true, parts = false } = {}) {
    const on = this.shown(at);
    const said = `${two(on.getUTCHours())}:${two(on.getUTCMinutes())}`;
    if (!seconds) return said;
    const whole = `${said}:${two(on.getUTCSeconds())}`;
    return parts ? `${whole}${this.danish ? "," : "."}${String(on.getUTCMilliseconds()).padStart(3, "0")}` : whole;
  }

  day(at, { year = true } = {}) {
    const on = this.shown(at);
    const mark = this.danish ? "." : "/";
    return `${two(on.getUTCDate())}${mark}${two(on.getUTCMonth() + 1)}${year ? mark + on.getUTCFullYear() : this.danish ? "." : ""}`;
  }

  /** As an address says it: without a zone as on the wall; of an hour that comes twice, with one. */
  said(at) {
    const exact = Math.round(at * 1000) / 1000;
    const again = this.world(exact + this.offset(exact));
    if (Math.abs(again - exact) > 0.5) return new Date(exact * 1000).toISOString();
    const text = this.shown(exact).toISOString().slice(0, 23);
    return text.endsWith(".000") ? text.slice(0, 19) : text;
  }

  /** Where the axis has its lines: moments, and what stands at each. */
  ticks(from, to, most) {
    const step = STEPS.find((one) => (to - from) / one <= most) ?? STEPS.at(-1) * Math.ceil((to - from) / most / STEPS.at(-1));
    const out = [];
    const first = Math.ceil((from + this.offset(from)) / step) * step;
    for (let local = first; out.length < 60; local += step) {
      const at = this.world(local);
      if (at > to) break;
      if (at < from) continue;
      const midnight = Math.abs(local - Math.round(local / DAY) * DAY) < 0.01;
      out.push([at, midnight ? this.day(at, { year: step > 100 * DAY }) : this.tick(at, step), midnight]);
    }
    return out;
  }

  tick(at, step) {
    if (step >= 60) return this.clock(at, { seconds: false });
    return step >= 1 ? this.clock(at) : this.clock(at, { parts: true }).slice(3, -2);
  }
}
