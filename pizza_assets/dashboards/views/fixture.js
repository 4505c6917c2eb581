// One coming match: the forecast by hour in each market that follows it, and what to staff for.
RENDERERS.fixture = renderFixture;

const SPAN_ORDER = ["pre", "during", "post", "match", "day"];

function renderFixture(id) {
  const fixture = DATA.coming_matches.find((row) => row.match_id === id && row.entry === "fixture");
  if (!fixture) {
    fillView("fixture", {
      labels: [],
      heading: { tabindex: "-1" },
      body: [emptyNote("This match is not among the coming matches on this page.")],
    });
    return [];
  }
  if (isOver(fixture)) {
    fillView("fixture", {
      labels: [fixture.match_source],
      title: teams(fixture),
      heading: { tabindex: "-1", class: "scoreline" },
      body: [emptyNote("The time of this match has passed since this page was made. A newer page says more.")],
    });
    return [];
  }
  const rows = (DATA.forecastByMatch.get(id) ??
    []).filter((row) => pairChosen(row) && (!FILTER.market || row.market === FILTER.market));
  const groups = [...grouped(rows, (row) => JSON.stringify([row.market, row.order_source, row.match_source])).values()]
    .sort(([a], [b]) => b.order_source.localeCompare(a.order_source) || b.side.localeCompare(a.side));
  const blocks = groups.slice(0, MOST_MARKETS).map((group, i) => fixtureBlock(fixture, group, i));
  const key = blocks.some(({ draw }) => draw) ? [fixtureLegend(rows)] : [];
  const body = [
    make("p", { class: "hint" }, `${fixture.sentence}`),
    ...key,
    ...blocks.map(({ node }) => node),
    ...(blocks.length ? [] : [emptyNote("There is no forecast of this match for these filters.")]),
    ...(groups.length > blocks.length
        ? [make("p", { class: "hint" },
            `Showing ${blocks.length} of ${groups.length} markets; use the market filter to see another.`)]
        : []),
  ];
  const labels = rows.length ? rows.map((row) => row.data_source) : [fixture.match_source];
  fillView("fixture", { labels, title: teams(fixture), heading: { tabindex: "-1", class: "scoreline" }, body });
  return blocks.filter(({ draw }) => draw);
}

function fixtureLegend(rows) {
  const sources = [...new Set(rows.map((row) => row.order_source))].map(
    (source) => [source, `forecast from ${source} orders, 80 % and 95 % intervals`]);
  return legend(...sources, ["usual", "without the match"], ["staff", "staff for"], ["during", "hours of the match"]);
}

function fixtureBlock(fixture, rows, i) {
  const [first] = rows;
  const heading = make("h3", {}, `${first.market} follows ${first.team} (${first.side}) `, pairBadge(first));
  const answered = rows.filter((row) => row.status === "ok");
  if (!answered.length) {
    const why = make("ul", { class: "unanswered" },
      make("li", {}, make("strong", {}, "No forecast: "), `${reasonWords(first.reasons)}.`));
    return { node: make("div", { class: "market-day" }, heading, why) };
  }
  const whole = answered.find((row) => row.span === "match");
  const holder = make("div", { class: "chart tall", id: `chart-coming-${i}` });
  const node = make("div", { class: "market-day" }, heading,
    whole ? make("p", {}, withMinus(whole.sentence)) : null, holder,
    scrolling(`Forecasts in ${first.market}, ${pairWords(first)}`, spanTable(answered)), skillNote(whole));
  return { node, holder, draw: () => drawHours(holder, fixture, answered.filter((row) => row.span === "hour")) };
}

function spanTable(rows) {
  const heads = [
    ["", ""], ["Local time", "wide-only"], ["Forecast", "number"], ["80 % interval", "number"],
    ["95 % interval", "number"], ["Without the match", "number"], ["Football adds", "number"],
    ["Staff for", "number"],
  ];
  const ordered = SPAN_ORDER.flatMap((span) => rows.filter((row) => row.span === span));
  return make("table", {}, headOf(heads),
    make("tbody", {},
      ...ordered.map(
        (row) => make("tr", {}, make("th", { scope: "row" }, row.span_label),
          make("td", { class: "wide-only" }, `${row.local_start} – ${row.local_end}`),
          make("td", { class: "number" }, count(Math.round(row.orders))),
          make("td", { class: "number" }, spanWords(row.low_80, row.high_80)),
          make("td", { class: "number" }, spanWords(row.low_95, row.high_95)),
          make("td", { class: "number" }, withoutMatchWords(row, usedDifference(row))),
          make("td", { class: "number" }, ...addedWords(row)),
          make("td", { class: "number" }, count(Math.round(row.quantile_90)))))));
}

// How well past forecasts of this kind did on the same order history.
function skillNote(row) {
  if (!row || row.skill_against_mean_pct === null) return null;
  const football = row.skill_against_no_football_pct === null
    ? ""
    : ` and ${errorWords(row.skill_against_no_football_pct)} that of the same model without football`;
  return make("p", { class: "hint" },
    `Over ${counted(row.scored_forecasts, "past forecast")} of this kind the error was ${
      errorWords(row.skill_against_mean_pct)} that of the mean of the last eight weeks${football}. It uses ${
      counted(row.history_weeks, "week")} of orders.`);
}

// A skill in words that go before "that of …".
function errorWords(skillPct) {
  const share = Math.round(skillPct);
  return share === 0 ? "as large as" : `${Math.abs(share)} % ${share > 0 ? "below" : "above"}`;
}

async function drawHours(holder, fixture, rows) {
  if (!rows.length) return holder.replaceChildren(emptyNote("There are no hours to show."));
  const ends = (fixture.kickoff_at + 115 * 60);
  const hours = [...rows].sort((a, b) => a.starts_at - b.starts_at).map((row) => ({
    ...row,
    hour: row.local_start,
    is_match: row.starts_at < ends && row.ends_at > fixture.kickoff_at,
    hour_words: `${row.local_start} to ${row.local_end}${row.is_peak_hour ? ", the busiest" : ""}`,
    orders_words: count(Math.round(row.orders)),
    interval_words: spanWords(row.low_80, row.high_80),
    wide_words: spanWords(row.low_95, row.high_95),
    staff_words: count(Math.round(row.quantile_90)),
    without_words: withoutMatchWords(row, usedDifference(row)),
  }));
  const peak = hours.find((row) => row.is_peak_hour) ?? hours[0];
  const words = `Forecast by hour in ${rows[0].market}, local time. ${
    hours.map((row) => `${row.hour}: ${row.orders_words} (${row.interval_words})`).join("; ")}. Busiest ${
    peak.hour_words}: staff for ${peak.staff_words}.`;
  return drawChart(holder, "fixture", { datasets: { hours }, axisWidth: 56, words });
}
