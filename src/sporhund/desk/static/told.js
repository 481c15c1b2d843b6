// How times are said: a place in a video, the clock on the wall, the clock of a medium at a moment.

/** 0:05:12,240 in Danish, 0:05:12.240 in English. */
export function position(seconds, language) {
  const whole = Math.max(0, Math.round(seconds * 1000));
  const two = (number) => String(number).padStart(2, "0");
  const rest = whole % 60000;
  return `${Math.floor(whole / 3600000)}:${two(Math.floor(whole / 60000) % 60)}:${two(Math.floor(rest / 1000))}`
    + `${language === "da" ? "," : "."}${String(rest % 1000).padStart(3, "0")}`;
}

/** Day and clock of seconds since 1970: of UTC if zoned, shown in the desk's zone; else as on the wall. */
export function wall(seconds, zoned, zone, language) {
  const parts = Object.fromEntries(new Intl.DateTimeFormat("en-GB", {
    timeZone: zoned ? zone : "UTC", year: "numeric", month: "2-digit", day: "2-digit", hour: "2-digit", minute: "2-digit",
    second: "2-digit", hourCycle: "h23",
  }).formatToParts(new Date(Math.floor(seconds * 1000))).map((part) => [part.type, part.value]));
  const dot = language === "da" ? "." : "/";
  return `${parts.day}${dot}${parts.month}${dot}${parts.year} ${parts.hour}:${parts.minute}:${parts.second}`;
}

/** A number of seconds as an uncertainty: 4 s, 1 m. */
export function spread(seconds, language) {
  if (seconds >= 60) return `${Math.round(seconds / 60)} m`;
  const said = seconds < 10 && !Number.isInteger(seconds) ? seconds.toFixed(1) : String(Math.round(seconds));
  return `${language === "da" ? said.replace(".", ",") : said} s`;
}

/** What the clock said at t, straight between two knots; null where nobody knows. */
export function clockAt(knots, t) {
  if (!knots.length) return null;
  let behind = knots.findIndex((knot) => knot.t >= t);
  if (behind < 0) behind = knots.length - 1;
  const before = knots[Math.max(0, behind - 1)], after = knots[behind];
  const share = after.t > before.t ? Math.min(1, Math.max(0, (t - before.t) / (after.t - before.t))) : 0;
  const between = (name) => (before[name] === null ? null : before[name] + (after[name] - before[name]) * share);
  return { ...before, camera_s: between("camera_s"), corrected_s: between("corrected_s"),
    uncertainty_s: Math.max(before.uncertainty_s, after.uncertainty_s) };
}
