// The errors of past forecasts compared with the plain mean of eight weeks, and how often their intervals held.
RENDERERS.accuracy = renderAccuracy;

const ACCURACY = { span: "match" };
const SPAN_WORDS = {
  match: "around the match",
  pre: "before the match",
  during: "during the match",
  post: "after the match",
  day: "on match days",
  hour: "in single hours",
};

function renderAccuracy() {
  const all = DATA.forecast_accuracy.filter(pairChosen);
  if (!all.length) {
    fillView("accuracy", {
      labels: [],
      body: [emptyNote("No forecast has been scored yet: that takes some weeks of orders and matches.")],
    });
    return [];
  }
  const draws = [];
  const body = byPair(all).flatMap((own, i) => [
    make("h3", {}, pairBadge(own[0])),
    ...["kept", "backtest"].flatMap((evidence) => {
      const rows = own.filter((row) => row.evidence === evidence && row.span === ACCURACY.span);
      return accuracyBlock(rows, evidence, i, draws);
    }),
  ]);
  const change = (event) => {
    ACCURACY.span = event.target.value;
    redraw(renderAccuracy);
    byId("accuracy-span").focus();
  };
  const spans = Object.keys(SPAN_WORDS).filter((span) => all.some((row) => row.span === span));
  const tools = make("div", { class: "table-tools" },
    make("label", {}, "Orders ",
      make("select", { id: "accuracy-span", onchange: change },
        ...spans.map(
          (span) => make("option", { value: span, selected: span === ACCURACY.span }, SPAN_WORDS[span])))));
  fillView("accuracy", {
    labels: all.map((row) => row.data_source),
    title: ACCURACY.span === "match" ? findingTitle("accuracy", all) : undefined,
    body: [
      tools, legend(["line forecast", "forecast"], ["line plain-mean", "mean of the last 8 weeks"]), ...body,
      downloadButton("forecast-accuracy", all),
    ],
  });
  return draws;
}

function accuracyBlock(rows, evidence, i, draws) {
  const known = rows.filter((row) => row.error_pct !== null).sort((a, b) => a.until_date.localeCompare(b.until_date));
  if (!known.length)
    return evidence === "kept" ? [make("p", { class: "hint" }, "No published forecast could be scored yet.")]
      : [];
  const last = known.at(-1);
  const words = make("p", { class: "hint" }, withMinus(last.sentence));
  if (known.length < 2) return [words];
  const holder = make("div", { class: "chart", id: `chart-accuracy-${evidence}-${i}` });
  draws.push({ holder, draw: () => drawAccuracy(holder, known) });
  return [words, holder];
}

async function drawAccuracy(holder, rows) {
  const point = (row, series, error) => ({
    at: Date.parse(row.until_date),
    series,
    error_pct: error,
    until_words: day(Date.parse(row.until_date)),
    error_words: error === null ? "" : `${error.toFixed(1)} %`,
    inside_words: series === "forecast"
      ? `${row.inside_80_pct.toFixed(0)} % (of 80 %), ${row.inside_95_pct.toFixed(0)} % (of 95 %)`
      : "",
    n_words: counted(row.scored_forecasts, "forecast"),
  });
  const points =
    rows.flatMap((row) => [point(row, "forecast", row.error_pct), point(row, "mean of 8 weeks", row.error_of_mean_pct)])
      .filter((one) => one.error_pct !== null);
  await drawChart(holder, "accuracy", { datasets: { points }, axisWidth: 56, words: rows.at(-1).sentence });
}
