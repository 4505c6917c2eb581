// Forecasts in words.
const spanWords = (low, high) => `${count(Math.round(low))} to ${count(Math.round(high))}`;

// By the clock of the browser: a page may be opened weeks after it was made.
function isOver(fixture) {
  const ends = (DATA.forecastByMatch.get(fixture.match_id) ?? []).filter((row) => row.span === "match")
    .reduce((latest, row) => Math.max(latest, row.ends_at * 1000), fixture.kickoff_at * 1000);
  return nowMs() >= (fixture.kickoff_is_fixed ? ends : ends + DAY_MS);
}

// The forecast less what the match adds, so that the three numbers beside each other agree. The stored number without
// the match is a mean, the forecast a median: the mean may be the larger one although the match adds orders.
function withoutMatchWords({ orders }, added) {
  if (orders === null) return "–";
  return added === null ? count(Math.round(orders))
    : count(Math.max(0, Math.round(10 * (Math.round(orders) - Number(added.toFixed(1)))) / 10));
}

const usedDifference = (row) => (row.is_football_used ? row.difference : null);

// What football adds, or why the forecast leaves it out.
function addedWords(row) {
  if (row.difference === null || !row.is_football_used) {
    const why =
      row.football_reasons === null ? "it did not improve past forecasts" : reasonWords(row.football_reasons);
    return ["not included", make("span", { class: "sub why" }, why)];
  }
  const average = row.average_difference_low === null
    ? null
    : make("span", { class: "sub" },
        `${signed(row.average_difference_low, 1)} to ${signed(row.average_difference_high, 1)} on average`);
  return [
    signed(row.difference, 1), average,
    make(
      "span", { class: "sub" }, `${signed(row.difference_low, 1)} to ${signed(row.difference_high, 1)} this time`),
  ].filter(Boolean);
}
