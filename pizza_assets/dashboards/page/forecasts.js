// Forecasts in words.
const spanWords = (low, high) => `${count(Math.round(low))} to ${count(Math.round(high))}`;

// What football adds, or why the forecast leaves it out.
function addedWords(row) {
  if (row.difference === null || !row.is_football_used) {
    const why =
      row.football_reasons === null ? "it did not improve past forecasts" : reasonWords(row.football_reasons);
    return ["not included", make("span", { class: "sub" }, why)];
  }
  const average = row.average_difference_low === null
    ? null
    : make("span", { class: "sub" },
        `${signed(row.average_difference_low, 0)} to ${signed(row.average_difference_high, 0)} on average`);
  return [
    signed(row.difference, 0), average,
    make(
      "span", { class: "sub" }, `${signed(row.difference_low, 0)} to ${signed(row.difference_high, 0)} this time`),
  ].filter(Boolean);
}
