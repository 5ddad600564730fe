// Moments: places on an axis, and as they are written.

const isDated = data.zone !== null;
const zone = knownZone(data.zone ?? "UTC");

/** Return a time zone, or UTC in place of one that the browser does not know. */
function knownZone(name) {
  try {
    new Intl.DateTimeFormat("en", { timeZone: name });
    return name;
  } catch {
    return "UTC";
  }
}

// Swedes write 2024-12-31 23:00.
const formatter = new Intl.DateTimeFormat("sv-SE", {
  timeZone: zone,
  dateStyle: "short",
  ...(data.has_clock ? { timeStyle: "short" } : {}),
});

/** Write a place on the x axis, seconds since 1970 or a row, as a moment. */
const moment = (x) => (isDated ? formatter.format(new Date(x * 1000)) : String(x));

/** Return moments of the data, milliseconds or rows, as places on the x axis. */
const onAxis = (value) => (isDated ? value / 1000 : value);

// Ticks of dated axes, by the seconds between them: the text of each, and what stands below it
// where a new year, month or day begins. {YYYY} and the like are uPlot's.
const TICKS = [
  [3600 * 24 * 365, "{YYYY}", null, null, null, null, null, null, 1],
  [3600 * 24 * 28, "{MMM}", "\n{YYYY}", null, null, null, null, null, 1],
  [3600 * 24, "{D} {MMM}", "\n{YYYY}", null, null, null, null, null, 1],
  [60, "{HH}:{mm}", "\n{D} {MMM} {YYYY}", null, "\n{D} {MMM}", null, null, null, 1],
  [1, ":{ss}", "\n{D} {MMM} {YYYY} {HH}:{mm}", null, "\n{HH}:{mm}", null, "\n{HH}:{mm}", null, 1],
];

// What steps and rows may be apart from tick to tick.
const WHOLE = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1e3, 2e3, 5e3, 1e4, 1e5, 1e6];
