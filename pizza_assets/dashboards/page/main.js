// Filters, routing and the order of drawing.
const FILTER = { source: "", market: "", team: "", from: "", to: "" };
const ROUTE = { scrollY: 0, lastMatch: "" };

// ---- What the filters choose ---------------------------------------------------------------------------------
function activeFilters() {
  return Object.keys(PAGE.filters).filter((name) => (name === "dates" ? FILTER.from || FILTER.to : FILTER[name]));
}

const orderSource = () => FILTER.source.split("/")[0];
const matchSource = () => FILTER.source.split("/")[1] ?? "";
const pairOf = (row) => `${row.order_source}/${row.match_source}`;
const pairChosen = (row) => !FILTER.source || pairOf(row) === FILTER.source;

function chosenPeriod() {
  const known = [...DATA.matches.map((match) => match.at)];
  if (DATA.series.length) known.push(PAGE.timeline.first_day * DAY_MS, (PAGE.timeline.first_day + PAGE.timeline.days) * DAY_MS);
  const first = known.reduce((a, b) => Math.min(a, b), Infinity), last = known.reduce((a, b) => Math.max(a, b), -Infinity);
  return [FILTER.from ? Date.parse(FILTER.from) : first, FILTER.to ? Date.parse(FILTER.to) + DAY_MS : last];
}

function chosenMatches() {
  const [from, to] = chosenPeriod();
  return DATA.matches.filter((match) =>
    (!FILTER.source || match.match_source === matchSource()) &&
    (!FILTER.team || match.home_team === FILTER.team || match.away_team === FILTER.team) &&
    (!FILTER.market || (IMPACT_BY_MATCH.get(match.match_id) ?? []).some((row) => row.market === FILTER.market)) &&
    (!FILTER.from || match.at >= from) && (!FILTER.to || match.at < to));
}

function weekChosen(row) {
  const startsAt = Date.parse(row.week);
  return (!FILTER.from || startsAt + 7 * DAY_MS > Date.parse(FILTER.from)) && (!FILTER.to || startsAt <= Date.parse(FILTER.to));
}

function qualitySourceChosen(row) {
  const wanted = row.dataset === "orders" ? orderSource() : matchSource();
  return !wanted || row.data_source === wanted || row.data_source === "none";
}

// ---- The filter bar ------------------------------------------------------------------------------------------
function sourcePairs() {
  const pairs = new Set([...DATA.impact, ...DATA.correlations].map(pairOf));
  if (!pairs.size)
    for (const series of DATA.series) for (const match of DATA.matches) pairs.add(`${series.order_source}/${match.match_source}`);
  return [...pairs].sort().reverse();
}

function fillFilterBar() {
  const options = (id, all, entries) => byId(id).replaceChildren(make("option", { value: "" }, all), ...entries.map(([value, words]) => make("option", { value }, words)));
  const sorted = (names) => [...new Set(names)].sort((a, b) => a.localeCompare(b)).map((name) => [name, name]);
  options("filter-source", "All, kept apart", sourcePairs().map((pair) => {
    const [orders, matches] = pair.split("/");
    return [pair, pairWords({ order_source: orders, match_source: matches })];
  }));
  options("filter-market", "All markets", sorted([...DATA.series, ...DATA.impact].map((row) => row.market)));
  options("filter-team", "All teams", sorted(DATA.matches.flatMap((match) => [match.home_team, match.away_team])));
  const [first, last] = chosenPeriod();
  if (Number.isFinite(first)) for (const id of ["filter-from", "filter-to"]) Object.assign(byId(id), { min: isoDay(first), max: isoDay(last - 1) });
}

function readFilters() {
  for (const name of Object.keys(FILTER)) FILTER[name] = byId(`filter-${name}`).value;
  TABLE.page = QUALITY.page = 0;
  render();
}

function showFilterCount() {
  const matches = chosenMatches().length;
  byId("filter-count").textContent = `${count(matches)} of ${counted(DATA.matches.length, "match", "matches")}`;
  byId("filter-clear").disabled = !activeFilters().length;
}

// ---- The top of the page -------------------------------------------------------------------------------------
function fillMasthead() {
  byId("page-title").textContent = PAGE.title;
  const [first, last] = chosenPeriod();
  const period = Number.isFinite(first) ? ` Orders and matches, ${day(first)} to ${day(last - 1)}.` : "";
  byId("page-subtitle").textContent = `What does football do to orders?${period} Data as of ${PAGE.data_as_of}.`;
  byId("footer").replaceChildren(
    make("p", {}, "Times are UTC. The change in orders compares what was ordered with what is usual for that market, hour and week without the own team's match."),
    make("p", {}, "This file needs no network: data, charts and scripts are inside it."),
  );
}

function fillBanner() {
  const orders = [...new Set(DATA.series.map((series) => series.order_source))];
  const matches = [...new Set(DATA.matches.map((match) => match.match_source))];
  const [title, text] = bannerWords(orders, matches);
  const hasMock = [...orders, ...matches].includes("mock");
  const planted = hasMock && PAGE.planted_effects ? make("p", {}, PAGE.planted_effects) : null;
  byId("banner").classList.toggle("has-mock", hasMock);
  byId("banner").replaceChildren(make("div", {}, make("strong", {}, title), make("p", {}, text), planted ?? ""));
}

function bannerWords(orders, matches) {
  const sides = [sideWords("orders", orders), sideWords("matches", matches)].join(" ");
  const labels = new Set([...orders, ...matches]);
  if (!labels.size) return ["There are no data yet", "Nothing has been collected. Collect some weeks, and this page fills."];
  if (!labels.has("mock")) return ["Real data", `${sides} Nothing on this page is invented.`];
  if (!labels.has("real")) return ["Mock data: nothing on this page happened", `${sides} The page shows how the platform works. Do not base a decision on it.`];
  if (orders.length && !orders.includes("real")) return ["Mock orders: no result on this page is about real customers", `${sides} Every effect touches mock orders. Do not base a decision on it.`];
  return ["Partly mock data", `${sides} Real and mock are never added up: look at the badge of each view, or choose one under “Data source”.`];
}

function sideWords(what, labels) {
  if (!labels.length) return `There are no ${what}.`;
  if (labels.length > 1) return `Some ${what} are real, some are mock (they did not happen).`;
  return labels[0] === "real" ? `All ${what} are real.` : `All ${what} are mock: they did not happen.`;
}

// ---- Drawing and routing -------------------------------------------------------------------------------------
let rendering = Promise.resolve();

function render() {
  rendering = rendering.then(renderRoute).catch(showFailure);
  return rendering;
}

async function renderRoute() {
  const match = location.hash.match(/^#\/match\/(.+)$/);
  byId("overview").hidden = Boolean(match);
  byId("drill").hidden = !match;
  byId("tooltip").hidden = true;
  showFilterCount();
  if (match) await renderMatchDay(decodeURIComponent(match[1]));
  else await renderOverview();
  document.documentElement.dataset.drawn = location.hash || "#/";
}

async function renderOverview() {
  renderInsights();
  renderKpis();
  renderMatches();
  await renderTimeline();
  await renderEffects();
  await renderQuality();
}

function showFailure(error) {
  byId("filter-count").textContent = `This page could not draw everything: ${error.message}`;
  console.error(error);
}

async function followAddress() {
  const isMatch = location.hash.startsWith("#/match/");
  if (isMatch) ROUTE.lastMatch = location.hash;
  await render();
  if (isMatch) {
    scrollTo(0, 0);
    byId("title-match").focus({ preventScroll: true });
  } else {
    scrollTo(0, ROUTE.scrollY);
    [...document.querySelectorAll("#view-matches a")].find((link) => link.getAttribute("href") === ROUTE.lastMatch)?.focus({ preventScroll: true });
  }
}

function redrawOnWidth() {
  let width = innerWidth, pending = null;
  addEventListener("resize", () => {
    if (innerWidth === width) return;
    width = innerWidth;
    clearTimeout(pending);
    pending = setTimeout(render, 150);
  });
}

async function start() {
  history.scrollRestoration = "manual";
  fillMasthead();
  fillBanner();
  fillFilterBar();
  byId("filters").addEventListener("change", readFilters);
  byId("filters").addEventListener("reset", () => setTimeout(readFilters));
  byId("filters").addEventListener("submit", (event) => event.preventDefault());
  addEventListener("scroll", () => { if (!byId("overview").hidden && !location.hash.startsWith("#/match/")) ROUTE.scrollY = scrollY; }, { passive: true });
  addEventListener("hashchange", followAddress);
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", render);
  redrawOnWidth();
  await unpackTimeline();
  await render();
}

start().catch(showFailure);
