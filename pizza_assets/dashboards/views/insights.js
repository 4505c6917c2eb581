// What we found: the sentences that the analysis wrote, the first one in large type.
RENDERERS.insights = renderInsights;

const FIRST_INSIGHTS = 4;

function renderInsights() {
  const rows =
    DATA.insights.filter((row) => (row.order_source === null || !FILTER.source || row.order_source === orderSource()) &&
        (row.match_source === null || !FILTER.source || row.match_source === matchSource()));
  const body = rows.length ? insightLists(rows) : [
    emptyNote("No findings for these filters. Findings appear once the analysis has run on these sources."),
  ];
  if (rows.length) body.push(downloadButton("findings", rows));
  fillView("insights", { labels: rows.map((row) => row.data_source), body });
  return [];
}

// The first findings are always shown; the rest are collapsed.
function insightLists(rows) {
  const list = (some) => make("ol", {}, ...some.map(insightItem));
  const rest = rows.slice(FIRST_INSIGHTS);
  if (!rest.length) return [list(rows)];
  return [
    list(rows.slice(0, FIRST_INSIGHTS)),
    make("details", {}, make("summary", {}, `${counted(rest.length, "more finding")}`), list(rest)),
  ];
}

function insightItem(row) {
  const facts =
    [row.order_source ? (row.match_source ? pairBadge(row) : badge(row.order_source, `${row.order_source} orders`))
      : badge(row.data_source)];
  if (row.uplift_pct !== null)
    facts.push(`${percent(row.uplift_pct)} (95 % interval ${interval(row.ci_low_pct, row.ci_high_pct)})`);
  if (row.n_matches) facts.push(counted(row.n_matches, "match", "matches"));
  if (row.q_value !== null) facts.push(`expected false share of such findings ${falseShare(row.q_value)}`);
  if (row.extra_orders_per_store_hour !== null) facts.push(perStoreWords(row));
  return make(
    "li",
    { class: row.kind },
    make("p", { class: "headline" }, withMinus(row.headline)),
    row.caveat ? make("p", { class: "caveat-text" }, withMinus(row.caveat)) : null,
    make("p", { class: "facts" }, ...facts.map((fact) => (typeof fact === "string" ? make("span", {}, fact) : fact))),
  );
}
