// Weekdays: orders of an average day, real and mock side by side.
RENDERERS.weekdays = renderWeekdays;

function renderWeekdays() {
  const rows = DATA.weekday_profile.filter((row) => (!FILTER.source || row.order_source === orderSource()) &&
    (!FILTER.market || row.market === FILTER.market));
  const labels = rows.map((row) => row.order_source);
  if (!rows.length) {
    fillView("weekdays", { labels, body: [emptyNote("No orders are known for this market and data source.")] });
    return [];
  }
  const holder = make("div", { class: "chart", id: "chart-weekdays" });
  const sources = [...new Set(labels)].map((source) => [source, `${source} orders`]);
  fillView("weekdays", { labels, body: [legend(...sources), holder] });
  return [{ holder, draw: () => drawWeekdays(holder, rows) }];
}

// All chosen markets together: their days are the same, so their means can be added.
async function drawWeekdays(holder, rows) {
  const weekdays = [...grouped(rows, (row) => `${row.weekday_number} ${row.order_source}`)].sort().map(([, own]) => {
    const orders = sumBy(own, "orders_per_day");
    const [{ weekday, order_source }] = own;
    return { weekday, order_source, orders, source_words: order_source, orders_words: orders.toFixed(1) };
  });
  const words = weekdays.map((bar) => `${bar.weekday}: ${bar.orders_words} ${bar.order_source} orders.`).join(" ");
  await drawChart(holder, "weekdays", { datasets: { weekdays }, beside: 56, words });
}
