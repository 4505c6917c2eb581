// The views of the overview, one function each; each says what is missing when it has nothing to show.

// ---- What we found -------------------------------------------------------------------------------------------
const FIRST_INSIGHTS = 4;

function renderInsights() {
  const rows = DATA.insights.filter((row) => row.order_source === null || row.match_source === null || pairChosen(row));
  const body = rows.length
    ? insightLists(rows)
    : [emptyNote("No finding is recorded for this choice. Findings appear once the analysis has run on these sources.")];
  fillView("insights", { labels: rows.map((row) => row.data_source), body });
}

// The first sentences are read by everyone; the rest wait behind one line.
function insightLists(rows) {
  const list = (some) => make("ol", {}, ...some.map(insightItem));
  const rest = rows.slice(FIRST_INSIGHTS);
  if (!rest.length) return [list(rows)];
  return [list(rows.slice(0, FIRST_INSIGHTS)), make("details", {}, make("summary", {}, `${counted(rest.length, "more sentence")}`), list(rest))];
}

function insightItem(row) {
  const facts = [row.order_source ? pairBadge(row) : badge(row.data_source)];
  if (row.uplift_pct !== null) facts.push(`${percent(row.uplift_pct)} (95 % interval ${interval(row.ci_low_pct, row.ci_high_pct)})`);
  if (row.n_matches) facts.push(counted(row.n_matches, "match", "matches"));
  if (row.q_value !== null) facts.push(`q ${row.q_value < 0.001 ? "" : "= "}${chance(row.q_value)}`);
  if (row.extra_orders_per_store_hour !== null) facts.push(`${signed(row.extra_orders_per_store_hour)} orders per store and hour`);
  if (row.extra_revenue_per_store_hour_cents !== null && row.currency)
    facts.push(`${exactMoney(row.extra_revenue_per_store_hour_cents, row.currency)} per store and hour`);
  return make(
    "li",
    { class: row.kind },
    make("p", { class: "headline" }, row.headline),
    row.caveat ? make("p", { class: "caveat-text" }, row.caveat) : null,
    make("p", { class: "facts" }, ...facts.map((fact) => (typeof fact === "string" ? make("span", {}, fact) : fact))),
  );
}

// ---- At a glance ---------------------------------------------------------------------------------------------
function renderKpis() {
  const matches = chosenMatches();
  const series = chosenSeries(FILTER.market, orderSource());
  const [from, to] = chosenPeriod();
  const orders = [...series].map(([source, positions]) => [source, sumOf(summedOrders(positions, from, to, 24))]);
  const labels = [...orders.map(([source]) => source), ...matches.map((match) => match.match_source)];
  const tiles = [
    kpi("Orders", orders.map(([source, sum]) => [count(sum), `${source} orders`, source])),
    kpi("Revenue", revenueFacts(series, from, to)),
    kpi("Matches", [[count(matches.length), matchFacts(matches), sourceOf(matches)]]),
    kpi("Match weeks", [weekFacts()]),
    kpi("Markets", [marketFacts(series)]),
    kpi("Real data", [[share(orders.map(([source, sum]) => [source, sum])), "of the orders"], [share(matches.map((m) => [m.match_source, 1])), "of the matches"]]),
  ];
  fillView("kpis", { labels, body: [make("dl", { class: "kpis" }, ...tiles)] });
}

function kpi(name, facts) {
  const shown = facts.length ? facts : [["–", "no data for this choice"]];
  return make(
    "div",
    { class: `kpi${shown.some(([, , source]) => source === "mock") ? " is-mock" : ""}` },
    make("dt", {}, name),
    ...shown.map(([value, words, source]) => make("dd", source ? { class: `of-${source}` } : {}, value, make("small", {}, words))),
  );
}

const sumOf = (points) => points.reduce((sum, point) => sum + (point.orders ?? 0), 0);
const sourceOf = (rows) => (rows.length && rows.every((row) => row.match_source === "mock") ? "mock" : "");

function revenueFacts(series, from, to) {
  return [...series].flatMap(([source, positions]) =>
    [...grouped(positions, (position) => DATA.series[position].currency)].map(([currency, own]) => [
      money(summedRevenue(own, from, to), currency),
      `${source} orders, ${currency}`,
      source,
    ]),
  );
}

function matchFacts(matches) {
  const sources = [...new Set(matches.map((match) => match.match_source))].join(" and ");
  const analysed = matches.filter((match) => IMPACT_BY_MATCH.has(match.match_id)).length;
  return `${sources ? `${sources}, ` : ""}${count(analysed)} near a market`;
}

function weekFacts() {
  const weeks = [...new Set(DATA.quality.filter(weekChosen).filter((row) => row.row_count > 0).map((row) => row.week))].sort();
  return weeks.length ? [count(weeks.length), `from ${day(Date.parse(weeks[0]))} on`] : ["–", "no week is stored"];
}

function marketFacts(series) {
  const chosen = [...series.values()].flat().map((position) => DATA.series[position]);
  const chains = [...new Set(chosen.map((row) => row.chain))];
  const names = chains.length > 2 ? counted(chains.length, "chain") : chains.join(" and ");
  return [count(new Set(chosen.map((row) => row.market)).size), names || "no orders"];
}

function share(weighted) {
  const total = weighted.reduce((sum, [, weight]) => sum + weight, 0);
  if (!total) return "–";
  const real = weighted.reduce((sum, [source, weight]) => sum + (source === "real" ? weight : 0), 0) / total;
  return real > 0.99 && real < 1 ? "> 99 %" : `${Math.round(real * 100)} %`;
}

// ---- Orders over time ----------------------------------------------------------------------------------------
const HOURLY_UP_TO = 14 * DAY_MS; // A longer period is drawn by day.

async function renderTimeline() {
  const series = chosenSeries(FILTER.market, orderSource());
  const matches = chosenMatches();
  const [from, to] = chosenPeriod();
  const labels = [...series.keys(), ...matches.map((match) => match.match_source)];
  if (!series.size) {
    const note = DATA.series.length ? "No orders for this choice of market and data source." : "No orders are stored yet: collect a week, then this view fills.";
    fillView("timeline", { labels, body: [emptyNote(note)] });
    return;
  }
  const holder = make("div", { class: "chart", id: "chart-timeline" });
  fillView("timeline", { labels, body: [timelineLegend(series, matches), holder, timelineHint(to - from <= HOURLY_UP_TO)] });
  const datasets = { orders: orderPoints(series, from, to), matches: matchTicks(matches), overview: orderPoints(series, from, to, 24) };
  const words = `Orders from ${day(from)} to ${day(to - 1)}, with ${counted(matches.length, "match", "matches")}. The same numbers are in the tiles and the table of matches.`;
  const view = await drawChart(holder, "timeline", { datasets, beside: 42, words });
  await view.signal("first", from).signal("last", to).signal("from", from).signal("to", to).runAsync();
  zoomWithBrush(view, series, from, to);
  view.addEventListener("click", (event, item) => item?.datum?.match_id && openMatch(item.datum.match_id));
}

function timelineLegend(series, matches) {
  const sources = [...series.keys()].map((source) => ["line " + source, `${source} orders`]);
  const results = [...new Set(matches.map((match) => resultWords(match.result)))].sort();
  return legend(...sources, ["ring", "not every hour known"], ...results.map((result) => [`tick ${result.replace(" ", "-")}`, result]));
}

function timelineHint(isHourly) {
  return make("p", { class: "hint" }, `By ${isHourly ? "hour" : "day"} (UTC). Drag across the small chart, or choose dates above, to zoom; two weeks or less are drawn by hour. Real and mock orders are never added up. Choose a tick to open its match.`);
}

function orderPoints(series, from, to, hoursPerPoint = to - from <= HOURLY_UP_TO ? 1 : 24) {
  return [...series].flatMap(([source, positions]) =>
    summedOrders(positions, from, to, hoursPerPoint).map((point) => ({
      ...point,
      at: point.at,
      order_source: source,
      known_orders: point.is_complete ? point.orders : null,
      label: hoursPerPoint === 1 ? moment(point.at) : weekday(point.at),
      source_words: source,
      orders_words: point.orders === null ? "not known" : `${count(point.orders)}${point.is_complete ? "" : " (not every hour known)"}`,
    })),
  );
}

function matchTicks(matches) {
  return matches.map((match) => ({
    at: match.at, match_id: match.match_id, match_source: match.match_source, competition: match.competition,
    label: `${scoreline(match)}${match.match_source === "mock" ? " (mock)" : ""}`, when: moment(match.at), result: resultWords(match.result),
  }));
}

function zoomWithBrush(view, series, from, to) {
  let pending = null;
  view.addSignalListener("brush", (name, value) => {
    const [start, end] = (value.at ?? [from, to]).map(Number);
    const [zoomFrom, zoomTo] = end - start < 6 * HOUR ? [from, to] : [start, end];
    cancelAnimationFrame(pending);
    pending = requestAnimationFrame(() => {
      const margin = zoomTo - zoomFrom <= HOURLY_UP_TO ? HOUR : DAY_MS;
      const points = zoomFrom === from && zoomTo === to ? orderPoints(series, from, to) : orderPoints(series, zoomFrom - margin, zoomTo + margin, margin / HOUR);
      view.signal("from", zoomFrom).signal("to", zoomTo).data("orders", points).runAsync();
    });
  });
}

// ---- Effect sizes --------------------------------------------------------------------------------------------
async function renderEffects() {
  const rows = DATA.correlations.filter(pairChosen);
  if (!rows.length) {
    fillView("effects", { labels: [], body: [emptyNote("No hypothesis has been tested for this choice: it takes collected orders, matches and an analysis run.")] });
    return;
  }
  const groups = [...grouped(rows, pairOf)].sort(([a], [b]) => b.localeCompare(a)).map(([, group]) => group);
  const holders = [];
  const body = groups.flatMap((group) => {
    const answered = group.filter((row) => row.status === "ok" && row.uplift_pct !== null);
    const holder = answered.length ? make("div", { class: "chart", id: `chart-effects-${holders.length}` }) : null;
    if (holder) holders.push([holder, answered]);
    return [make("h3", {}, pairBadge(group[0])), holder, unansweredList(group.filter((row) => !answered.includes(row)))];
  });
  const key = legend(["line real", "95 % interval, real"], ["line mock", "95 % interval, mock"], ["mde", "too small for these data to find (80 % power)"]);
  fillView("effects", { labels: rows.map((row) => row.data_source), body: [holders.length ? key : null, ...body, effectsHint()].filter(Boolean) });
  for (const [holder, answered] of holders) await drawEffects(holder, answered);
}

function effectsHint() {
  return make("p", { class: "hint" }, "Each estimate is the effect of a market's own team beyond what football does to every market at that hour. An interval across 0 does not show that there is no effect: a change inside the pale band would often have been missed.");
}

function unansweredList(rows) {
  if (!rows.length) return null;
  return make("ul", { class: "unanswered" }, ...rows.map((row) =>
    make("li", {}, make("strong", {}, "Not enough data: "), `${row.hypothesis} Why: ${reasonWords(row.reasons)} (${counted(row.n_matches, "match", "matches")} on ${counted(row.n_clusters, "date")}).`)));
}

async function drawEffects(holder, rows) {
  const isNarrow = holder.clientWidth < 560;
  const points = effectPoints(rows, isNarrow ? 17 : 40);
  const words = points.map((point) => `${point.hypothesis} ${point.uplift_words}, 95 % interval ${point.interval_words}, ${point.n_words}.`).join(" ");
  await drawChart(holder, "effects", { datasets: { effects: points }, beside: 34 + 6.8 * longestLine(points.map((point) => point.row)), words });
}

const longestLine = (labels) => Math.max(...labels.flatMap((label) => label.split("\n").map((line) => line.length)));

function effectPoints(rows, labelWidth) {
  const isWindowOnly = new Set(rows.map((row) => row.time_window)).size === rows.length;
  const seen = new Map();
  return [...rows].sort((a, b) => WINDOW_ORDER.indexOf(a.time_window) - WINDOW_ORDER.indexOf(b.time_window)).map((row) => {
    const what = isWindowOnly ? `${WINDOW_WORDS[row.time_window]} the match`.replace(/^./, (letter) => letter.toUpperCase()) : row.hypothesis;
    const label = `${wrapped(what, labelWidth)}\n${wrapped(`${row.role}, n = ${counted(row.n_matches, "match", "matches")}`, labelWidth)}`;
    seen.set(label, (seen.get(label) ?? 0) + 1);
    return {
      ...row,
      row: seen.get(label) > 1 ? `${label} (${seen.get(label)})` : label,
      mde_low: row.mde_80_pct === null ? null : -row.mde_80_pct, mde_high: row.mde_80_pct,
      uplift_words: percent(row.uplift_pct), interval_words: interval(row.ci_low_pct, row.ci_high_pct),
      mde_words: row.mde_80_pct === null ? "not known" : `±${row.mde_80_pct.toFixed(1)} %`,
      n_words: `${counted(row.n_matches, "match", "matches")} on ${counted(row.n_clusters, "date")}`, q_words: chance(row.q_value),
    };
  });
}

const PER_PAGE = 25;

// ---- Matches -------------------------------------------------------------------------------------------------
const TABLE = { window: "post", sort: "change", descending: true, page: 0 };
const SORT_KEYS = {
  kickoff: (row) => row.match.at,
  observed: (row) => row.observed,
  expected: (row) => row.expected ?? -1,
  change: (row) => Math.abs(row.uplift_pct),
};

function renderMatches() {
  const rows = impactRows(TABLE.window);
  const known = rows.filter((row) => row.uplift_pct !== null).sort(bySortKey);
  const sorted = [...known, ...rows.filter((row) => row.uplift_pct === null)];
  const body = sorted.length ? matchTable(sorted, known.length) : [emptyNote(noMatchWords())];
  fillView("matches", { labels: rows.map((row) => row.data_source), body });
}

function impactRows(window) {
  const matches = new Map(chosenMatches().map((match) => [match.match_id, match]));
  return DATA.impact
    .filter((row) => row.window === window && matches.has(row.match_id) && pairChosen(row) && (!FILTER.market || row.market === FILTER.market))
    .map((row) => ({ ...row, match: matches.get(row.match_id) }));
}

function bySortKey(a, b) {
  const difference = SORT_KEYS[TABLE.sort](a) - SORT_KEYS[TABLE.sort](b);
  return (TABLE.descending ? -difference : difference) || a.match.at - b.match.at || a.market.localeCompare(b.market);
}

function noMatchWords() {
  if (!DATA.matches.length) return "No matches are stored yet: collect a week, then this view fills.";
  if (!DATA.impact.length) return "Matches are stored, but none is near a market with orders: say in the markets file which teams each market follows.";
  return "No match for this choice of filters.";
}

function matchTable(rows, knownCount) {
  TABLE.page = Math.min(TABLE.page, Math.ceil(rows.length / PER_PAGE) - 1);
  const page = rows.slice(TABLE.page * PER_PAGE, (TABLE.page + 1) * PER_PAGE);
  const reach = Math.max(10, ...page.flatMap((row) => [row.ci_low_pct, row.ci_high_pct, row.uplift_pct].map((value) => Math.min(150, Math.abs(value ?? 0)))));
  const hint = `${counted(rows.length, "pair of market and match", "pairs of market and match")}${knownCount < rows.length ? `, ${count(rows.length - knownCount)} of them without a known usual level` : ""}. One match is noisy, and the largest of many are large partly by chance: colour marks an interval that excludes 0.`;
  return [
    make("div", { class: "table-tools" }, windowSelect(), make("p", { class: "hint" }, hint)),
    make("div", { class: "scroll", role: "region", "aria-label": "Table of matches", tabindex: "0" }, make("table", {}, matchTableHead(), make("tbody", {}, ...page.map((row) => matchTableRow(row, reach))))),
    pager(rows.length, PER_PAGE, TABLE.page, (next) => { TABLE.page = next; renderMatches(); }, "matches"),
  ];
}

function windowSelect() {
  const change = (event) => { TABLE.window = event.target.value; TABLE.page = 0; renderMatches(); byId("table-window").focus(); };
  const options = WINDOW_ORDER.map((window) => make("option", { value: window, selected: window === TABLE.window }, `${WINDOW_WORDS[window]} the match`));
  return make("label", {}, "Orders ", make("select", { id: "table-window", onchange: change }, ...options));
}

function matchTableHead() {
  const sortable = (key, words, classes) => {
    const toggle = () => { Object.assign(TABLE, { descending: TABLE.sort === key ? !TABLE.descending : true, sort: key, page: 0 }); renderMatches(); byId(`sort-${key}`).focus(); };
    const sorted = TABLE.sort === key ? { "aria-sort": TABLE.descending ? "descending" : "ascending" } : {};
    return make("th", { class: classes, scope: "col", ...sorted }, make("button", { id: `sort-${key}`, type: "button", onclick: toggle }, words));
  };
  return make("thead", {}, make("tr", {},
    sortable("kickoff", "Match, by kick-off", ""), make("th", { scope: "col", class: "wide-only" }, "Data"),
    sortable("observed", "Orders", "number wide-only"), sortable("expected", "Usual", "number wide-only"),
    sortable("change", "Change", "number"), make("th", { scope: "col", class: "wide-only" }, "95 % interval"), make("th", { scope: "col", class: "number wide-only" }, "from – to")));
}

function matchTableRow(row, reach) {
  const isKnown = row.uplift_pct !== null;
  const usual = row.expected === null ? "not known" : count(Math.round(row.expected));
  return make("tr", {},
    make("td", { class: "match" },
      make("a", { href: matchAddress(row.match_id) }, scoreline(row.match)),
      make("span", { class: "sub" }, `${weekday(row.match.at)}, ${clock(row.match.at)} UTC · ${row.match.competition} · ${row.market}`),
      make("span", { class: "sub narrow-only" }, `${count(row.observed)} orders, usual ${usual} `, shortPairBadge(row))),
    make("td", { class: "wide-only" }, shortPairBadge(row)),
    make("td", { class: "number wide-only" }, count(row.observed)),
    make("td", { class: "number wide-only" }, usual),
    make("td", { class: `number ${changeClass(row)}` }, isKnown ? percent(row.uplift_pct, 0) : "not known", make("span", { class: "sub narrow-only" }, isKnown ? interval(row.ci_low_pct, row.ci_high_pct, 0) : "")),
    make("td", { class: "wide-only" }, isKnown ? intervalBar(row, reach) : make("span", { class: "sub" }, reasonWords(row.reasons))),
    make("td", { class: "number wide-only" }, isKnown ? interval(row.ci_low_pct, row.ci_high_pct, 0) : ""));
}

function changeClass(row) {
  if (row.ci_low_pct === null || row.ci_high_pct === null) return "unsure";
  return row.ci_low_pct > 0 ? "up" : row.ci_high_pct < 0 ? "down" : "unsure";
}

function intervalBar(row, reach) {
  const at = (value) => (75 + (70 * Math.max(-reach, Math.min(reach, value))) / reach).toFixed(1);
  const bar = makeSvg("svg", { class: `interval ${changeClass(row)}`, viewBox: "0 0 150 16", "aria-hidden": "true" }, makeSvg("line", { class: "zero", x1: 75, x2: 75, y1: 0, y2: 16 }));
  if (row.ci_low_pct !== null && row.ci_high_pct !== null) bar.append(makeSvg("line", { class: "range", x1: at(row.ci_low_pct), x2: at(row.ci_high_pct), y1: 8, y2: 8 }));
  bar.append(makeSvg("circle", { class: row.data_source, cx: at(row.uplift_pct), cy: 8, r: 4 }));
  return bar;
}

function pager(total, perPage, page, go, what) {
  const last = Math.ceil(total / perPage) - 1;
  const step = (name, words, next) =>
    make("button", { type: "button", id: `${what}-${name}`, disabled: next < 0 || next > last, onclick: () => { go(next); focusPager(what, name); } }, words);
  const range = `${count(page * perPage + 1)}–${count(Math.min(total, (page + 1) * perPage))} of ${count(total)}`;
  return make("div", { class: "pager" }, make("span", { id: `${what}-range`, "aria-live": "polite" }, range), step("previous", "Previous", page - 1), step("next", "Next", page + 1));
}

// Keeps the keyboard where it was; at either end the button is disabled and its neighbour takes over.
function focusPager(what, name) {
  const button = byId(`${what}-${name}`);
  (button.disabled ? byId(`${what}-${name === "next" ? "previous" : "next"}`) : button).focus();
}

// ---- Data quality --------------------------------------------------------------------------------------------
const WEEKS_PER_PAGE = 10;
const QUALITY = { page: 0 };

async function renderQuality() {
  const rows = DATA.quality.filter(weekChosen).filter(qualitySourceChosen).sort((a, b) => b.week.localeCompare(a.week) || a.dataset.localeCompare(b.dataset));
  const labels = rows.map((row) => row.data_source).filter((source) => source !== "none");
  if (!rows.length) {
    fillView("quality", { labels, body: [emptyNote("No week is recorded for this choice: collect a week, then this view fills.")] });
    return;
  }
  QUALITY.page = Math.min(QUALITY.page, Math.ceil(rows.length / WEEKS_PER_PAGE) - 1);
  const page = rows.slice(QUALITY.page * WEEKS_PER_PAGE, (QUALITY.page + 1) * WEEKS_PER_PAGE);
  const holder = make("div", { class: "chart", id: "chart-quality" });
  const table = make("table", {}, qualityHead(), make("tbody", {}, ...page.map(qualityRow)));
  fillView("quality", { labels, body: [
    legend(["real", "real"], ["mock", "mock"], ["none", "nothing stored"], ["warn", "real but partial, or rows refused"]), holder,
    make("div", { class: "scroll", role: "region", "aria-label": "Table of weeks", tabindex: "0" }, table),
    pager(rows.length, WEEKS_PER_PAGE, QUALITY.page, (next) => { QUALITY.page = next; renderQuality(); }, "weeks"),
  ] });
  await drawChart(holder, "quality", { datasets: { weeks: rows.map(qualityBar) }, beside: 74, words: qualityWords(rows) });
}

const isPartial = (row) => row.data_source === "real" && row.reason !== null;

function qualityHead() {
  return make("thead", {}, make("tr", {}, ...[["Week from", ""], ["Data", ""], ["They are", ""], ["Source", "wide-only"], ["Rows", "number"], ["Refused", "number"], ["Why", "wide-only"]].map(([words, classes]) => make("th", { scope: "col", class: classes }, words))));
}

function qualityRow(row) {
  const label = row.data_source === "none" ? "nothing stored" : isPartial(row) ? "real, partial" : row.data_source;
  return make("tr", {},
    make("td", {}, day(Date.parse(row.week)), row.reason ? make("span", { class: "sub narrow-only" }, row.reason) : null),
    make("td", {}, row.dataset), make("td", {}, badge(row.data_source, label)), make("td", { class: "wide-only" }, row.source_name ?? "–"),
    make("td", { class: "number" }, count(row.row_count)), make("td", { class: `number ${row.rejected_count ? "down" : ""}` }, count(row.rejected_count)),
    make("td", { class: "wide-only" }, row.reason ?? ""));
}

function qualityBar(row) {
  const startsAt = Date.parse(row.week);
  return {
    ...row, starts_at: startsAt, middle_at: startsAt + 3.5 * DAY_MS, ends_at: startsAt + 7 * DAY_MS, week: day(startsAt),
    is_remarkable: isPartial(row) || row.rejected_count > 0, source_words: row.data_source === "none" ? "nothing stored" : row.data_source,
    rows_words: count(row.row_count), rejected_words: count(row.rejected_count),
  };
}

function qualityWords(rows) {
  const groups = grouped(rows, (row) => `${row.dataset} ${row.data_source}`);
  return `Weeks by source: ${[...groups].map(([name, own]) => `${name}: ${counted(own.length, "week")}`).join(", ")}. Each week is a row of the table below.`;
}
