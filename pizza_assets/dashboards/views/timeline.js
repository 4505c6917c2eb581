// Orders over time: a line per source of orders, marks for alarms, ticks for matches, and a small chart for zooming.
RENDERERS.timeline = renderTimeline;

const MOST_TICKS = 1500;
const HOURLY_UP_TO = 14 * DAY_MS; // Longer periods are drawn by day.

// A large page has the hours of its newest weeks only.
const hoursSince = () => (EMBEDDED.quarters.before ? EMBEDDED.quarters.first_bin * BIN : -Infinity);
const isByHour = (from, to) => to - from <= HOURLY_UP_TO && from >= hoursSince();

function renderTimeline() {
  const series = chosenDays();
  const matches = chosenMatches();
  const alarms = chosenAnomalies();
  const [from, to] = chosenPeriod();
  const labels = [...series.keys(), ...matches.map((match) => match.match_source)];
  if (!series.size || from >= to) {
    const note = DATA.daily.series.length ? "No orders for this market, chain, period and data source."
      : "No orders are stored yet. Collect a week to fill this view.";
    fillView("timeline", { labels, body: [emptyNote(note)] });
    return [];
  }
  const holder = make("div", { class: "chart tall", id: "chart-timeline" });
  fillView("timeline", {
    labels,
    title: titleOfOrders("timeline", series.keys()),
    body: [
      timelineLegend(series, matches, alarms), holder,
      timelineHint(isByHour(from, to), alarms, matches.length > MOST_TICKS),
      downloadButton("orders-by-day", [...series.values()].flat(), (position) => writtenDays(position, from, to)),
    ],
  });
  return [{ holder, draw: () => drawTimeline(holder, { series, matches, alarms, from, to }) }];
}

async function drawTimeline(holder, { series, matches, alarms, from, to }) {
  const orders = await orderPoints(series, from, to);
  const datasets = {
    orders,
    matches: matches.length > MOST_TICKS ? weeklyTicks(matches) : matchTicks(matches),
    alarms: alarmPoints(alarms, orders, isByHour(from, to) ? HOUR : DAY_MS),
    overview:
      [...series].flatMap(([source, positions]) => labelled(dailyOrders(positions, from, to), source, false)),
  };
  const words = `Orders from ${day(from)} to ${day(to - 1)}, with ${counted(matches.length, "match", "matches")} and ${
    counted(alarms.length, "alarm")}. The same numbers are in the tiles and in the tables of matches and alarms.`;
  const view = await drawChart(holder, "timeline", { datasets, axisWidth: 42, words });
  await view.signal("first", from).signal("last", to).signal("from", from).signal("to", to).runAsync();
  zoomWithBrush(view, { series, alarms, from, to });
  view.addEventListener("click", (event, item) => item?.datum?.match_id && openMatch(item.datum.match_id));
}

function timelineLegend(series, matches, alarms) {
  const sources = [...series.keys()].map((source) => ["line " + source, `${source} orders`]);
  const results = [...new Set(matches.map((match) => resultWords(match.result)))].sort();
  const kinds =
    [...new Set(alarms.map((row) => row.kind))].sort().map((kind) => [`alarm-${kind}`, ALARM_NOUNS[kind][0]]);
  return legend(...sources, ["ring", "incomplete"],
    ...results.map((result) => [`tick ${result.replace(" ", "-")}`, result]), ...kinds);
}

function timelineHint(isHourly, alarms, isMany) {
  const marks = alarms.length
    ? "Triangles and crosses are stores with unusual orders; hover for the match and its result."
    : noAlarmWords();
  return make("p", { class: "hint" },
    `By ${isHourly ? "hour" : "day"} (UTC). Drag across the small chart, or choose dates above, to zoom; two weeks ` +
    `or less are drawn by hour${EMBEDDED.quarters.before ? ` from ${day(hoursSince())} on` : ""}. Real and mock ` +
    `orders are never pooled. ${marks} ` +
    (isMany ? "A tick is a week's matches with one result." : "Select a tick to open its match."));
}

// The known days of one series in [from, to), for the downloaded file.
function writtenDays(position, from, to) {
  const { sums, days, startsAt, series } = DATA.daily;
  const first = Math.max(0, Math.floor((from - startsAt) / DAY_MS)),
        last = Math.min(days, Math.ceil((to - startsAt) / DAY_MS));
  const valuesAt = (place) => Object.fromEntries(Object.entries(sums).map(([name, values]) => [name, values[place]]));
  return Array.from({ length: Math.max(0, last - first) }, (_, i) => ({
    date: isoDay(startsAt + (first + i) * DAY_MS), ...series[position], ...valuesAt(position * days + first + i),
  })).filter((row) => row.covered_minutes);
}

const labelled = (points, source, isHourly) => points.map((point) => ({
  ...point,
  order_source: source,
  known_orders: point.is_complete ? point.orders : null,
  label: isHourly ? moment(point.at) : weekday(point.at),
  source_words: source,
  orders_words: point.orders === null ? "not known"
    : `${count(point.orders)}${point.is_complete ? "" : " (incomplete)"}`,
}));

// Points by day, or by hour if the period is short.
async function orderPoints(series, from, to, isHourly = isByHour(from, to)) {
  if (!isHourly)
    return [...series].flatMap(([source, positions]) => labelled(dailyOrders(positions, from, to), source, false));
  const fine = await quarters();
  const chosen = seriesOf(fine.series, { source: orderSource(), market: FILTER.market, chain: FILTER.chain });
  return [...chosen].flatMap(
    ([source, positions]) => labelled(quarterOrders(fine, positions, from, to, 4), source, true));
}

function matchTicks(matches) {
  return matches.map((match) => ({
    at: match.at,
    match_id: match.match_id,
    match_source: match.match_source,
    competition: match.competition,
    label: `${scoreline(match)}${match.match_source === "mock" ? " (mock)" : ""}`,
    when: moment(match.at),
    result: resultWords(match.result),
  }));
}

// One tick for the matches of a week with one result: more than a thousand ticks would cover the line, and each other.
function weeklyTicks(matches) {
  const weekOf = (at) => Math.floor((at / DAY_MS - 5) / 7) * 7 + 5; // 6 January 1970 was a Tuesday
  return [...grouped(matches, (match) => `${weekOf(match.at)} ${match.match_source} ${match.result}`).values()].map(
    (own) => ({
      at: weekOf(own[0].at) * DAY_MS + 3.5 * DAY_MS,
      match_id: null,
      match_source: own[0].match_source,
      competition: [...new Set(own.map((match) => match.competition))].slice(0, 4).join(", "),
      label: `${counted(own.length, "match", "matches")}${own[0].match_source === "mock" ? " (mock)" : ""}`,
      when: `week of ${day(weekOf(own[0].at) * DAY_MS)}`,
      result: resultWords(own[0].result),
    }));
}

// An alarm is placed on the line of its orders at its middle.
function alarmPoints(alarms, orders, step) {
  const heights =
    new Map(orders.map((point) => [`${point.order_source} ${Math.floor(point.at / step)}`, point.orders]));
  return alarms
    .map((row) => ({
      at: Math.floor(middleOf(row) / step) * step,
      orders: heights.get(`${row.order_source} ${Math.floor(middleOf(row) / step)}`) ?? null,
      data_source: row.order_source,
      kind_words: ALARM_NOUNS[row.kind][0],
      source_words: row.order_source,
      when: Object.values(alarmTimes(row)).join(", "),
      where: `${row.store_id}, ${row.market} (${row.chain})`,
      orders_words: `${count(row.observed)}, usual ${row.expected.toFixed(1)}`,
      match_id: row.match_id,
      match_words: row.match_id === null
        ? "none within six hours"
        : `${row.home_team} – ${row.away_team}${row.match_source === "mock" ? " (mock)" : ""}`,
      result: row.match_id === null ? "" : resultWords(row.result),
    }))
    .filter((point) => point.orders !== null);
}

function zoomWithBrush(view, { series, alarms, from, to }) {
  let latest = 0;
  view.addSignalListener("brush", async (name, value) => {
    const request = ++latest;
    const [start, end] = (value.at ?? [from, to]).map(Number);
    const [zoomFrom, zoomTo] = end - start < 6 * HOUR ? [from, to] : [start, end];
    const isHourly = isByHour(zoomFrom, zoomTo);
    const margin = isHourly ? HOUR : DAY_MS;
    const points =
      await orderPoints(series, Math.max(from, zoomFrom - margin), Math.min(to, zoomTo + margin), isHourly);
    if (request !== latest) return; // The brush has moved on.
    await view.signal("from", zoomFrom)
      .signal("to", zoomTo)
      .data("orders", points)
      .data("alarms", alarmPoints(alarms, points, margin))
      .runAsync();
  });
}
