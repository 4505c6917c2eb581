// The top of the page, routing, and the order of drawing.
const OVERVIEW = [
  renderComing, renderInsights, renderKpis, renderTimeline, renderKickoff, renderEffects, renderOutcomes, renderResults, renderCalendar, renderMatches,
  renderAnomalies, renderAccuracy, renderSources, renderQuality,
];
const DRILLS = { match: renderMatchDay, coming: renderFixture }; // By the address's first word.
const DRILL_VIEWS = { match: "view-match", coming: "view-fixture" };
const DRILL_ADDRESS = /^#\/(match|coming)\/(.+)$/;
const ROUTE = { scrollY: 0, lastMatch: "", overview: "" };

// ---- The top of the page -------------------------------------------------------------------------------------
function fillMasthead() {
  byId("page-title").textContent = PAGE.title;
  const [first, last] = knownPeriod();
  const period = Number.isFinite(first) ? ` Orders and matches, ${day(first)} to ${day(last - 1)}.` : "";
  byId("page-subtitle").textContent = `What does football do to orders?${period} Data as of ${PAGE.data_as_of}.`;
  byId("footer").replaceChildren(
    make("p", {}, "Times are UTC where nothing else is said. The change in orders compares what was ordered with what is usual for that market, hour and week without the own team's match."),
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
  byId("banner").replaceChildren(make("div", {}, make("strong", {}, title), make("p", {}, text), planted ?? "", ...partialWords()));
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

// Weeks of which a part is known to be missing are drawn like whole ones, so the page says so once for all views.
function partialWords() {
  const partial = [...new Set(DATA.quality.filter((row) => row.is_partial).map((row) => row.week))];
  return partial.length ? [make("p", {}, `Of ${counted(partial.length, "week")} a part is missing: their sums are too low. Which, and why, is in “${PAGE.visuals.quality.title}”.`)] : [];
}

// ---- Drawing ---------------------------------------------------------------------------------------------------
let asked = 0; // The number of the newest wish to draw; an older one stops when it sees a newer.
let rendering = Promise.resolve();

function render() {
  const number = ++asked;
  rendering = rendering.then(() => (number === asked ? renderRoute(number) : undefined)).catch(showFailure);
  return rendering;
}

// A view of its own, after a choice that concerns only it.
async function redraw(renderView) {
  for (const { draw } of renderView()) await draw();
}

async function renderRoute(number) {
  const [, kind, id] = location.hash.match(DRILL_ADDRESS) ?? [];
  byId("overview").hidden = Boolean(kind);
  byId("drill").hidden = !kind;
  for (const name of Object.keys(DRILLS)) byId(DRILL_VIEWS[name]).hidden = name !== kind;
  byId("tooltip").hidden = true;
  showFilterCount();
  const draws = kind ? DRILLS[kind](decoded(id)) : overviewDraws();
  document.documentElement.dataset.ready = location.hash || "#/"; // Words and tables are there, filters answer.
  performance.mark("ready");
  if (!(await drawnInTurn(draws, number))) return;
  if (!kind) ROUTE.overview = overviewState();
  document.documentElement.dataset.drawn = location.hash || "#/";
  performance.mark("drawn");
}

// The id in an address; nothing where somebody's hand has broken it.
function decoded(id) {
  try {
    return decodeURIComponent(id);
  } catch (error) {
    if (error instanceof URIError) return null;
    throw error;
  }
}

// What the overview was last drawn for: coming back from a match needs no new drawing.
const overviewState = () => JSON.stringify([FILTER, innerWidth, matchMedia("(prefers-color-scheme: dark)").matches]);

function overviewDraws() {
  if (ROUTE.overview === overviewState()) return [];
  ROUTE.overview = "";
  return OVERVIEW.flatMap((renderView) => renderView());
}

// Charts in sight come first; between two of them the page listens to its reader. False if a newer wish came.
async function drawnInTurn(draws, number) {
  const distance = ({ holder }) => {
    const { top, bottom } = holder.getBoundingClientRect();
    return top < innerHeight && bottom > 0 ? 0 : Math.abs(top) + 1;
  };
  for (const { draw } of draws.map((item) => [distance(item), item]).sort(([a], [b]) => a - b).map(([, item]) => item)) {
    await new Promise((resolve) => { setTimeout(resolve); });
    if (number !== asked) return false;
    await draw();
  }
  return number === asked;
}

function showFailure(error) {
  byId("filter-count").textContent = `This page could not draw everything: ${error.message}`;
  console.error(error);
}

// ---- Routing ---------------------------------------------------------------------------------------------------
async function followAddress() {
  const [, kind] = location.hash.match(DRILL_ADDRESS) ?? [];
  if (kind) ROUTE.lastMatch = location.hash;
  await render();
  if (kind) {
    scrollTo(0, 0);
    byId(DRILL_VIEWS[kind].replace("view-", "title-")).focus({ preventScroll: true });
  } else {
    scrollTo(0, ROUTE.scrollY);
    [...document.querySelectorAll("#overview a")].find((link) => link.getAttribute("href") === ROUTE.lastMatch)?.focus({ preventScroll: true });
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
  await loadData();
  fillMasthead();
  fillBanner();
  fillFilterBar();
  byId("filters").addEventListener("change", readFilters);
  byId("filters").addEventListener("reset", () => setTimeout(readFilters));
  byId("filters").addEventListener("submit", (event) => event.preventDefault());
  addEventListener("scroll", () => { if (!byId("overview").hidden && !DRILL_ADDRESS.test(location.hash)) ROUTE.scrollY = scrollY; }, { passive: true });
  addEventListener("hashchange", followAddress);
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", render);
  redrawOnWidth();
  await render();
}

start().catch(showFailure);
