// The embedded data: decoding, unpacking, and the sums that filters need. Statistics are never computed here.
const PAGE = JSON.parse(byId("page-data").textContent);

function column(values) {
  return Array.isArray(values) ? values : values.at.map((code) => (code < 0 ? null : values.of[code]));
}

function rowsOf(table) {
  const names = Object.keys(table);
  const columns = names.map((name) => column(table[name]));
  return Array.from({ length: names.length ? columns[0].length : 0 }, (_, i) =>
    Object.fromEntries(names.map((name, c) => [name, columns[c][i]])),
  );
}

const DATA = {
  matches: rowsOf(PAGE.matches).map((match) => ({ ...match, at: match.kickoff_at * 1000 })),
  impact: rowsOf(PAGE.impact),
  correlations: rowsOf(PAGE.correlations),
  insights: rowsOf(PAGE.insights),
  quality: rowsOf(PAGE.quality),
  windows: grouped(rowsOf(PAGE.windows), (row) => row.match_id),
  series: rowsOf(PAGE.timeline.series),
  hours: null, // Hourly counts, once unpacked.
};
const MATCH_BY_ID = new Map(DATA.matches.map((match) => [match.match_id, match]));
const IMPACT_BY_MATCH = grouped(DATA.impact, (row) => row.match_id);

function grouped(rows, keyOf) {
  const groups = new Map();
  for (const row of rows) {
    const key = keyOf(row);
    if (groups.has(key)) groups.get(key).push(row);
    else groups.set(key, [row]);
  }
  return groups;
}

async function unpackTimeline() {
  if (!DATA.series.length) return;
  const [orders, covered, revenue] = await Promise.all(
    ["order_count", "covered_minutes", "revenue_cents"].map((name) => unpacked(PAGE.timeline[name])),
  );
  DATA.hours = { orders, covered, revenue, perSeries: PAGE.timeline.days * 24, startsAt: PAGE.timeline.first_day * DAY_MS };
}

async function unpacked({ width, gzip }) {
  const bytes = Uint8Array.from(atob(gzip), (letter) => letter.charCodeAt(0));
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
  const view = new DataView(await new Response(stream).arrayBuffer());
  const read = {
    1: (at) => view.getUint8(at),
    2: (at) => view.getUint16(at, true),
    4: (at) => view.getUint32(at, true),
    8: (at) => Number(view.getBigUint64(at, true)),
  }[width];
  return Float64Array.from({ length: view.byteLength / width }, (_, i) => read(i * width));
}

// Positions of the series that the filters choose, by source of the orders: sources are never summed.
function chosenSeries(market, orderSource) {
  const chosen = new Map();
  DATA.series.forEach((series, position) => {
    if ((market && series.market !== market) || (orderSource && series.order_source !== orderSource)) return;
    chosen.set(series.order_source, [...(chosen.get(series.order_source) ?? []), position]);
  });
  return chosen;
}

// Sums of `hoursPerPoint` hours (1 or 24) in [from, to): orders, and whether every minute of every series is known.
function summedOrders(positions, from, to, hoursPerPoint) {
  const { orders, covered, perSeries, startsAt } = DATA.hours;
  const step = hoursPerPoint * HOUR;
  const first = Math.max(0, Math.floor((from - startsAt) / step));
  const last = Math.min(perSeries / hoursPerPoint, Math.ceil((to - startsAt) / step));
  const points = [];
  for (let point = first; point < last; point += 1) {
    let sum = 0, known = 0;
    for (const position of positions) {
      const start = position * perSeries + point * hoursPerPoint;
      for (let hour = start; hour < start + hoursPerPoint; hour += 1) {
        sum += orders[hour];
        known += covered[hour];
      }
    }
    if (known) points.push({ at: startsAt + point * step, orders: sum, is_complete: known === positions.length * hoursPerPoint * 60 });
    else points.push({ at: startsAt + point * step, orders: null, is_complete: true });
  }
  return points;
}

function summedRevenue(positions, from, to) {
  const { revenue, startsAt } = DATA.hours;
  const first = Math.max(0, Math.floor((from - startsAt) / DAY_MS));
  const last = Math.min(PAGE.timeline.days, Math.ceil((to - startsAt) / DAY_MS));
  let sum = 0;
  for (const position of positions) {
    for (let date = first; date < last; date += 1) sum += revenue[position * PAGE.timeline.days + date];
  }
  return sum;
}
