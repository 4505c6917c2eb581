// This weekend: a table of shops and days for each chain; a cell opens the shop's hours.
RENDERERS.weekend = renderWeekend;

let chosenDates = "weekend"; // Which of PERIODS people asked for.
let busiestOn = ""; // The day by which shops are sorted, the busiest first; else by how unusual their days are.
const PERIODS = {
  weekend: { words: "The weekend", title: () => PAGE.views.weekend.title },
  next: { words: "Next weekend", title: () => "Next weekend" },
  week: { words: "Seven days", title: () => "The next seven days" },
  later: { words: "The week after", title: () => "The week after" },
};

function renderWeekend() {
  const known = demandRows(), rows = known.filter(isAhead);
  const all = [...new Set(rows.map((row) => row.business_date))].sort();
  const offered = Object.keys(PERIODS).filter((name) => shownDates(all, name).length);
  const period = offered.includes(chosenDates) ? chosenDates : "weekend";
  const dates = shownDates(all, period);
  const shown = rows.filter((row) => dates.includes(row.business_date));
  const labels = shown.map((row) => row.data_source);
  if (!shown.length) {
    fillView("weekend", { labels, body: [emptyNote(nothingAheadWords())] });
    return [];
  }
  const tables = byPair(known.filter((row) => dates.includes(row.business_date))).flatMap((own) =>
    [...grouped(own, (row) => row.chain)].sort(([a], [b]) => a.localeCompare(b))
      .map(([chain, ofChain]) => chainTable(chain, ofChain, dates)));
  const tell = make("p", { class: "hint" },
    `${hasSeveralShops(shown) ? "Select a day to see its busiest shops first. " : ""}To tell the shops, print this ` +
      "page, or send it with “pizza digest --send”.");
  const body = [weekendTools(shown, rows, dates, offered, period), ...tables, tell];
  fillView("weekend", { labels, title: weekendTitle(dates, period), body });
  return [];
}

// Whether a table has shops to sort.
const hasSeveralShops = (rows) =>
  [...grouped(rows, (row) => `${pairOf(row)} ${row.chain}`).values()].some((own) => grouped(own, shopKey).size > 1);

// In which order the shops are, and what their percentages mean.
function orderWords(rows, dates) {
  if (!hasSeveralShops(rows)) return "Per cent: a day against the mean of its last 8 weeks.";
  if (dates.includes(busiestOn))
    return `The busiest shops of ${dateWords(busiestOn)} come first. Per cent: a day against the mean of its last ` +
      "8 weeks.";
  return "Shops come first whose day differs most from the mean of its last 8 weeks: by that many per cent.";
}

// Whether a shop's hour may need more than one person, as in cli/forecasting.py. Mock shops never get the hint.
const isForSeveral = (row) =>
  row.order_source === "real" && row.span === "hour" && row.quantile_90 >= PAGE.least_for_several;

// Friday to Sunday of the running or the next weekend; or of the weekend after it; or the next seven days; or those
// that follow.
function shownDates(dates, period) {
  const week = dates.slice(0, 7);
  if (period === "later") return dates.slice(7);
  if (period === "week") return week;
  const weekend = firstWeekend(week);
  const running = weekend.length ? weekend : week;
  return period === "next" ? firstWeekend(dates.filter((date) => date > running[running.length - 1])) : running;
}

function firstWeekend(dates) {
  const weekdayOf = (date) => new Date(date).getUTCDay();
  const weekend = dates.filter((date) => [5, 6, 0].includes(weekdayOf(date)));
  const last = weekend.findIndex((date) => weekdayOf(date) === 0);
  return weekend.slice(0, last < 0 ? weekend.length : last + 1);
}

function weekendTitle(dates, period) {
  const [first, last] = [dates[0], dates[dates.length - 1]].map(dateWords);
  const days = dates.length > 1 ? `${first} to ${last}` : first;
  return `${PERIODS[period].title()}: ${days}`;
}

function nothingAheadWords() {
  if (!DATA.demand_forecast.length)
    return isBeyondForecasts(nowMs() + 2 * DAY_MS) // a whole day ahead ends before then
      ? `No shop has a forecast for the days ahead: ${reachWords()}.`
      : "No shop has a forecast yet: that needs about 8 weeks of orders, with some in the last 14 days.";
  return DATA.demand_forecast.some(isAhead)
    ? "No shop fits these filters."
    : "Every day that was forecast here has passed. Run “pizza run” for a new page.";
}

function weekendTools(shown, all, dates, offered, period) {
  const show = (chosen) => { chosenDates = chosen; redraw(renderWeekend); byId("weekend-days").focus(); };
  const hasPeople = shown.some((row) => row.people !== null);
  const staff = hasPeople ? "orders and people" : "orders";
  const people = hasPeople || !shown.some(isForSeveral) ? ""
    : " To show people as well, set PIZZA_ORDERS_PER_PERSON before “pizza run”.";
  // From Saturday on, the weekend that people plan is the next one.
  const isEnding = period === "weekend" && offered.includes("next") &&
    new Set(shown.map((row) => row.business_date)).size < 3;
  return make("div", { class: "weekend-tools" },
    make("p", { class: "hint" },
      `How many ${staff} to staff for in the busiest hour still ahead: nine in ten such hours need no more. Select a ` +
        `number for all hours. ${orderWords(shown, dates)}${people}`),
    make("span", { class: "buttons" },
      isEnding ? make("button", { type: "button", id: "next-weekend", onclick: () => show("next") }, "Next weekend")
        : null,
      make("select", { id: "weekend-days", "aria-label": "Days", onchange: (event) => show(event.target.value) },
        ...offered.map((value) => make("option", { value, selected: value === period }, PERIODS[value].words))),
      downloadButton("demand-forecast", all)));
}

function chainTable(chain, rows, dates) {
  const shops = [...grouped(rows, shopKey).values()]
    .map((own) => ({ own, unusual: mostUnusual(own) }))
    .sort((a, b) => (dates.includes(busiestOn) ? staffOn(b.own, busiestOn) - staffOn(a.own, busiestOn) : 0) ||
      Math.abs(b.unusual?.unusual_pct ?? 0) - Math.abs(a.unusual?.unusual_pct ?? 0) ||
      shopWords(a.own[0]).localeCompare(shopWords(b.own[0])));
  const head = make("thead", {}, make("tr", {}, make("th", { scope: "col" }, "Shop"),
    ...dates.map((date) => dayHead(`${pairOf(rows[0])}-${chain}`, date, shops.length > 1))));
  const table = make("table", { class: `weekend ${["one", "two", "three"][dates.length - 1] ?? "many"}` }, head,
    make("tbody", {}, ...shops.map(({ own, unusual }) => shopRow(own, dates, unusual))));
  return make("div", { class: "chain" },
    make("h3", {}, `${chain} `, make("span", { class: "sub" }, counted(shops.length, "shop")), " ",
      shortPairBadge(rows[0])),
    make("p", { class: "print-only" },
      `Orders${rows.some((row) => row.people !== null) ? " and people" : ""} to staff for in the busiest hour of ` +
        "each day: nine in ten such hours need no more. Per cent: against the mean of the last 8 weeks. " +
        `Data as of ${PAGE.data_as_of}.`),
    scrolling(`Shops of ${chain}, ${pairWords(rows[0])}`, table));
}

// Selecting a day sorts by it, selecting it again does not.
function dayHead(table, date, isSortable) {
  if (!isSortable) return make("th", { scope: "col", class: "day" }, dateWords(date));
  const id = `busiest-${date}-${table}`;
  const toggle = () => {
    busiestOn = busiestOn === date ? "" : date;
    renderWeekend();
    byId(id)?.focus();
  };
  return make("th", { scope: "col", class: "day", ...(busiestOn === date ? { "aria-sort": "descending" } : {}) },
    make("button", { id, type: "button", onclick: toggle, title: "busiest shops first" }, dateWords(date)),
    make("span", { class: "print-only" }, dateWords(date))); // a printed head that is repeated has no buttons
}

// What to staff for in the shop's busiest hour of the day; shops without such an hour come last.
function staffOn(own, date) {
  const peak = peakOf(own.filter((row) => row.business_date === date));
  return peak ? peak.quantile_90 : -1;
}

function peakOf(rows) {
  const hours = rows.filter((row) => row.span === "hour" && isAhead(row) && row.quantile_90 !== null);
  return hours.length ? hours.reduce((most, row) => (row.expected > most.expected ? row : most)) : null;
}

// The day of a shop that differs most from its mean; undefined where none is known.
function mostUnusual(own) {
  const known = [...grouped(own, (row) => row.business_date).values()].filter((rows) => !isClosedForToday(rows)).flat()
    .filter((row) => row.span === "day" && isAhead(row) && row.unusual_pct !== null);
  return known.sort((a, b) => Math.abs(b.unusual_pct) - Math.abs(a.unusual_pct))[0];
}

function shopRow(own, dates, unusual) {
  const [first] = own;
  const cells = dates.map((date) => dayCell(own.filter((row) => row.business_date === date)));
  return make("tr", {},
    make("th", { scope: "row", title: first.store_id }, `${first.market} `,
      shopNumber(first) ? make("span", { class: "sub" }, shopNumber(first)) : null, " ",
      unusual ? make("span", { class: "sub unusual", title: "against the mean of the last 8 weeks" },
        `${dates.length > 1 ? `${dateWords(unusual.business_date).slice(0, 3)} ` : ""}${
          percent(unusual.unusual_pct, 0)}`) : null), ...cells);
}

function dayCell(rows) {
  const whole = rows.find((row) => row.span === "day" && isAhead(row));
  const peak = peakOf(rows);
  if (!peak)
    return make("td", { class: "day none" }, make("span", { class: "sub" }, noNumberWords(rows, whole)));
  const hours = rows.filter((row) => row.span === "hour" && isAhead(row) && row.quantile_90 !== null);
  const people = peak.people === null ? null
    : make("span", { class: "people" }, counted(peak.people, "person", "people"));
  return make("td", { class: "day" }, make("div", { class: "cell" },
    make("a", { href: shopDayAddress(peak),
      title: `${peak.market} ${peak.store_id}, ${dateWords(peak.business_date)}: staff for ${
        staffWords(peak)}, ${peak.local_start} to ${peak.local_end}` },
      make("span", { class: "staff" }, count(Math.round(peak.quantile_90))),
      make("span", { class: "when" }, `${peak.local_start}–${peak.local_end}`)),
    people, hours.some((row) => row.match !== null) ? matchMark(rows, whole) : null));
}

// All matches of the day, and what they add to the day as it was forecast: hours that pass change neither.
function matchMark(rows, whole) {
  const matches = [...new Set(rows.map((row) => row.match).filter((match) => match !== null))];
  const kickoffs = matches.map((match) => match.slice(match.lastIndexOf(", ") + 2)).join(" and ");
  const added = whole ? addedOrders(whole) : null;
  const words = `${matches.length > 1 ? "matches" : "match"} ${kickoffs}`;
  return make("span", { class: "match-mark", title: matches.join("; ") },
    added === null || Math.round(added) === 0 ? words : `${words}, ${addedOrderWords(added)}`);
}

function noNumberWords(rows, whole) {
  if (!whole) return "not forecast";
  if (isClosedForToday(rows)) return "closed for today";
  const since = whole.days_ahead ? "all day" : `from ${whole.local_start} on`;
  const about = whole.expected === null ? "" : `about ${count(Math.round(whole.expected))} orders ${since}; `;
  return `${whole.holiday ? `${whole.holiday}: ` : ""}${about}${plainReason(whole)}`;
}
