// What several views show of a match and the orders around it.
// A match that many markets follow is shown for the first few; the market filter shows the rest.
const MOST_MARKETS = 6;

const matchAddress = (id) => `#/match/${encodeURIComponent(id)}`;
const openMatch = (id) => { location.hash = matchAddress(id); };

function noMatchWords() {
  if (!DATA.matches.length) return "No matches are stored yet. Collect a week to fill this view.";
  if (!DATA.match_impact.length)
    return "Matches are stored, but no market with orders follows their teams. List the teams that each market " +
      "follows in the markets file.";
  if (FILTER.team && !DATA.match_impact.some((row) => row.team === FILTER.team))
    return `No market with orders follows ${FILTER.team}, so nothing is known about orders around its matches.`;
  return "No match fits these filters.";
}

// Why a view of single matches has none; `none`: if the filters leave no match with a known usual level.
function noUsualLevelWords(none) {
  if (!DATA.match_impact.length) return noMatchWords();
  return areOnlyComparedTogether(chosenImpact("post")) ? `${ONLY_TOGETHER.replace(/^t/, "T")}.` : none;
}

// In the market's local time: that is when its people eat.
const kickoffWords = (row) => `${weekday(Date.parse(row.kickoff_date))}, ${row.kickoff_time} local`;

// Where a window is only partly known, its orders are a lower bound.
function observedWords(row) {
  if (row.is_complete) return count(row.observed);
  return row.observed ? `at least ${count(row.observed)}` : "not known";
}

function changeClass(row) {
  if (row.ci_low_pct === null || row.ci_high_pct === null) return "unsure";
  return row.ci_low_pct > 0 ? "up" : row.ci_high_pct < 0 ? "down" : "unsure";
}

function storeCell(row) {
  if (row.extra_orders_per_store_hour === null) return ["–"];
  const hasMoney = row.extra_revenue_per_store_hour_cents !== null && row.currency;
  return [
    signed(row.extra_orders_per_store_hour),
    hasMoney ? make("span", { class: "sub" }, exactMoney(row.extra_revenue_per_store_hour_cents, row.currency)) : null,
  ].filter(Boolean);
}
