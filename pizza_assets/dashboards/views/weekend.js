// This weekend: a table of shops and days for each chain; a cell opens the shop's hours.
RENDERERS.weekend = renderWeekend;

let chosenDates = "weekend"; // Which of PERIODS people asked for.
const PERIODS = {
  weekend: { words: "The weekend", title: () => PAGE.views.weekend.title },
  week: { words: "Seven days", title: () => "The next seven days" },
  later: { words: "The week after", title: () => "The week after" },
};

function renderWeekend() {
  const known = demandRows(), rows = known.filter(isAhead);
  const all = [...new Set(rows.map((row) => row.business_date))].sort();
  const period = chosenDates === "later" && all.length <= 7 ? "week" : chosenDates;
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
  const body = [weekendTools(shown, rows, all, period), ...tables];
  fillView("weekend", { labels, title: weekendTitle(dates, period), body });
  return [];
}

// Friday to Sunday of the running or the next weekend; or the next seven days; or those that follow.
function shownDates(dates, period) {
  const week = dates.slice(0, 7);
  if (period === "later") return dates.slice(7);
  if (period !== "weekend") return week;
  const weekdayOf = (date) => new Date(date).getUTCDay();
  const weekend = week.filter((date) => [5, 6, 0].includes(weekdayOf(date)));
  const last = weekend.findIndex((date) => weekdayOf(date) === 0);
  return weekend.length ? weekend.slice(0, last < 0 ? weekend.length : last + 1) : week;
}

function weekendTitle(dates, period) {
  const words = (date) => dateWords(date).replace(",", "");
  const days = dates.length > 1 ? `${words(dates[0])} to ${words(dates[dates.length - 1])}` : words(dates[0]);
  return `${PERIODS[period].title()}: ${days}`;
}

function nothingAheadWords() {
  if (!DATA.demand_forecast.length)
    return "No shop has a forecast yet: it needs orders of the last 14 days, and about 8 weeks of them.";
  return DATA.demand_forecast.some(isAhead)
    ? "No shop fits these filters."
    : "Every day that was forecast here has passed. Run “pizza run” for a new page.";
}

function weekendTools(shown, all, dates, period) {
  const choose = (event) => { chosenDates = event.target.value; redraw(renderWeekend); byId("weekend-days").focus(); };
  const hasPeople = shown.some((row) => row.people !== null);
  const staff = hasPeople ? "orders and people" : "orders";
  const people = hasPeople || !shown.some((row) => row.quantile_90 !== null) ? ""
    : " With PIZZA_ORDERS_PER_PERSON set, people are shown, too.";
  const offered = Object.entries(PERIODS).filter(([name]) => name !== "later" || dates.length > 7);
  return make("div", { class: "weekend-tools" },
    make("p", { class: "hint" },
      `How many ${staff} to staff for in the busiest hour still ahead: nine in ten such hours need no more. Select a ` +
        `number for all hours. Unusual days come first.${people}`),
    make("span", { class: "buttons" },
      make("select", { id: "weekend-days", "aria-label": "Days", onchange: choose },
        ...offered.map(([value, { words }]) => make("option", { value, selected: value === period }, words))),
      downloadButton("demand-forecast", all)));
}

function chainTable(chain, rows, dates) {
  const shops = [...grouped(rows, shopKey).values()]
    .map((own) => ({ own, unusual: Math.max(0, ...own.filter((row) => row.span === "day" && isAhead(row))
      .map((row) => Math.abs(row.unusual_pct ?? 0))) }))
    .sort((a, b) => b.unusual - a.unusual || shopWords(a.own[0]).localeCompare(shopWords(b.own[0])));
  const heads = [["Shop", ""], ...dates.map((date) => [dateWords(date), "day"])];
  const table = make("table", { class: `weekend${dates.length > 3 ? " many" : ""}` }, headOf(heads),
    make("tbody", {}, ...shops.map(({ own }) => shopRow(own, dates))));
  return make("div", { class: "chain" },
    make("h3", {}, `${chain} `, make("span", { class: "sub" }, counted(shops.length, "shop")), " ",
      shortPairBadge(rows[0])),
    scrolling(`Shops of ${chain}, ${pairWords(rows[0])}`, table));
}

function shopRow(own, dates) {
  const [first] = own;
  const cells = dates.map((date) => dayCell(own.filter((row) => row.business_date === date)));
  return make("tr", {},
    make("th", { scope: "row", title: first.store_id }, `${first.market} `,
      shopNumber(first) ? make("span", { class: "sub" }, shopNumber(first)) : null), ...cells);
}

function dayCell(rows) {
  const whole = rows.find((row) => row.span === "day" && isAhead(row));
  const hours = rows.filter((row) => row.span === "hour" && isAhead(row) && row.quantile_90 !== null);
  if (!hours.length)
    return make("td", { class: "day none" }, make("span", { class: "sub" }, noNumberWords(rows, whole)));
  const peak = hours.reduce((most, row) => (row.expected > most.expected ? row : most));
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
