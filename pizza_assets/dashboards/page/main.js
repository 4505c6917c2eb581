// Routing, and the order of drawing: that of the table of views.
const ADDRESS = /^#\/([a-z_]+)\/(.+)$/; // The first word names the view that opens, the second what it shows.
const ROUTE = { scrollY: 0, lastMatch: "", overview: "" };

const overviewIds = () => Object.keys(PAGE.views).filter((id) => !PAGE.views[id].address);
const drillIds = () => Object.keys(PAGE.views).filter((id) => PAGE.views[id].address);

// The view that the address opens and the id of what it shows; nothing where it is the overview.
function openedView() {
  const [, word, shown] = location.hash.match(ADDRESS) ?? [];
  const id = drillIds().find((one) => PAGE.views[one].address === word);
  return id ? [id, decoded(shown)] : [];
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
  const [opened, shown] = openedView();
  byId("overview").hidden = Boolean(opened);
  byId("drill").hidden = !opened;
  for (const id of drillIds()) byId(`view-${id}`).hidden = id !== opened;
  byId("tooltip").hidden = true;
  showFilterCount();
  const draws = opened ? RENDERERS[opened](shown) : overviewDraws();
  document.documentElement.dataset.ready = location.hash || "#/"; // Words and tables are there, filters answer.
  performance.mark("ready");
  if (!(await drawnInTurn(draws, number))) return;
  if (!opened) ROUTE.overview = overviewState();
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
  return overviewIds().flatMap((id) => RENDERERS[id]());
}

// Charts in sight come first; between two of them the page listens to its reader. False if a newer wish came.
async function drawnInTurn(draws, number) {
  const distance = ({ holder }) => {
    const { top, bottom } = holder.getBoundingClientRect();
    return top < innerHeight && bottom > 0 ? 0 : Math.abs(top) + 1;
  };
  const nearestFirst = draws.map((item) => [distance(item), item]).sort(([a], [b]) => a - b);
  for (const [, { draw }] of nearestFirst) {
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
  const [opened] = openedView();
  if (opened) ROUTE.lastMatch = location.hash;
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

async function start() {
  history.scrollRestoration = "manual";
  await loadData();
  fillMasthead();
  fillBanner();
  fillFilterBar();
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
