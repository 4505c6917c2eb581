// What the filters select, and the bar in which people set them.
const FILTER = { source: "", team: "", competition: "", type: "", market: "", chain: "", from: "", to: "" };
const TYPE_WORDS = { league: "League", cup: "Cup", international: "International", final: "Final" };

function activeFilters() {
  return Object.keys(PAGE.filters).filter((name) => (name === "dates" ? FILTER.from || FILTER.to : FILTER[name]));
}

const orderSource = () => FILTER.source.split("/")[0];
const matchSource = () => FILTER.source.split("/")[1] ?? "";
const pairOf = (row) => `${row.order_source}/${row.match_source}`;
const pairChosen = (row) => !FILTER.source || pairOf(row) === FILTER.source;
const chosenDays = () =>
  seriesOf(DATA.daily.series, { source: orderSource(), market: FILTER.market, chain: FILTER.chain });

let knownTimes = null;
function knownPeriod() {
  knownTimes ??= periodOfData();
  return knownTimes;
}

function periodOfData() {
  const times = DATA.matches.map((match) => match.at);
  if (DATA.daily.series.length) times.push(DATA.daily.startsAt, DATA.daily.startsAt + DATA.daily.days * DAY_MS);
  return [times.reduce((a, b) => Math.min(a, b), Infinity), times.reduce((a, b) => Math.max(a, b), -Infinity)];
}

function chosenPeriod() {
  const [first, last] = knownPeriod();
  return [FILTER.from ? Date.parse(FILTER.from) : first, FILTER.to ? Date.parse(FILTER.to) + DAY_MS : last];
}

const inDates = (date) => (!FILTER.from || date >= FILTER.from) && (!FILTER.to || date <= FILTER.to);
const fitsMatchFilters = (match) =>
  (!FILTER.team || match.home_team === FILTER.team || match.away_team === FILTER.team) &&
  (!FILTER.competition || match.competition === FILTER.competition) &&
  (!FILTER.type || match.match_type === FILTER.type);

function chosenMatches() {
  return DATA.matches.filter((match) =>
    (!FILTER.source || match.match_source === matchSource()) && fitsMatchFilters(match) && inDates(match.date) &&
    (!FILTER.market || (DATA.impactByMatch.get(match.match_id) ?? []).some((row) => row.market === FILTER.market)));
}

// Pairs of match and market in one window that the filters select; a team keeps only the markets that follow it.
function chosenImpact(window) {
  const matches = new Set(chosenMatches());
  return DATA.match_impact.filter((row) => row.window === window && matches.has(row.match) && pairChosen(row) &&
    (!FILTER.market || row.market === FILTER.market) && (!FILTER.team || row.team === FILTER.team));
}

function chosenAnomalies() {
  const hasMatchFilter = FILTER.team || FILTER.competition || FILTER.type;
  return DATA.anomalies.filter((row) => (!FILTER.source || row.order_source === orderSource()) &&
      (!FILTER.market || row.market === FILTER.market) && (!FILTER.chain || row.chain === FILTER.chain) &&
      inDates(alarmDate(row)) && (!hasMatchFilter || (row.match_id !== null && fitsMatchFilters(row))));
}

// The part of the business that the filters name; null unless they name exactly one.
function chosenPart() {
  const named = ["team", "competition", "market", "chain"].filter((name) => FILTER[name]);
  return named.length === 1 ? { scope: named[0], value: FILTER[named[0]] } : null;
}

function weekChosen(row) {
  const startsAt = row.week_starts_at * 1000;
  const [from, to] = chosenPeriod();
  return (!FILTER.from || startsAt + 7 * DAY_MS > from) && (!FILTER.to || startsAt < to);
}

function qualitySourceChosen(row) {
  const wanted = row.dataset === "orders" ? orderSource() : matchSource();
  return !wanted || row.data_source === wanted || row.data_source === "none";
}

// ---- The filter bar --------------------------------------------------------------------------------------------
function sourcePairs() {
  const pairs = new Set(PAGE.pairs);
  if (!pairs.size)
    for (const series of DATA.daily.series)
      for (const match of DATA.matches) pairs.add(`${series.order_source}/${match.match_source}`);
  return [...pairs].sort().reverse();
}

function fillFilterBar() {
  const options = (name, all, entries) =>
    byId(`filter-${name}`).replaceChildren(make("option", { value: "" }, all),
      ...entries.map(([value, words]) => make("option", { value }, words)));
  const sorted = (names) => [...new Set(names)].sort((a, b) => a.localeCompare(b)).map((name) => [name, name]);
  options("source", "All, shown apart", sourcePairs().map((pair) => {
    const [orders, matches] = pair.split("/");
    return [pair, pairWords({ order_source: orders, match_source: matches })];
  }));
  options("team", "All teams", sorted(DATA.matches.flatMap((match) => [match.home_team, match.away_team])));
  options("competition", "All", sorted(DATA.matches.map((match) => match.competition)));
  options("type", "All types",
    sorted(DATA.matches.map((match) => match.match_type)).map(([type]) => [type, TYPE_WORDS[type] ?? type]));
  options("market", "All markets",
    sorted([...DATA.daily.series.map((row) => row.market), ...PAGE.markets_with_matches]));
  options("chain", "All chains", sorted(DATA.daily.series.map((row) => row.chain)));
  const [first, last] = knownPeriod();
  if (Number.isFinite(first))
    for (const id of ["filter-from", "filter-to"])
      Object.assign(byId(id), { min: isoDay(first), max: isoDay(last - 1) });
}

function readFilters() {
  for (const name of Object.keys(FILTER)) FILTER[name] = byId(`filter-${name}`).value;
  for (const paged of PAGED) paged.page = 0;
  showLeftOut([]);
  keepFiltersInAddress();
  render();
}

// The address is a path, such as #/match/m-1, and then the filters, so that a link and a reload keep them.
const addressPath = () => location.hash.split("?")[0] || "#/";

function keepFiltersInAddress() {
  const chosen = new URLSearchParams(Object.entries(FILTER).filter(([, value]) => value)).toString();
  const address = chosen ? `${addressPath()}?${chosen}` : addressPath();
  if (address !== (location.hash || "#/")) history.replaceState(null, "", address);
}

// Takes the filters from the address. An address without any, as links on the page have, leaves them as they are.
function takeFiltersFromAddress() {
  const [, query] = location.hash.split("?");
  if (query) {
    const asked = new URLSearchParams(query);
    for (const name of Object.keys(FILTER)) {
      const control = byId(`filter-${name}`);
      control.value = asked.get(name) ?? "";
      FILTER[name] = control.value; // an unknown value selects nothing
      if (control.selectedIndex === -1) FILTER[name] = control.value = "";
    }
    showLeftOut(Object.keys(FILTER).filter((name) => (asked.get(name) ?? "") !== FILTER[name])
      .map((name) => `${PAGE.filters[name] ?? "date"} “${asked.get(name)}”`));
  }
  keepFiltersInAddress();
}

// An old link may name what this page does not have.
function showLeftOut(choices) {
  byId("left-out").hidden = !choices.length;
  byId("left-out").textContent = choices.length === 0 ? ""
    : `The link asks for the ${choices.join(" and the ")}, which this page does not have: it is shown without that.`;
}

function chooseDay(at) {
  for (const name of ["from", "to"]) byId(`filter-${name}`).value = isoDay(at);
  readFilters();
}

function showFilterCount() {
  byId("filter-count").textContent =
    `${count(chosenMatches().length)} of ${counted(DATA.matches.length, "match", "matches")}`;
  byId("filter-clear").disabled = !activeFilters().length;
}
