// At a glance: totals of what the filters select, and the one effect that was declared beforehand.
RENDERERS.kpis = renderKpis;

function renderKpis() {
  const matches = chosenMatches();
  const series = chosenDays();
  const [from, to] = chosenPeriod();
  const orders = [...series].map(([source, positions]) => [source, knownOrders(positions, from, to)])
    .filter(([, known]) => known.days);
  const labels = [...orders.map(([source]) => source), ...matches.map((match) => match.match_source)];
  const tiles = [
    kpi("Orders", orders.map(([source, known]) => [count(known.sum), `${source} orders${known.words}`, source])),
    kpi("Revenue", revenueFacts(new Map(orders.map(([source]) => [source, series.get(source)])), from, to)),
    kpi("Matches", matches.length ? [[count(matches.length), matchFacts(matches), sourceOf(matches)]] : []),
    kpi("After the own team's match", upliftFacts(), "not estimated for these filters"),
    kpi("Alarms", alarmFacts(series), `need ${PAGE.weeks_for_alarms} weeks of orders`),
    kpi("Markets", series.size ? [marketFacts(series)] : []),
    kpi("Real data",
      [
        [share(orders.map(([source, known]) => [source, known.sum])), "of the orders"],
        [share(matches.map((match) => [match.match_source, 1])), "of the matches"],
      ]),
  ];
  fillView("kpis", { labels, body: [make("dl", { class: "kpis" }, ...tiles)] });
  return [];
}

function kpi(name, facts, none = "no data for these filters") {
  const shown = facts.length ? facts : [["–", none]];
  return make(
    "div",
    { class: `kpi${shown.some(([, , source]) => source === "mock") ? " is-mock" : ""}` },
    make("dt", {}, name),
    ...shown.map(([value, words, source]) =>
      make("dd", source ? { class: `of-${source}` } : {}, value, make("small", {}, words))),
  );
}

// The sum over the days that are known, their number, and a remark if some are not.
function knownOrders(positions, from, to) {
  const points = dailyOrders(positions, from, to);
  const known = points.filter((point) => point.orders !== null);
  return {
    sum: sumBy(known, "orders"),
    days: known.length,
    words: known.length < points.length ? `, ${count(known.length)} of ${counted(points.length, "day")} known` : "",
  };
}

const sourceOf = (rows) => (rows.length && rows.every((row) => row.match_source === "mock") ? "mock" : "");

function revenueFacts(series, from, to) {
  return [...series].flatMap(([source, positions]) =>
    [...grouped(positions, (position) => DATA.daily.series[position].currency)].map(([currency, own]) => [
      money(dailySum("revenue_cents", own, from, to), currency),
      `${source} orders, ${currency}`,
      source,
    ]),
  );
}

function matchFacts(matches) {
  const sources = [...new Set(matches.map((match) => match.match_source))].join(" and ");
  const analysed = matches.filter((match) => match.local_date !== null).length;
  return `${sources}, ${count(analysed)} followed in a market`;
}

// The effect after the match, on the whole business or on the one part that the filters name. Nothing is re-estimated
// for dates and match types.
function upliftFacts() {
  const part = chosenPart();
  const named = activeFilters().filter((name) => name !== "source");
  if (named.length && !(part && named.length === 1)) return [];
  return byPair(effectsOf(part, "own_team_match").filter((row) => row.time_window === "post"))
    .map(([row]) => row)
    .filter((row) => row.uplift_pct !== null)
    .map((row) => [
      row.status === "ok" ? percent(row.uplift_pct) : "not known",
      [
        beganBefore(row) ? beganBeforeWords(row) : "",
        row.status === "ok" ? interval(row.ci_low_pct, row.ci_high_pct) : "", pairWords(row),
      ].filter(Boolean).join(", "),
      row.data_source === "real" ? "" : "mock",
    ]);
}

function alarmFacts(series) {
  const alarms = chosenAnomalies();
  return [...series.keys()].filter(hasAlarmHistory).map((source) => {
    const own = alarms.filter((row) => row.order_source === source);
    const kinds =
      [...grouped(own, (row) => row.kind)].map(([kind, rows]) => counted(rows.length, ...ALARM_NOUNS[kind]));
    return [count(own.length), `${kinds.join(", ") || "no outage or surge"} (${source})`, source];
  });
}

function marketFacts(series) {
  const chosen = [...series.values()].flat().map((position) => DATA.daily.series[position]);
  const chains = [...new Set(chosen.map((row) => row.chain))];
  const names = chains.length > 2 ? counted(chains.length, "chain") : chains.join(" and ");
  return [count(new Set(chosen.map((row) => row.market)).size), names];
}

function share(weighted) {
  const total = weighted.reduce((sum, [, weight]) => sum + weight, 0);
  if (!total) return "–";
  const real = weighted.reduce((sum, [source, weight]) => sum + (source === "real" ? weight : 0), 0) / total;
  return real > 0.99 && real < 1 ? "> 99 %" : `${Math.round(real * 100)} %`;
}
