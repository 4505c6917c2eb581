// Outages and surges of single stores, the most certain first, each with the nearest match.
RENDERERS.anomalies = renderAnomalies;

const anomalyPages = paged(10);

function renderAnomalies() {
  const rows = chosenAnomalies().sort(
    (a, b) => (a.q_value ?? 0) - (b.q_value ?? 0) || Math.abs(b.extra_orders) - Math.abs(a.extra_orders));
  if (!rows.length) {
    fillView("anomalies", { labels: [...chosenDays().keys()], body: [emptyNote(noAlarmWords())] });
    return [];
  }
  const table =
    make("table", {}, headOf(ANOMALY_HEADS), make("tbody", {}, ...pageOf(rows, anomalyPages).map(anomalyRow)));
  fillView("anomalies", {
    labels: rows.map((row) => row.order_source),
    title: titleOfOrders("anomalies", rows.map((row) => row.order_source)),
    body: [
      anomalyHint(rows), scrolling("Table of alarms", table),
      pager(rows.length, anomalyPages, "anomalies", renderAnomalies), downloadButton("alarms", rows),
    ],
  });
  return [];
}

function anomalyHint(rows) {
  const shares = rows.map((row) => row.expected_false_share).filter((value) => value !== null);
  const doubt =
    shares.length ? ` Up to ${Math.round(100 * Math.max(...shares))} % of each kind are expected to be false.` : "";
  return make("p", { class: "hint" },
    "An outage is two hours or more with a tenth of the usual orders or fewer, or an hour or more without any where " +
    "the store always has some on that weekday; a surge, three hours or more with at least one and a half times the " +
    "usual. Only the hours of outages of the second kind, without any order, are left out of the answers about " +
    `matches, and of forecasts.${doubt}`);
}

const ANOMALY_HEADS = [
  ["Store", ""], ["Alarm", ""], ["Data", "wide-only"], ["Orders", "number"], ["Usual", "number"],
  ["Money", "number wide-only"], ["Expected false share", "number wide-only"],
  ["Nearest match within six hours", "wide-only"],
];

function anomalyRow(row) {
  const { date, hours } = alarmTimes(row);
  return make("tr", {},
    make("td", {}, `${row.store_id}, ${row.market}`,
      make("span", { class: "sub" }, `${date}, ${hours} · ${row.chain}`),
      make("span", { class: "sub narrow-only" }, nearestMatch(row))),
    make("td", {}, make("span", { class: `kind ${row.kind}` }, ALARM_NOUNS[row.kind][0]),
      row.seen_in === "both" ? make("span", { class: "sub" }, "in real and mock data") : null),
    make("td", { class: "wide-only" }, badge(row.order_source)), make("td", { class: "number" }, count(row.observed)),
    make("td", { class: "number" }, row.expected.toFixed(1)),
    make("td", { class: "number wide-only" },
      row.extra_revenue_cents === null || !row.currency ? "–" : exactMoney(row.extra_revenue_cents, row.currency)),
    make("td", { class: "number wide-only" }, row.q_value === null ? "–" : falseShare(row.q_value)),
    make("td", { class: "wide-only" }, nearestMatch(row)));
}

function nearestMatch(row) {
  if (row.match_id === null) return "no match";
  const when = `${signed(row.minutes_from_kickoff, 0)} minutes from kick-off, ${resultWords(row.result)}${
    row.match_source === "mock" ? " (mock)" : ""}`;
  return make("span", {}, make("a", { href: matchAddress(row.match_id) }, `${row.home_team} – ${row.away_team}`),
    make("span", { class: "sub" }, when));
}
