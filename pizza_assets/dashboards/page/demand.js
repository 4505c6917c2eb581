// Forecasts of shops by hour: what of them is still ahead, their addresses and labels. Days are business days.
const nowMs = () => Date.now();
const isAhead = (row) => row.ends_at * 1000 > nowMs();
const shopKey = (row) => JSON.stringify([row.order_source, row.match_source, row.chain, row.market, row.store_id]);
const dateWords = (date) => weekday(Date.parse(date)).replace(/ \d{4}$/, "");
const shopWords = (row) => `${row.market} · ${row.store_id}`;

// The parts of an address are encoded one by one; the last is the date.
const shopDayPath = (row) => [row.order_source, row.match_source, row.chain, row.market, row.store_id, row.business_date]
  .map(encodeURIComponent).join("/");
const shopDayAddress = (row) => `#/day/${shopDayPath(row)}`;

function demandRows() {
  return DATA.demand_forecast.filter((row) => isAhead(row) && pairChosen(row) &&
    (!FILTER.market || row.market === FILTER.market) && (!FILTER.chain || row.chain === FILTER.chain));
}

// "31 orders", and people where it is known how many orders one makes.
function staffWords(row) {
  const orders = counted(Math.round(row.quantile_90), "order");
  return row.people === null ? orders : `${orders}, ${counted(row.people, "person", "people")}`;
}

// What matches add to a day or an hour, in orders; null where that is not included.
const addedOrders = (row) => (row.with_football === null ? null : row.with_football - row.without_football);

// Why a day has no number, in plain words.
function plainReason(row) {
  const [first] = (row.reasons ?? "").split("; ");
  return first ? first.replace(/^[a-z_0-9]+: /, "") : "the reason is not recorded";
}
