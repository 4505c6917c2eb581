// One shop on one day: a chart of its hours, and the same numbers as a table.
RENDERERS.shop_day = renderShopDay;

function renderShopDay(path) {
  const known = DATA.demand_forecast.filter((row) => decodeURIComponent(shopDayPath(row)) === path);
  const rows = known.filter(isAhead);
  const hours = rows.filter((row) => row.span === "hour").sort((a, b) => a.starts_at - b.starts_at);
  const whole = rows.find((row) => row.span === "day");
  if (!hours.length) {
    const why = isClosedForToday(known) ? "This shop is closed for today."
      : whole ? `No hours are forecast: ${plainReason(whole)}.`
        : "This day has passed, or is not on this page.";
    fillView("shop_day", { labels: [], heading: { tabindex: "-1" }, body: [emptyNote(why)] });
    return [];
  }
  const [first] = hours;
  const holder = make("div", { class: "chart tall", id: "chart-shop-day" });
  const match = hours.find((row) => row.match !== null);
  fillView("shop_day", {
    labels: rows.map((row) => row.data_source),
    title: `${shopWords(first)}, ${dateWords(first.business_date)}`,
    heading: { tabindex: "-1", class: "scoreline" },
    body: [
      make("p", { class: "headline" }, dayWords(hours, whole)),
      match ? make("p", { class: "hint" }, matchSentence(match)) : null,
      legend([first.order_source, `forecast from ${first.order_source} orders, 80 % and 95 % ranges`],
        ["usual", "without a match"], ["staff", "staff for"],
        ...(hours.some(isDuringMatch) ? [["during", "during the match"]] : [])),
      holder,
      scrolling("The day by hour", hourTable(hours, whole)),
      make("div", { class: "weekend-tools" },
        make("p", { class: "hint" },
          "Four in five hours fall in the 80 % range. Do not add up ranges of hours: the day has its own."),
        downloadButton("shop-day", rows)),
    ].filter(Boolean),
  });
  return [{ holder, draw: () => drawDay(holder, hours) }];
}

function dayWords(hours, whole) {
  const given = hours.filter((row) => row.quantile_90 !== null);
  if (!given.length) return `${whole?.holiday ?? "This day"}: only means are given, because ${plainReason(hours[0])}.`;
  const peak = given.reduce((most, row) => (row.expected > most.expected ? row : most));
  const all = whole && whole.orders !== null
    ? ` ${daySpanWords(whole)}: ${count(Math.round(whole.orders))} orders (${
      spanWords(whole.low_80, whole.high_80)}).`
    : "";
  return `Busiest from ${peak.local_start} to ${peak.local_end}: staff for ${staffWords(peak)}.${all}`;
}

function matchSentence(row) {
  if (row.with_football !== null) return `${row.match}. What the match adds is included.`;
  return `${row.match}. What the match adds is not included: ${
    row.football_reasons === null ? "it did not improve past forecasts" : reasonWords(row.football_reasons)}.`;
}

function hourTable(hours, whole) {
  const hasPeople = hours.some((row) => row.people !== null), hasPizzas = hours.some((row) => row.pizzas !== null);
  const heads = [
    ["Hour", ""], ["Staff for", "number"], ...(hasPeople ? [["People", "number"]] : []), ["Forecast", "number"],
    ["80 % range", "number"], ["Without a match", "number wide-only"], ["Match adds", "number"],
    ...(hasPizzas ? [["Pizzas to prepare", "number"]] : []),
  ];
  const line = (row, name) => make("tr", { class: row.is_peak_hour ? "peak" : "" },
    make("th", { scope: "row" }, name,
      row.match_window ? make("span", { class: "sub" }, `${WINDOW_WORDS[row.match_window]} the match`) : null),
    make("td", { class: "number strong" }, rounded(row.quantile_90)),
    hasPeople ? make("td", { class: "number" }, rounded(row.people)) : null,
    make("td", { class: "number" }, rounded(row.orders ?? row.expected)),
    make("td", { class: "number" }, row.low_80 === null ? "–" : spanWords(row.low_80, row.high_80)),
    make("td", { class: "number wide-only" }, withoutMatchWords(row, addedOrders(row))),
    make("td", { class: "number" }, addedOrders(row) === null ? "–" : signed(addedOrders(row), 1)),
    hasPizzas ? make("td", { class: "number" }, rounded(row.pizzas_90 ?? row.pizzas)) : null);
  return make("table", {}, headOf(heads),
    make("tbody", {}, ...hours.map((row) => line(row, `${row.local_start}–${row.local_end}`)),
      whole ? line(whole, daySpanWords(whole)) : ""));
}

const isDuringMatch = (row) => row.match_window === "during";

// A day that had begun when it was forecast is given from then on.
const daySpanWords = (whole) => (whole.days_ahead ? "Whole day" : `From ${whole.local_start} on`);

const rounded = (value) => (value === null ? "–" : count(Math.round(value)));

async function drawDay(holder, rows) {
  const hours = rows.filter((row) => row.orders !== null).map((row) => ({
    ...row,
    hour: row.local_start,
    is_match: isDuringMatch(row),
    hour_words: `${row.local_start} to ${row.local_end}${row.is_peak_hour ? ", the busiest" : ""}`,
    orders_words: rounded(row.orders),
    interval_words: spanWords(row.low_80, row.high_80),
    wide_words: spanWords(row.low_95, row.high_95),
    staff_words: rounded(row.quantile_90),
    without_words: withoutMatchWords(row, addedOrders(row)),
  }));
  if (!hours.length) return holder.replaceChildren(emptyNote("There is no range to draw."));
  const staff = hours.map((row) => `${row.hour}: staff for ${row.staff_words}`).join("; ");
  const words = `Forecast by hour, local time. ${staff}`;
  return drawChart(holder, "shop_day", { datasets: { hours }, axisWidth: 56, words });
}
