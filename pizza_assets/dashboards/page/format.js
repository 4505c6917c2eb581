// Numbers, times and labels in words. Nothing here touches the document.
const COUNT = new Intl.NumberFormat("en-GB");
const DAY = new Intl.DateTimeFormat("en-GB", { day: "2-digit", month: "short", year: "numeric", timeZone: "UTC" });
const WEEKDAY = new Intl.DateTimeFormat(
  "en-GB", { weekday: "short", day: "2-digit", month: "short", year: "numeric", timeZone: "UTC" });
const CLOCK = new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit", timeZone: "UTC" });
const WINDOW_WORDS = { pre: "before", during: "during", post: "after", match: "before, during and after" };
const WINDOW_ORDER = ["pre", "during", "post"];
const HOUR = 3600_000;
const DAY_MS = 24 * HOUR;

const count = (value) => COUNT.format(value);
const counted = (value, one, many = `${one}s`) => `${count(value)} ${value === 1 ? one : many}`;
const day = (ms) => DAY.format(ms).replace("Sept", "Sep");
// As in stored texts: "Sat 05 Sep 2026".
const weekday = (ms) => WEEKDAY.format(ms).replace(",", "").replace("Sept", "Sep");
const clock = (ms) => CLOCK.format(ms);
const moment = (ms) => `${weekday(ms)}, ${clock(ms)} UTC`;
const ZONE_FORMATS = new Map(); // By zone: making one takes longer than using it a hundred times.
function formatOfZone(zone) {
  const fields = Object.fromEntries(["year", "month", "day", "hour", "minute"].map((name) => [name, "numeric"]));
  if (!ZONE_FORMATS.has(zone))
    ZONE_FORMATS.set(zone, new Intl.DateTimeFormat("en-GB", { ...fields, hourCycle: "h23", timeZone: zone }));
  return ZONE_FORMATS.get(zone);
}

// The time that clocks in a zone show, as if it were UTC, to be put in words.
function shownIn(zone, ms) {
  const parts = formatOfZone(zone).formatToParts(ms);
  const shown = Object.fromEntries(parts.map(({ type, value }) => [type, Number(value)]));
  return Date.UTC(shown.year, shown.month - 1, shown.day, shown.hour, shown.minute);
}

const isoDay = (ms) => new Date(ms).toISOString().slice(0, 10);

function percent(value, digits = 1) {
  if (value === null) return "not known";
  const rounded = value.toFixed(digits);
  if (Number(rounded) === 0) return `${rounded.replace("-", "")} %`;
  return `${Number(rounded) > 0 ? "+" : ""}${rounded.replace("-", "−")} %`;
}

function interval(low, high, digits = 1) {
  if (low === null || high === null) return "not known";
  return `${percent(low, digits).replace(" %", "")} to ${percent(high, digits)}`;
}

function probability(value) {
  if (value === null) return "not known";
  return value < 0.001 ? "< 0.001" : value.toFixed(3);
}

// A q-value: of all findings that are at least as sure as this one, the share that is expected to be false.
function falseShare(value) {
  if (value === null) return "not known";
  return value < 0.001 ? "< 0.1 %" : `${(100 * value).toFixed(1)} %`;
}

// Stored sentences have the hyphen of a keyboard before negative numbers.
const withMinus = (text) => text.replace(/(^|[\s(])-(?=\d)/g, "$1−");

// The number of decimals of a currency comes with the data: browsers know only how many they would print.
const majorUnits = (minorUnits, currency) => minorUnits / 10 ** PAGE.minor_digits[currency];

function money(minorUnits, currency) {
  return new Intl.NumberFormat("en-GB", { style: "currency", currency, maximumFractionDigits: 0 })
    .format(majorUnits(minorUnits, currency));
}

function resultWords(result) {
  return result ? result.replace("_", " ") : "no result";
}

function teams(match) {
  return `${match.home_team} – ${match.away_team}`;
}

function scoreline(match) {
  if (match.home_goals === null || match.away_goals === null) return teams(match);
  return `${match.home_team} ${match.home_goals}–${match.away_goals} ${match.away_team}`;
}

// The reasons in words, without the codes before them, which are for programs.
function reasonWords(reasons) {
  return reasons ? reasons.split("; ").map(withoutCode).join("; ") : "the reason is not recorded";
}

const withoutCode = (reason) => reason.replace(/^[a-z_0-9]+: /, "").replaceAll("_", " ");

// An error of a source without its technical part: the address, the words of the network, and the class that earlier
// releases stored before the address.
const plainCause = (text) => text.replace(/(?:\b[A-Z]\w+: )?https?:\/\/\S+: /g, "").replace(
  /(no complete answer) \([^()]*\)/g, "$1");

const sumBy = (rows, name) => rows.reduce((sum, row) => sum + row[name], 0);

// Breaks a long label at spaces into lines of at most `width` characters, unless a single word is longer.
function wrapped(text, width) {
  const lines = [""];
  for (const word of text.split(/\s+/)) {
    const line = lines[lines.length - 1];
    if (line && line.length + word.length + 1 > width) lines.push(word);
    else lines[lines.length - 1] = line ? `${line} ${word}` : word;
  }
  return (lines.length > 3 ? [lines[0], lines[1], `${lines[2]} …`] : lines).join("\n");
}

function signed(value, digits = 2) {
  const rounded = value.toFixed(digits);
  if (Number(rounded) === 0) return rounded.replace("-", "");
  return `${value > 0 ? "+" : ""}${rounded.replace("-", "−")}`;
}

function exactMoney(minorUnits, currency) {
  const format = new Intl.NumberFormat("en-GB", { style: "currency", currency, signDisplay: "exceptZero" });
  return format.format(majorUnits(minorUnits, currency)).replace("-", "−");
}

// What is compared, by subject; the match itself has no entry.
const CONTRAST_WORDS = {
  own_win: "own team won rather than drew or lost",
  home_win: "home side won rather than drew or lost",
  away_win: "away side won rather than drew or lost",
  draw: "a draw rather than a win for either side",
  total_goals: "per goal in the match",
  high_scoring: "four or more goals rather than fewer",
  goal_difference: "per goal of the own team's goal difference",
  tournament: "cup or tournament rather than league",
  final: "a final rather than any other match",
  shared_match: "a match that everybody follows",
};

// An effect in orders and money per store and hour.
function perStoreWords(row) {
  if (row.extra_orders_per_store_hour === null || row.extra_orders_per_store_hour === undefined) return "–";
  const money = row.extra_revenue_per_store_hour_cents !== null && row.currency
    ? `, ${exactMoney(row.extra_revenue_per_store_hour_cents, row.currency)}`
    : "";
  return `${signed(row.extra_orders_per_store_hour)} orders${money} per store and hour`;
}
