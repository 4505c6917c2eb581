// The top of the page: title, period, and what of it is mock.
// ---- The top of the page -------------------------------------------------------------------------------------
function fillMasthead() {
  byId("page-title").textContent = PAGE.title;
  const [first, last] = knownPeriod();
  const period = Number.isFinite(first) ? ` Orders and matches, ${day(first)} to ${day(last - 1)}.` : "";
  byId("page-subtitle").textContent = `What does football do to orders?${period} Data as of ${PAGE.data_as_of}.`;
  byId("footer").replaceChildren(
    make("p", {},
      "Times are UTC where nothing else is said. The change in orders compares what was ordered with what is " +
        "usual for that market, hour and week without the own team's match."),
    make("p", {}, "This file needs no network: data, charts and scripts are inside it."),
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
    make("div", {}, make("strong", {}, title), make("p", {}, text), planted ?? "", ...partialWords()));
}

function bannerWords(orders, matches) {
  const sides = [sideWords("orders", orders), sideWords("matches", matches)].join(" ");
  const labels = new Set([...orders, ...matches]);
  if (!labels.size)
    return ["There are no data yet", "Nothing has been collected. Collect some weeks, and this page fills."];
  if (!labels.has("mock")) return ["Real data", `${sides} Nothing on this page is invented.`];
  if (!labels.has("real"))
    return [
      "Mock data: nothing on this page happened",
      `${sides} The page shows how the platform works. Do not base a decision on it.`,
    ];
  if (orders.length && !orders.includes("real"))
    return [
      "Mock orders: no result on this page is about real customers",
      `${sides} Every effect touches mock orders. Do not base a decision on it.`,
    ];
  return [
    "Partly mock data",
    `${sides} Real and mock are never added up: look at the badge of each view, or choose one under “Data source”.`,
  ];
}

function sideWords(what, labels) {
  if (!labels.length) return `There are no ${what}.`;
  if (labels.length > 1) return `Some ${what} are real, some are mock (they did not happen).`;
  return labels[0] === "real" ? `All ${what} are real.` : `All ${what} are mock: they did not happen.`;
}

// Weeks of which a part is known to be missing are drawn like whole ones, so the page says so once for all views.
function partialWords() {
  const partial = [...new Set(DATA.data_quality.filter((row) => row.is_partial).map((row) => row.week))];
  return partial.length
    ? [make("p", {},
        `Of ${counted(partial.length, "week")} a part is missing: their sums are too low. Which, and why, is in “${
          PAGE.views.quality.title}”.`)]
    : [];
}
