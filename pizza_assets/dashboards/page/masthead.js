// The top of the page: title, period, and a banner saying what is mock; and the footer.
function fillMasthead() {
  byId("page-title").textContent = PAGE.title;
  const [first, last] = knownPeriod();
  const period = Number.isFinite(first) ? ` Orders and matches, ${day(first)} to ${day(last - 1)}.` : "";
  byId("page-subtitle").textContent = `What does football do to orders?${period} Data as of ${PAGE.data_as_of}.`;
  byId("footer").replaceChildren(
    make("p", {},
      "Times are in UTC unless stated otherwise. The change in orders compares actual orders with the usual level: " +
        "what that market would order in that hour and week without a match of its own team."),
    make("p", {}, "This file works offline: its data, charts and scripts are inside it."),
  );
}

function fillBanner() {
  const orders = [...new Set(DATA.daily.series.map((series) => series.order_source))];
  const matches = [...new Set(DATA.matches.map((match) => match.match_source))];
  const [title, text] = bannerWords(orders, matches);
  const hasMock = [...orders, ...matches].includes("mock");
  const planted = orders.includes("mock") && PAGE.planted_effects ? make("p", {}, PAGE.planted_effects) : null;
  byId("banner").classList.toggle("has-mock", hasMock);
  byId("banner").replaceChildren(
    ...ageNotes(),
    make("details", { id: "banner-fold", open: true }, make("summary", {}, make("strong", {}, title)),
      make("p", {}, text), planted ?? "", ...partialWords()));
}

// The page is made at least once a day; a day and a half later something has stopped.
const STALE_HOURS = 36;

// Seconds since 1970: where forecasts start or, without any, the end of the last day with orders.
function newestOrdersAt() {
  const origin = DATA.demand_forecast.reduce((most, row) => Math.max(most, row.origin_at), -Infinity);
  const { startsAt, spans } = DATA.daily;
  return Number.isFinite(origin) ? origin
    : spans.reduce((most, [, end]) => Math.max(most, (startsAt + end * DAY_MS) / 1000), -Infinity);
}

const age = (seconds) => (nowMs() - seconds * 1000) / HOUR;
const ago = (seconds) => (age(seconds) < 72 ? `${Math.round(age(seconds))} hours ago`
  : `${Math.round(age(seconds) / 24)} days ago`);

const FORECAST_DAYS = 14;

// Whether an instant, in milliseconds, lies further ahead than forecasts reach. Without orders nothing is known of it.
function isBeyondForecasts(at) {
  const newest = newestOrdersAt();
  return Number.isFinite(newest) && at > newest * 1000 + FORECAST_DAYS * DAY_MS;
}

const reachWords = () =>
  `forecasts reach ${FORECAST_DAYS} days beyond the newest orders, which are from ${ago(newestOrdersAt())}`;

function ageNotes() {
  const newest = newestOrdersAt();
  const collected = PAGE.collected_at;
  const note = (title, text) => make("div", { class: "age-note", role: "status" },
    make("strong", {}, title), make("p", {}, text));
  if (collected !== null && age(collected) > STALE_HOURS)
    return [note(`This page is old: its data were collected ${ago(collected)}`,
      `That was on ${moment(collected * 1000)}. Open a newer page, or run “pizza run”. Hours and matches that have ` +
        "passed since are left out.")];
  if (Number.isFinite(newest) && age(newest) > STALE_HOURS)
    return [note(`The newest orders are from ${ago(newest)}`, DATA.demand_forecast.length
      ? `Forecasts start there, on ${moment(newest * 1000)}; with newer orders they would be better.`
      : `Forecasts reach ${FORECAST_DAYS} days beyond the newest orders. Bring newer ones, then run “pizza run”.`)];
  return [];
}

function bannerWords(orders, matches) {
  const sides = [sideWords("orders", orders), sideWords("matches", matches)].join(" ");
  const labels = new Set([...orders, ...matches]);
  if (!labels.size)
    return ["There are no data yet", "Collect some weeks to fill this page."];
  if (!labels.has("mock")) {
    const fixtures =
      hasMockFixtures() ? "Some coming matches are invented by mock." : "Nothing on this page is invented.";
    return ["Real data", `${sides} ${fixtures}`];
  }
  if (!labels.has("real"))
    return [
      "Mock data: nothing on this page really happened",
      `${sides} The page only shows how the platform works. Do not base decisions on it.`,
    ];
  if (orders.length && !orders.includes("real"))
    return [
      "Mock orders: no result on this page is about real customers",
      `${sides} Every effect is computed from mock orders. Do not base decisions on it.`,
    ];
  return [
    "Partly mock data",
    `${sides} They are never added together: each view has badges, and “Data source” selects one kind.`,
  ];
}

const hasMockFixtures = () => DATA.coming_matches.some((row) => row.entry === "fixture" && row.match_source === "mock");

function sideWords(what, labels) {
  if (!labels.length) return `There are no ${what}.`;
  if (labels.length > 1) return `Some ${what} are real, some are mock (invented).`;
  return labels[0] === "real" ? `All ${what} are real.` : `All ${what} are mock: they are invented.`;
}

// Incomplete weeks are drawn like complete ones, so the page says so once for all views.
function partialWords() {
  const partial = [...new Set(DATA.data_quality.filter((row) => row.is_partial).map((row) => row.week))];
  return partial.length
    ? [make("p", {},
        `${counted(partial.length, "week is", "weeks are")} incomplete, so totals are too low. “${
          PAGE.views.quality.title}” shows where, and why.`)]
    : [];
}
