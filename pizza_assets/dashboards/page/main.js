// Routing, and drawing the views in the order of the table of views.
const ADDRESS = /^#\/([a-z_]+)\/(.+)$/; // The first part names the view that opens, the second the match it shows.
const FIRST_VIEWS = ["weekend", "coming", "insights", "kpis"];
const ROUTE = { scrollY: 0, lastMatch: "", overview: "" };

const overviewIds = () => Object.keys(PAGE.views).filter((id) => !PAGE.views[id].address);
const drillIds = () => Object.keys(PAGE.views).filter((id) => PAGE.views[id].address);

// The view that the address opens and the id of its match; empty for the overview.
function openedView() {
  const [, word, shown] = addressPath().match(ADDRESS) ?? [];
  const id = drillIds().find((one) => PAGE.views[one].address === word);
  return id ? [id, decoded(shown)] : [];
}

// ---- Drawing ---------------------------------------------------------------------------------------------------
let latestRequest = 0; // The number of the latest request to draw; an older one stops when it sees a newer.
let rendering = Promise.resolve();

function render() {
  const number = ++latestRequest;
  rendering = rendering.then(() => (number === latestRequest ? renderRoute(number) : undefined)).catch(showFailure);
  return rendering;
}

// Redraws one view, after a choice that affects only that view.
async function redraw(renderView) {
  for (const { draw } of renderView()) await draw();
}

async function renderRoute(number) {
  const [opened, shown] = openedView();
  byId("overview").hidden = Boolean(opened);
  byId("contents-bar").hidden = Boolean(opened);
  byId("drill").hidden = !opened;
  for (const id of drillIds()) byId(`view-${id}`).hidden = id !== opened;
  byId("tooltip").hidden = true;
  if (opened === "match" || FILTER.market) await matchesInMarkets();
  showFilterCount();
  const draws = opened ? RENDERERS[opened](shown) : await overviewDraws();
  document.documentElement.dataset.ready = addressPath(); // Text and tables are in place, filters respond.
  performance.mark("ready");
  if (!(await drawInTurn(draws, number))) return;
  if (!opened) ROUTE.overview = overviewState();
  document.documentElement.dataset.drawn = addressPath();
  performance.mark("drawn");
}

// The id in an address; null if it is malformed.
function decoded(id) {
  try {
    return decodeURIComponent(id);
  } catch (error) {
    if (error instanceof URIError) return null;
    throw error;
  }
}

// Everything that the overview depends on: if it is unchanged on return from a match, nothing is redrawn.
const overviewState = () => JSON.stringify([FILTER, innerWidth, matchMedia("(prefers-color-scheme: dark)").matches]);

// Fills the views of the overview: those of the first screen, then those that need matches in markets.
async function overviewDraws() {
  if (ROUTE.overview === overviewState()) return [];
  ROUTE.overview = "";
  const isFirst = (id) => FIRST_VIEWS.includes(id);
  const first = overviewIds().filter(isFirst).flatMap((id) => RENDERERS[id]());
  performance.mark("first");
  await matchesInMarkets();
  return [...first, ...overviewIds().filter((id) => !isFirst(id)).flatMap((id) => RENDERERS[id]())];
}

// Visible charts come first; between any two the page can respond to its user. False if a newer request came.
async function drawInTurn(draws, number) {
  const distance = ({ holder }) => {
    const { top, bottom } = holder.getBoundingClientRect();
    return top < innerHeight && bottom > 0 ? 0 : Math.abs(top) + 1;
  };
  const nearestFirst = draws.map((item) => [distance(item), item]).sort(([a], [b]) => a - b);
  for (const [, { draw }] of nearestFirst) {
    await new Promise((resolve) => { setTimeout(resolve); });
    if (number !== latestRequest) return false;
    await draw();
  }
  return number === latestRequest;
}

function showFailure(error) {
  byId("filter-count").textContent = `This page could not draw everything: ${error.message}`;
  console.error(error);
}

// ---- Routing ---------------------------------------------------------------------------------------------------
async function followAddress() {
  takeFiltersFromAddress();
  const [opened] = openedView();
  if (opened) ROUTE.lastMatch = addressPath();
  await render();
  if (opened) {
    scrollTo(0, 0);
    byId(`title-${opened}`).focus({ preventScroll: true });
  } else {
    scrollTo(0, ROUTE.scrollY);
    [...document.querySelectorAll("#overview a")].find((link) => link.getAttribute("href") === ROUTE.lastMatch)?.focus({
      preventScroll: true,
    });
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

// Every view of the overview by its lasting name, in reading order; a title on the page says what was found.
function fillContents() {
  const open = (id) => {
    const heading = byId(`title-${id}`);
    heading.setAttribute("tabindex", "-1");
    heading.focus({ preventScroll: true });
    byId(`view-${id}`).scrollIntoView();
  };
  byId("contents").replaceChildren(...overviewIds().map((id) =>
    make("button", { type: "button", onclick: () => open(id) }, PAGE.views[id].title)));
}

// The first screen is for numbers: the banner keeps its title, and on a phone the filters are folded, too.
function foldTop() {
  const isNarrow = matchMedia("(max-width: 720px)").matches;
  byId("filter-fold").open = !isNarrow || activeFilters().length > 0;
  byId("banner-fold").open = !DATA.daily.series.length && !isNarrow;
}

async function start() {
  history.scrollRestoration = "manual";
  await loadData();
  fillMasthead();
  fillBanner();
  fillFilterBar();
  fillContents();
  takeFiltersFromAddress();
  foldTop();
  byId("filters").addEventListener("change", readFilters);
  byId("filters").addEventListener("reset", () => setTimeout(readFilters));
  byId("filters").addEventListener("submit", (event) => event.preventDefault());
  addEventListener("scroll", () => {
    if (!byId("overview").hidden && !openedView().length) ROUTE.scrollY = scrollY;
  }, { passive: true });
  addEventListener("hashchange", followAddress);
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", render);
  redrawOnWidth();
  await render();
}

start().catch(showFailure);
