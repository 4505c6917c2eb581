// Forecasts of shops by hour: what of them is still ahead, their addresses and labels. Days are business days.
const nowMs = () => Date.now();
const isAhead = (row) => row.ends_at * 1000 > nowMs();
const shopKey = (row) => JSON.stringify([row.order_source, row.match_source, row.chain, row.market, row.store_id]);
const dateWords = (date) => weekday(Date.parse(date)).replace(/ \d{4}$/, "");
const shopWords = (row) => [row.market, shopNumber(row)].filter(Boolean).join(", ");

// What tells a shop from others of its market: "shop 2" where its id only repeats the market, otherwise its id.
function shopNumber(row) {
  const plain = (text) => text.normalize("NFKC").toLowerCase().replace(/[^\p{L}\p{N}]+/gu, "-");
  const [market, id] = [plain(row.market), plain(row.store_id)];
  if (id === market) return "";
  return /^-\d+$/.test(id.slice(market.length)) && id.startsWith(market) ? `shop\u00a0${id.slice(market.length + 1)}`
    : row.store_id;
}

// The parts of an address are encoded one by one; the last is the date.
const shopDayPath = (row) =>
  [row.order_source, row.match_source, row.chain, row.market, row.store_id, row.business_date]
    .map(encodeURIComponent).join("/");
const shopDayAddress = (row) => `#/day/${shopDayPath(row)}`;

// With the hours that have passed: they tell that a shop is closed for today.
function demandRows() {
  return DATA.demand_forecast.filter((row) => pairChosen(row) &&
    (!FILTER.market || row.market === FILTER.market) && (!FILTER.chain || row.chain === FILTER.chain));
}

// "31 orders", and people where it is known how many orders one makes.
function staffWords(row) {
  const orders = counted(Math.round(row.quantile_90), "order");
  return row.people === null ? orders : `${orders}, ${counted(row.people, "person", "people")}`;
}

// What matches add to a day or an hour, in orders; null where that is not included.
const addedOrders = (row) => (row.with_football === null ? null : row.with_football - row.without_football);

// "+1 order", "−3 orders".
function addedOrderWords(added) {
  const rounded = Math.round(added);
  return `${rounded < 0 ? "−" : "+"}${counted(Math.abs(rounded), "order")}`;
}

// Whether the business day of these rows, of one shop, runs on after its last hour; or the forecast was made so late.
function isClosedForToday(rows) {
  const hours = rows.filter((row) => row.span === "hour");
  const whole = rows.find((row) => row.span === "day");
  if (!whole || !isAhead(whole) || hours.some(isAhead)) return false;
  return hours.length > 0 || (whole.reasons ?? "").startsWith("shop_done");
}

// Why a day has no hours, in plain words.
function plainReason(row) {
  const [first] = (row.reasons ?? "").split("; ");
  return first ? withoutCode(first) : "past forecasts of single hours were not good enough";
}
