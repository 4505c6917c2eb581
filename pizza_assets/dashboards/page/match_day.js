// One match day: the orders of the day by market, the three windows, and observed against expected.
const MOST_MARKETS = 6; // A match that many markets follow is shown for the first few; the market filter reaches the rest.

const matchAddress = (id) => `#/match/${encodeURIComponent(id)}`;
const openMatch = (id) => { location.hash = matchAddress(id); };

async function renderMatchDay(id) {
  const match = MATCH_BY_ID.get(id);
  if (!match) {
    fillView("match", { labels: [], heading: { tabindex: "-1" }, body: [emptyNote("This match is not among the data of this page.")] });
    return;
  }
  const rows = (IMPACT_BY_MATCH.get(id) ?? []).filter((row) => pairChosen(row) && (!FILTER.market || row.market === FILTER.market));
  const groups = [...grouped(rows, (row) => JSON.stringify([row.market, row.order_source, row.match_source])).values()]
    .sort(([a], [b]) => b.order_source.localeCompare(a.order_source) || b.side.localeCompare(a.side));
  const days = groups.slice(0, MOST_MARKETS).map((group, position) => marketDay(match, group, position));
  const body = [
    make("p", { class: "hint" }, [match.competition, moment(match.at), resultWords(match.result), match.status.toLowerCase()].join(" · ")),
    days.length ? matchDayLegend(id) : emptyNote(noMarketWords(id)),
    ...days.map((item) => item.node),
    groups.length > days.length ? make("p", { class: "hint" }, `Showing ${days.length} of ${groups.length} markets; choose one in the market filter to see it.`) : null,
  ].filter(Boolean);
  const labels = rows.length ? rows.map((row) => row.data_source) : [match.match_source];
  fillView("match", { labels, title: scoreline(match), heading: { tabindex: "-1", class: "scoreline" }, body });
  for (const item of days) await item.draw();
}

function noMarketWords(id) {
  return IMPACT_BY_MATCH.has(id) ? "No market for this choice of filters followed this match." : "No market with known orders follows either team, so nothing can be said about orders around this match.";
}

function matchDayLegend(id) {
  const windows = DATA.windows.has(id) ? WINDOW_ORDER.map((window) => [window, `${WINDOW_WORDS[window]} the match`]) : [];
  return legend(["real", "real orders"], ["mock", "mock orders"], ["usual", "usual level (expected)"], ...windows);
}

function marketDay(match, rows, position) {
  const [{ market, team, side }] = rows;
  const holder = make("div", { class: "chart", id: `chart-match-${position}` });
  const node = make("div", { class: "market-day" },
    make("h3", {}, `${market} follows ${team} (${side}) `, pairBadge(rows[0])),
    holder,
    make("div", { class: "scroll", role: "region", "aria-label": `Windows in ${market}, ${pairWords(rows[0])}`, tabindex: "0" }, windowTable(rows)));
  return { node, draw: () => drawMarketDay(holder, match, rows) };
}

function windowTable(rows) {
  const head = ["Window", "Orders", "Usual", "Extra", "Change", "95 % interval"].map((words, i) => make("th", { scope: "col", class: i ? "number" : "" }, words));
  const ordered = [...rows].sort((a, b) => WINDOW_ORDER.indexOf(a.window) - WINDOW_ORDER.indexOf(b.window));
  return make("table", {}, make("thead", {}, make("tr", {}, ...head)), make("tbody", {}, ...ordered.map(windowRow)));
}

function windowRow(row) {
  const name = make("th", { scope: "row" }, `${WINDOW_WORDS[row.window]} the match`);
  if (row.uplift_pct === null)
    return make("tr", {}, name, make("td", { class: "number" }, count(row.observed)), make("td", { colspan: "4" }, `The usual level is not known: ${reasonWords(row.reasons)}.`));
  return make("tr", {}, name,
    make("td", { class: "number" }, count(row.observed)), make("td", { class: "number" }, row.expected.toFixed(1)),
    make("td", { class: "number" }, row.extra_orders === null ? "–" : signed(row.extra_orders, 1)),
    make("td", { class: `number ${changeClass(row)}` }, percent(row.uplift_pct, 0)), make("td", { class: "number" }, interval(row.ci_low_pct, row.ci_high_pct, 0)));
}

async function drawMarketDay(holder, match, rows) {
  const [{ market, order_source: source }] = rows;
  const windows = shadedWindows(match, rows);
  const dayStart = Math.floor(match.at / DAY_MS) * DAY_MS;
  const from = Math.min(dayStart, ...windows.map((window) => window.starts_at));
  const to = Math.max(dayStart + DAY_MS, ...windows.map((window) => window.ends_at));
  const positions = chosenSeries(market, source).get(source) ?? [];
  const hours = positions.length ? orderPoints(new Map([[source, positions]]), from, to, 1).filter((point) => point.orders !== null) : [];
  if (!hours.length) {
    holder.replaceChildren(emptyNote("Orders by hour are not known for this day."));
    return;
  }
  const datasets = { windows, kickoff: [{ at: match.at }], hours: hours.map((point) => ({ ...point, ends_at: point.at + HOUR })) };
  const words = `Orders by hour in ${market} on ${day(match.at)}. ${windows.map((window) => `${window.window} the match ${window.observed_words}, usual ${window.expected_words}`).join("; ")}.`;
  await drawChart(holder, "match", { datasets, beside: 46, words });
}

function shadedWindows(match, rows) {
  return (DATA.windows.get(match.match_id) ?? []).map((window) => {
    const startsAt = window.window_start_at * 1000, endsAt = window.window_end_at * 1000;
    const row = rows.find((candidate) => candidate.window === window.window);
    const expected = row?.expected ?? null;
    return {
      window: WINDOW_WORDS[window.window], starts_at: startsAt, ends_at: endsAt, when: `${clock(startsAt)}–${clock(endsAt)} UTC`,
      expected_per_hour: expected === null ? null : expected / ((endsAt - startsAt) / HOUR),
      observed_words: row ? count(row.observed) : "not known", expected_words: expected === null ? "not known" : expected.toFixed(1),
    };
  });
}
