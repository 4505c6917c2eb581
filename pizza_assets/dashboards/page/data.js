// The embedded data: unpacking, lookups, and the sums that filters need. Statistics are never computed here.
const EMBEDDED = JSON.parse(byId("page-data").textContent);
let PAGE = null; // The page as a whole: title, filters, views, chart specifications.
let DATA = null; // The rows of every extract that a view reads, and lookups into them.
const BIN = 900_000; // A quarter-hour in milliseconds.

function column(values) {
  return Array.isArray(values) ? values : values.at.map((code) => (code < 0 ? null : values.of[code]));
}

function rowsOf(table) {
  const names = Object.keys(table);
  const columns = names.map((name) => column(table[name]));
  const rows = new Array(names.length ? columns[0].length : 0);
  for (let i = 0; i < rows.length; i += 1) { // a loop, and keys in one order: there may be a hundred thousand rows
    const row = {};
    for (let c = 0; c < names.length; c += 1) row[names[c]] = columns[c][i];
    rows[i] = row;
  }
  return rows;
}

function grouped(rows, keyOf) {
  const groups = new Map();
  for (const row of rows) {
    const key = keyOf(row);
    if (groups.has(key)) groups.get(key).push(row);
    else groups.set(key, [row]);
  }
  return groups;
}

async function loadData() {
  PAGE = JSON.parse(await (await gunzipped(EMBEDDED.tables)).text());
  DATA = Object.fromEntries(Object.entries(PAGE.extracts).map(([name, table]) => [name, rowsOf(table)]));
  // A match has the date of its kick-off in the clock of its markets.
  for (const match of DATA.matches) {
    match.at = match.kickoff_at * 1000;
    match.date = match.local_date ?? isoDay(match.at);
  }
  DATA.matchById = new Map(DATA.matches.map((match) => [match.match_id, match]));
  DATA.forecastByMatch = grouped(DATA.match_forecast, (row) => row.match_id);
  DATA.daily = await unpackedDays();
}

// Matches in markets are unpacked after the first screen, which does without: there may be a hundred thousand.
let impactRows = null;
function matchesInMarkets() {
  impactRows ??= (async () => {
    DATA.match_impact = rowsOf(JSON.parse(await (await gunzipped(EMBEDDED.impact)).text()));
    for (const row of DATA.match_impact) derive(row, DATA.matches[row.match]);
    DATA.impactByMatch = grouped(DATA.match_impact, (row) => row.match_id);
  })();
  return impactRows;
}

// What a row shares with its match, and what follows from its other columns.
function derive(row, match) {
  const isKnown = row.status === "ok";
  const perStoreHour = (value) => (value === null || !row.store_hours ? null : value / row.store_hours);
  row.match = match;
  row.match_id = match.match_id;
  row.uplift_pct = isKnown ? 100 * (row.observed / row.expected - 1) : null;
  row.extra_orders = isKnown ? row.observed - row.expected : null;
  row.extra_revenue_cents =
    isKnown && row.observed && row.revenue_cents !== null ? row.extra_orders * row.revenue_cents / row.observed : null;
  row.extra_orders_per_store_hour = perStoreHour(row.extra_orders);
  row.extra_revenue_per_store_hour_cents = perStoreHour(row.extra_revenue_cents);
}

// Sums of every series by day, by the names of their columns: those that some view reads.
async function unpackedDays() {
  const { first_day: firstDay, days, series, ...packed } = EMBEDDED.daily;
  const rows = rowsOf(series);
  const sums = Object.fromEntries(await Promise.all(
    Object.entries(packed).map(async ([name, counts]) => [name, await unpacked(counts)])));
  const spans = rows.map((series, position) => spanOf(sums.covered_minutes, position * days, days));
  return { series: rows, days, startsAt: firstDay * DAY_MS, sums, spans };
}

// Positions of the first and one past the last of `length` values that are not 0: outside of them the series had not
// begun, or had ended.
function spanOf(values, start, length) {
  let first = 0, end = length;
  while (first < end && !values[start + first]) first += 1;
  while (end > first && !values[start + end - 1]) end -= 1;
  return [first, end];
}

// Quarter-hours are unpacked only when a view needs them: there are hundreds of thousands.
let quarterHours = null;
function quarters() {
  quarterHours ??= (async () => {
    const { first_bin: firstBin, bins, series, counts, before } = EMBEDDED.quarters;
    const rows = rowsOf(series);
    const values = rows.length ? await unpacked(counts) : [];
    return {
      series: rows,
      bins,
      firstBin,
      hasEarlier: before, // of a large page: quarter-hours before firstBin are known around matches only
      counts: values,
      spans: rows.map((series, position) => spanOf(values, position * bins, bins)),
    };
  })();
  return quarterHours;
}

// The usual orders around matches, by pair of sources, match and market.
let usualOrders = null;
function usual() {
  usualOrders ??= (async () => {
    const { values: packedValues, observed: packedCounts } = EMBEDDED.expected;
    const groups = rowsOf(JSON.parse(await (await gunzipped(EMBEDDED.expected.groups)).text()));
    const values = groups.length ? await unpacked(packedValues) : [];
    const observed = packedCounts && await unpacked(packedCounts);
    let start = 0;
    return new Map(groups.map(({ match, ...group }) => {
      group.match_id = DATA.matches[match].match_id;
      const own = values.subarray(start, start + group.bins);
      const counts = observed?.subarray(start, start + group.bins);
      start += group.bins;
      return [usualKey(group), { firstBin: group.first_bin, values: own, counts }];
    }));
  })();
  return usualOrders;
}

const usualKey = (row) => JSON.stringify([row.order_source, row.match_source, row.match_id, row.market]);

async function gunzipped(base64) {
  const letters = atob(base64), bytes = new Uint8Array(letters.length);
  for (let i = 0; i < bytes.length; i += 1) bytes[i] = letters.charCodeAt(i); // megabytes: no call for each
  return new Response(new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip")));
}

async function unpacked({ width, gzip }) {
  const buffer = await (await gunzipped(gzip)).arrayBuffer();
  if (width === 1) return new Uint8Array(buffer);
  const bytes = new Uint8Array(buffer);
  const values = new Float64Array(bytes.length / width);
  for (let i = 0; i < values.length; i += 1) {
    for (let place = width - 1; place >= 0; place -= 1) values[i] = values[i] * 256 + bytes[i * width + place];
  }
  return values;
}

// Positions in `all` of the series that the filters select, grouped by source of the orders: sources are never summed.
function seriesOf(all, { source, market, chain }) {
  const chosen = new Map();
  all.forEach((series, position) => {
    if ((market && series.market !== market) || (chain && series.chain !== chain) ||
      (source && series.order_source !== source))
      return;
    chosen.set(series.order_source, [...(chosen.get(series.order_source) ?? []), position]);
  });
  return chosen;
}

const isWithin = (place, [first, end]) => place >= first && place < end;

// Daily sums of some series in [from, to): null where nothing is known, complete if every running series is known.
function dailyOrders(positions, from, to) {
  const { sums: { order_count: orders, covered_minutes: covered }, days, startsAt, spans } = DATA.daily;
  const first = Math.max(0, Math.floor((from - startsAt) / DAY_MS)),
        last = Math.min(days, Math.ceil((to - startsAt) / DAY_MS));
  const points = [];
  for (let date = first; date < last; date += 1) {
    let sum = 0, known = 0, running = 0;
    for (const position of positions) {
      sum += orders[position * days + date];
      known += covered[position * days + date];
      if (isWithin(date, spans[position])) running += 1;
    }
    const at = startsAt + date * DAY_MS;
    points.push(
      known ? { at, orders: sum, is_complete: known === running * 1440 } : { at, orders: null, is_complete: true });
  }
  return points;
}

// The sum of a column over some series and the days in [from, to).
function dailySum(name, positions, from, to) {
  const { sums: { [name]: values }, days, startsAt } = DATA.daily;
  const first = Math.max(0, Math.floor((from - startsAt) / DAY_MS)),
        last = Math.min(days, Math.ceil((to - startsAt) / DAY_MS));
  let sum = 0;
  for (const position of positions) {
    for (let date = first; date < last; date += 1) sum += values[position * days + date];
  }
  return sum;
}

// Sums of `binsPerPoint` quarter-hours in [from, to); complete if every running series is known in each of them.
function quarterOrders({ counts, bins, firstBin, spans }, positions, from, to, binsPerPoint) {
  const step = binsPerPoint * BIN;
  const points = [];
  for (let at = Math.floor(from / step) * step; at < to; at += step) {
    let sum = 0, known = 0, running = 0;
    for (let bin = at / BIN - firstBin, end = bin + binsPerPoint; bin < end; bin += 1) {
      if (bin < 0 || bin >= bins) continue;
      for (const position of positions) {
        if (isWithin(bin, spans[position])) running += 1;
        const count = counts[position * bins + bin];
        if (!count) continue;
        sum += count - 1;
        known += 1;
      }
    }
    points.push(known ? { at, orders: sum, is_complete: known === running } : { at, orders: null, is_complete: true });
  }
  return points;
}
