// Around kick-off and goals: the curve of the event study with its band, and the minutes after a goal.
RENDERERS.kickoff = renderKickoff;

// The series that are claims, by their subject among the tested hypotheses; the others are checks.
const GOAL_CLAIMS = { own_goal_0_15: "goal_of_own_team", opponent_goal_0_15: "goal_of_opponent" };
const GOAL_WORDS = {
  own_goal_before: "before the own team scores (a check)",
  own_goal_0_15: "after the own team scores",
  opponent_goal_0_15: "after the opponent scores (a check)",
};

function renderKickoff() {
  const rows = DATA.event_study.filter(pairChosen);
  if (!rows.length) {
    fillView("kickoff", {
      labels: [],
      body: [
        emptyNote(
          "The minutes around matches have not been analysed for these filters: that takes orders, matches and an " +
            "analysis run."),
      ],
    });
    return [];
  }
  const draws = [];
  const body = byPair(rows).flatMap((own, i) => {
    const curve = own.filter((row) => row.series === "own_match");
    const goals = own.filter((row) => row.series in GOAL_WORDS);
    return [make("h3", {}, pairBadge(own[0])), ...curveOf(curve, i, draws), ...goalsOf(goals, i, draws)];
  });
  const key = legend(["pre", "before"], ["during", "match"], ["post", "after"],
    ["band", "95 % band of the whole curve"]);
  const labels = rows.map((row) => row.data_source);
  const title = findingTitle("kickoff", rows);
  const download = downloadButton("around-kick-off", rows);
  fillView("kickoff", { labels, title, body: [...(draws.length ? [key] : []), ...body, kickoffHint(), download] });
  return draws;
}

const isDrawable = (row) => row.status === "ok" && row.uplift_pct !== null;

function curveOf(rows, i, draws) {
  // An unknown span stays among the points without values, so that the line breaks there.
  const points =
    rows.map((row) => (isDrawable(row) ? row : { ...row, uplift_pct: null, ci_low_pct: null, ci_high_pct: null }))
      .sort((a, b) => a.minutes_from - b.minutes_from);
  if (!rows.some(isDrawable)) return [notKnown("What happens minute by minute around kick-off", rows[0])];
  const holder = make("div", { class: "chart tall", id: `chart-kickoff-${i}` });
  draws.push({ holder, draw: () => drawCurve(holder, points) });
  const sketch = points.every((point) => point.is_calibrated)
    ? []
    : [make("p", { class: "hint" },
        "In simulated years the band of this curve did not keep its error rate: treat it as a sketch.")];
  return [holder, ...sketch];
}

async function drawCurve(holder, rows) {
  const points = rows.map((row) => ({
    ...row,
    span: `${signed(row.minutes_from, 0)} to ${signed(row.minutes_to, 0)}`,
    uplift_words: percent(row.uplift_pct),
    interval_words: interval(row.ci_low_pct, row.ci_high_pct),
    per_store_words: perStoreWords(row),
    n_words: counted(row.n_matches, "match", "matches"),
  }));
  const words = `Change in orders by minutes from kick-off. ${
    points.map((point) => `${point.span}: ${point.uplift_words} (${point.interval_words})`).join("; ")}.`;
  await drawChart(holder, "kickoff", { datasets: { points, windows: typicalWindows() }, axisWidth: 60, words });
}

// The most common windows, in minutes from kick-off; extra time makes some longer.
function typicalWindows() {
  return WINDOW_ORDER.flatMap((window) => {
    const lengths = grouped(DATA.match_impact.filter((row) => row.window === window), (row) => {
      const kickoff = DATA.matchById.get(row.match_id)?.kickoff_at ?? row.window_start_at;
      return JSON.stringify([(row.window_start_at - kickoff) / 60, (row.window_end_at - kickoff) / 60]);
    });
    const [most] = [...lengths].sort(([, a], [, b]) => b.length - a.length);
    if (!most) return [];
    const [starts, ends] = JSON.parse(most[0]);
    return [{ window: WINDOW_WORDS[window], starts, ends }];
  });
}

function goalsOf(rows, i, draws) {
  if (!rows.length) return [];
  const answered =
    Object.keys(GOAL_WORDS).flatMap((series) => rows.filter((row) => row.series === series && isDrawable(row)));
  if (!answered.length) return [notKnown("What happens after a goal", rows[0])];
  const holder = make("div", { class: "chart", id: `chart-goals-${i}` });
  const points = answered.map(
    (row) =>
      forestPoint({ ...row, mde_80_pct: null, direction: goalDirection(row) },
        `15 minutes ${GOAL_WORDS[row.series]}`, counted(row.n_goals, "goal")));
  draws.push({ holder, draw: () => drawForest(holder, points) });
  return [make("h3", {}, "15 minutes around goals, compared with the same minutes without a goal"), holder];
}

function goalDirection(row) {
  const claim = DATA.correlations.find((result) => result.subject === GOAL_CLAIMS[row.series] &&
    result.order_source === row.order_source && result.match_source === row.match_source);
  return claim?.direction ?? "none";
}

const notKnown = (what, row) => make("ul", { class: "unanswered" },
  make("li", {}, make("strong", {}, "Not enough data: "),
    `${what} is not known: ${row ? reasonWords(row.reasons) : "it was not analysed"}.`));

function kickoffHint() {
  return make("p", { class: "hint" },
    "Change from the usual level in that market at that time. The band covers the whole curve at once: where it " +
      "includes 0, no effect was found.");
}
