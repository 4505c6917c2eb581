// Alarms in words, and whether they were looked for. Their table is a view of its own.
const ALARM_NOUNS = {
  low: ["outage", "outages"],
  high: ["surge", "surges"],
  missing_day: ["day without any order", "days without any order"],
};

// Nothing found is said only where alarms were looked for.
function noAlarmWords() {
  if (!DATA.daily.series.length) return "No orders are stored yet: collect a week, then this view fills.";
  const series = chosenDays();
  const [from, to] = chosenPeriod();
  if (![...series.values()].some(
        (positions) => dailyOrders(positions, from, to).some((point) => point.orders !== null)))
    return "No orders are known for this choice, so nothing can be said of alarms.";
  const young = [...series.keys()].filter((source) => !isLookedAt(source));
  if (young.length === series.size)
    return `Alarms are looked for once ${count(PAGE.weeks_for_alarms)} weeks of orders are known; there are fewer.`;
  return "No store departed from its usual orders by more than chance in this choice.";
}

// Whether a source's orders reach back far enough for alarms.
function isLookedAt(source) {
  const positions = seriesOf(DATA.daily.series, { source }).get(source) ?? [];
  const known = dailyOrders(positions, -Infinity, Infinity).filter((point) => point.orders !== null).length;
  return known > 7 * (PAGE.weeks_for_alarms - 1);
}
