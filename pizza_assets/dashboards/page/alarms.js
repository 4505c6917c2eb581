// What alarms are called, and why there are none. The table of alarms is a view of its own.
const ALARM_NOUNS = {
  low: ["outage", "outages"],
  high: ["surge", "surges"],
  missing_day: ["day without any order", "days without any order"],
};

// When an alarm began and ended, in its market's local time, or in UTC if the zone is not known.
function alarmSpan(row) {
  const zone = PAGE.zones[row.market];
  return [row.starts_at, row.ends_at].map((at) => (zone ? shownIn(zone, at * 1000) : at * 1000));
}

// The date and hours of an alarm in words.
function alarmTimes(row) {
  const [begin, end] = alarmSpan(row);
  const zone = PAGE.zones[row.market] ? "local" : "UTC";
  const hours = count((row.ends_at - row.starts_at) / 3600); // a whole day has the same clock at both ends
  return { date: weekday(begin), hours: `${clock(begin)} to ${clock(end)} ${zone}, ${hours} h` };
}

// The date that is shown, for the filter.
const alarmDate = (row) => isoDay(alarmSpan(row)[0]);

// Where an alarm is drawn on a line by UTC days: a local day may begin on the UTC day before.
const middleOf = (row) => (row.starts_at + row.ends_at) * 500;

// Why no alarm is shown: "none found" only where there were enough weeks to look for them.
function noAlarmWords() {
  if (!DATA.daily.series.length) return "No orders are stored yet. Collect a week to fill this view.";
  const series = chosenDays();
  const [from, to] = chosenPeriod();
  if (![...series.values()].some(
        (positions) => dailyOrders(positions, from, to).some((point) => point.orders !== null)))
    return "No orders are known for these filters, so there are no alarms to show.";
  if (![...series.keys()].some(hasAlarmHistory))
    return `Alarms need ${count(PAGE.weeks_for_alarms)} weeks of orders; there are fewer so far.`;
  return "No outage or surge large enough to be told from chance, for these filters.";
}

// Whether a source has enough weeks of orders for alarms.
function hasAlarmHistory(source) {
  const positions = seriesOf(DATA.daily.series, { source }).get(source) ?? [];
  const known = dailyOrders(positions, -Infinity, Infinity).filter((point) => point.orders !== null).length;
  return known > 7 * (PAGE.weeks_for_alarms - 1);
}
