// Before, during and after the match, by the own team's result.
RENDERERS.results = renderResults;

const RESULT_NOUNS = { win: "wins", draw: "draws", loss: "losses" };

function renderResults() {
  const rows =
    DATA.correlations.filter((row) => row.scope === "result" && row.subject === "own_team_match" && pairChosen(row));
  if (!rows.length) {
    fillView("results", {
      labels: [],
      body: [emptyNote(
        "Results have not been compared for these filters: that takes finished matches with different results.")],
    });
    return [];
  }
  const draws = [];
  const body = byPair(rows).flatMap((own, i) => {
    const answered = own.filter((row) => row.status === "ok");
    const missing = unansweredList(own.filter((row) => row.status !== "ok"));
    if (!answered.length) return [make("h3", {}, pairBadge(own[0])), missing];
    const holder = make("div", { class: "chart tall", id: `chart-results-${i}` });
    draws.push({ holder, draw: () => drawResults(holder, answered) });
    return [make("h3", {}, pairBadge(own[0])), beganBeforeNote(answered), holder, missing].filter(Boolean);
  });
  const key = legend(["home-win", "won"], ["draw", "drew"], ["away-win", "lost"]);
  const hint = make("p", { class: "hint" },
    "Whiskers are 95 % intervals. The result is known only once the match is over, so the bars before and during it " +
      "are a check, not an effect of the result.");
  fillView("results", {
    labels: rows.map((row) => row.data_source), title: findingTitle("results", rows),
    body: [key, ...body, hint, downloadButton("by-result", rows)],
  });
  return draws;
}

async function drawResults(holder, rows) {
  const bars = rows.map((row) => ({
    ...row,
    window: WINDOW_WORDS[row.time_window],
    result: row.scope_value,
    uplift_words: percent(row.uplift_pct),
    interval_words: interval(row.ci_low_pct, row.ci_high_pct),
    per_store_words: perStoreWords(row),
    n_words: counted(row.n_matches, "match", "matches"),
  }));
  const wordsOf = (bar) =>
    `${RESULT_NOUNS[bar.result]}, ${bar.window} the match: ${bar.uplift_words} (${bar.interval_words}).`;
  const words = bars.map(wordsOf).join(" ");
  const isReal = rows.every((row) => row.data_source === "real");
  await drawChart(
    holder, "results", { datasets: { bars }, axisWidth: 56, words, tokens: { "$bar-opacity": isReal ? 0.95 : 0.6 } });
}
