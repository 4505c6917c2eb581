// One match day: orders by quarter-hour in each market that follows the match, and each window against the usual level.
RENDERERS.match = renderMatch;

const BEFORE_KICKOFF = 3 * HOUR, AFTER_KICKOFF = 5 * HOUR;

function renderMatch(id) {
  const match = DATA.matchById.get(id);
  if (!match) {
    fillView("match", {
      labels: [],
      heading: { tabindex: "-1" },
      body: [emptyNote("This match is not in the data on this page.")],
    });
    return [];
  }
  const rows = (DATA.impactByMatch.get(id) ??
    []).filter((row) => pairChosen(row) && (!FILTER.market || row.market === FILTER.market));
  const groups = [...grouped(rows, (row) => JSON.stringify([row.market, row.order_source, row.match_source])).values()]
    .sort(([a], [b]) => b.order_source.localeCompare(a.order_source) || b.side.localeCompare(a.side));
  const days = groups.slice(0, MOST_MARKETS).map((group, position) => marketDay(match, group, position));
  const body = [
    make("p", { class: "hint" }, matchWords(match, rows)),
    days.length ? matchDayLegend(rows) : emptyNote(noMarketWords(id)),
    ...days.map((item) => item.node),
    ...alarmsOf(id),
    groups.length > days.length
      ? make("p", { class: "hint" },
          `Showing ${days.length} of ${groups.length} markets; use the market filter to see another.`)
      : null,
  ].filter(Boolean);
  const labels = rows.length ? rows.map((row) => row.data_source) : [match.match_source];
  fillView("match", { labels, title: scoreline(match), heading: { tabindex: "-1", class: "scoreline" }, body });
  return days;
}

function matchWords(match, [row]) {
  const local = row ? `${kickoffWords(row)} (${clock(match.at)} UTC)` : moment(match.at);
  const when = match.kickoff_is_fixed ? local : `${day(match.at)}, kick-off not fixed yet`;
  return [
    match.competition, match.round_name, when, resultWords(match.result),
    match.status.toLowerCase().replaceAll("_", " "),
  ].filter(Boolean).join(" · ");
}

function noMarketWords(id) {
  return DATA.impactByMatch.has(id)
    ? "None of the markets that the filters select followed this match."
    : "No market with known orders follows either team, so nothing can be said about orders around this match.";
}

function matchDayLegend(rows) {
  const sources = [...new Set(rows.map((row) => row.order_source))].map((source) => [source, `${source} orders`]);
  return legend(...sources, ["usual", "usual level, without the match"],
    ...WINDOW_ORDER.map((window) => [window, `${WINDOW_WORDS[window]} the match`]));
}

function marketDay(match, rows, position) {
  const [{ market, team, side }] = rows;
  const holder = make("div", { class: "chart tall", id: `chart-match-${position}` });
  const node = make("div", { class: "market-day" },
    make("h3", {}, `${market} follows ${team} (${side}) `, pairBadge(rows[0])),
    holder,
    scrolling(`Windows in ${market}, ${pairWords(rows[0])}`, windowTable(rows)));
  return { node, holder, draw: () => drawMarketDay(holder, match, rows) };
}

function windowTable(rows) {
  const heads = [
    ["Window", ""], ["Orders", "number"], ["Usual", "number"], ["Extra", "number"], ["Change", "number"],
    ["95 % interval", "number"], ["Money", "number"], ["Per store and hour", "number"],
  ];
  const ordered = [...rows].sort((a, b) => WINDOW_ORDER.indexOf(a.window) - WINDOW_ORDER.indexOf(b.window));
  return make("table", {}, headOf(heads), make("tbody", {}, ...ordered.map(windowRow)));
}

function windowRow(row) {
  const name = make("th", { scope: "row" }, `${WINDOW_WORDS[row.window]} the match`);
  if (row.uplift_pct === null)
    return make("tr", {}, name, make("td", { class: "number" }, observedWords(row)),
      make("td", { colspan: "6" }, `The usual level is not known: ${reasonWords(row.reasons)}.`));
  const hasMoney = row.extra_revenue_cents !== null && row.currency;
  return make("tr", {}, name, make("td", { class: "number" }, observedWords(row)),
    make("td", { class: "number" }, row.expected.toFixed(1)),
    make("td", { class: "number" }, row.extra_orders === null ? "–" : signed(row.extra_orders, 1)),
    make("td", { class: `number ${changeClass(row)}` }, percent(row.uplift_pct, 0)),
    make("td", { class: "number" }, interval(row.ci_low_pct, row.ci_high_pct, 0)),
    make("td", { class: "number" }, hasMoney ? exactMoney(row.extra_revenue_cents, row.currency) : "–"),
    make("td", { class: "number" }, ...storeCell(row)));
}

function alarmsOf(id) {
  const rows = DATA.anomalies.filter((row) => row.match_id === id && (!FILTER.market || row.market === FILTER.market) &&
      (!FILTER.source || row.order_source === orderSource()));
  return rows.map(
    (row) => make("p", { class: `alarm-note ${row.kind}` }, badge(row.order_source),
      ` ${ALARM_NOUNS[row.kind][0]} of store ${row.store_id} in ${row.market}, ${alarmTimes(row).hours}: ${
        count(row.observed)} orders, usual ${row.expected.toFixed(1)}.`));
}

async function drawMarketDay(holder, match, rows) {
  const [{ market, order_source: source }] = rows;
  const fine = await quarters();
  const positions = seriesOf(fine.series, { source, market }).get(source) ?? [];
  const from = Math.floor((match.at - BEFORE_KICKOFF) / BIN) * BIN, to = match.at + AFTER_KICKOFF;
  const group = (await usual()).get(usualKey(rows[0]));
  const points = fine.hasEarlier && from < fine.firstBin * BIN ? ordersAround(group, from, to)
    : positions.length ? quarterOrders(fine, positions, from, to, 1) : [];
  const known = points.filter((point) => point.is_complete && point.orders !== null);
  if (!known.length) {
    holder.replaceChildren(emptyNote("Orders by quarter-hour are not known for this match."));
    return;
  }
  const windows = shadedWindows(rows);
  const level = usualLevel(group, from, to);
  const expectedAt = new Map(level.map((point) => [point.at, point.expected]));
  const bars = known.map((point) => ({
    ...point,
    ends_at: point.at + BIN,
    order_source: source,
    source_words: source,
    label: `${clock(point.at)} UTC`,
    orders_words: count(point.orders),
    expected_words: expectedAt.get(point.at)?.toFixed(1) ?? "not known",
  }));
  const words = `Orders by quarter-hour in ${market} around kick-off at ${clock(match.at)} UTC on ${day(match.at)}. ${
    windows.map((window) => `${window.window} the match ${window.observed_words}, usual ${window.expected_words}`)
      .join("; ")}.`;
  await drawChart(holder, "match",
    { datasets: { windows, quarters: bars, usual: level, kickoff: [{ at: match.at }] }, axisWidth: 50, words });
}

// Orders by quarter-hour of an early match on a large page, which holds them around matches only.
function ordersAround(group, from, to) {
  const pointAt = (value, i) =>
    ({ at: (group.firstBin + i) * BIN, orders: value ? value - 1 : null, is_complete: value > 0 });
  return Array.from(group?.counts ?? [], pointAt).filter((point) => point.at >= from && point.at < to);
}

// The usual orders of each quarter-hour, null where unknown so that the line breaks; the last value is repeated at the
// end of its quarter-hour, so that its step has a width.
function usualLevel(group, from, to) {
  if (!group) return [];
  const pointAt = (value, i) => ({ at: (group.firstBin + i) * BIN, expected: value ? (value - 1) / 10 : null });
  const points = Array.from(group.values, pointAt).filter((point) => point.at >= from && point.at < to);
  const last = points.at(-1);
  return last ? [...points, { at: last.at + BIN, expected: last.expected }] : [];
}

function shadedWindows(rows) {
  return [...rows].sort((a, b) => WINDOW_ORDER.indexOf(a.window) - WINDOW_ORDER.indexOf(b.window)).map((row) => ({
    window: WINDOW_WORDS[row.window], starts_at: row.window_start_at * 1000, ends_at: row.window_end_at * 1000,
    when: `${clock(row.window_start_at * 1000)}–${clock(row.window_end_at * 1000)} UTC`,
    observed_words: observedWords(row), expected_words: row.expected === null ? "not known" : row.expected.toFixed(1),
  }));
}
