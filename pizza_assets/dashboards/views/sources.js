// Bars of real and mock orders and matches by month.
RENDERERS.sources = renderSources;

const MONTH = new Intl.DateTimeFormat("en-GB", { month: "short", year: "2-digit", timeZone: "UTC" });

function renderSources() {
  const series = chosenDays();
  const matches = chosenMatches();
  const [from, to] = chosenPeriod();
  const orders = [...series].flatMap(
    ([source, positions]) =>
      dailyOrders(positions, from, to).map((point) => ({ at: point.at, source, number: point.orders ?? 0 })));
  const played = matches.map((match) => ({ at: match.at, source: match.match_source, number: 1 }));
  const labels = [...orders, ...played].map((row) => row.source);
  if (!labels.length) {
    fillView("sources", { labels, body: [emptyNote("Nothing is stored for these filters, neither real nor mock.")] });
    return [];
  }
  const holder = make("div", { class: "chart tall", id: "chart-sources" });
  const title = titleOfWhole("sources");
  fillView("sources", { labels, title, body: [legend(["real", "real"], ["mock", "mock: invented"]), holder] });
  return [{ holder, draw: () => drawSources(holder, orders, played) }];
}

async function drawSources(holder, orders, matches) {
  const months = [...new Set([...orders, ...matches].map((row) => isoDay(row.at).slice(0, 7)))].sort();
  const byMonth = (rows, what) => months.flatMap((month) => ["real", "mock"].map((source) => {
    const own = rows.filter((row) => row.source === source && isoDay(row.at).startsWith(month));
    return monthBar(month, source, what, sumBy(own, "number"));
  }));
  const datasets = { orders: byMonth(orders, "orders"), matches: byMonth(matches, "matches") };
  const total = (what, source) => count(sumBy(datasets[what].filter((bar) => bar.source === source), "number"));
  const words = `${total("orders", "real")} real and ${total("orders", "mock")} mock orders, ${
    total("matches", "real")} real and ${total("matches", "mock")} mock matches in ${counted(months.length, "month")}.`;
  await drawChart(holder, "sources", { datasets, axisWidth: 64, words });
}

function monthBar(month, source, what, number) {
  return {
    month: MONTH.format(Date.parse(`${month}-15`)),
    source,
    number,
    what: `${source} ${what}`,
    words: count(number),
  };
}
