// Outages and surges of single stores, the surest first, each beside the match that was on.
const ALARM_NOUNS = { low: ["outage", "outages"], high: ["surge", "surges"], missing_day: ["day without any order", "days without any order"] };
const anomalyPages = paged(10);

function renderAnomalies() {
  const rows = chosenAnomalies().sort((a, b) => (a.q_value ?? 0) - (b.q_value ?? 0) || Math.abs(b.extra_orders) - Math.abs(a.extra_orders));
  if (!rows.length) {
    const note = DATA.daily.series.length ? "No store departed from its usual orders by more than chance in this choice." : "No orders are stored yet: collect a week, then this view fills.";
    fillView("anomalies", { labels: [...chosenDays().keys()], body: [emptyNote(note)] });
    return [];
  }
  const table = make("table", {}, anomalyHead(), make("tbody", {}, ...pageOf(rows, anomalyPages).map(anomalyRow)));
  fillView("anomalies", { labels: rows.map((row) => row.order_source), body: [anomalyHint(rows), scrolling("Table of alarms", table), pager(rows.length, anomalyPages, "anomalies", renderAnomalies)] });
  return [];
}

function anomalyHint(rows) {
  const worst = Math.max(...rows.map((row) => row.expected_false_share ?? 0));
  return make("p", { class: "hint" }, `An outage is two hours or more with a tenth of the usual orders, a surge three hours or more with half as many again. Up to ${Math.round(100 * worst)} % of a kind are expected to be false alarms.`);
}

function anomalyHead() {
  const heads = [["Store", ""], ["What", ""], ["Data", "wide-only"], ["Orders", "number"], ["Usual", "number"], ["Money", "number wide-only"], ["q", "number wide-only"], ["Nearest match, within six hours", "wide-only"]];
  return make("thead", {}, make("tr", {}, ...heads.map(([words, classes]) => make("th", { scope: "col", class: classes }, words))));
}

function anomalyRow(row) {
  const hours = (row.ends_at - row.starts_at) / 3600;
  return make("tr", {},
    make("td", {}, `${row.store_id}, ${row.market}`, make("span", { class: "sub" }, `${moment(row.at)}, ${signed(hours, 1).replace("+", "")} h · ${row.chain}`), make("span", { class: "sub narrow-only" }, nearestMatch(row))),
    make("td", {}, make("span", { class: `kind ${row.kind}` }, ALARM_NOUNS[row.kind][0]), row.seen_in === "both" ? make("span", { class: "sub" }, "in real and mock data") : null),
    make("td", { class: "wide-only" }, badge(row.order_source)),
    make("td", { class: "number" }, count(row.observed)), make("td", { class: "number" }, row.expected.toFixed(1)),
    make("td", { class: "number wide-only" }, row.extra_revenue_cents === null || !row.currency ? "–" : exactMoney(row.extra_revenue_cents, row.currency)),
    make("td", { class: "number wide-only" }, row.q_value === null ? "–" : chance(row.q_value)),
    make("td", { class: "wide-only" }, nearestMatch(row)));
}

function nearestMatch(row) {
  if (row.match_id === null) return "no match";
  const when = `${signed(row.minutes_from_kickoff, 0)} minutes from kick-off, ${resultWords(row.result)}${row.match_source === "mock" ? " (mock)" : ""}`;
  return make("span", {}, make("a", { href: matchAddress(row.match_id) }, `${row.home_team} – ${row.away_team}`), make("span", { class: "sub" }, when));
}
