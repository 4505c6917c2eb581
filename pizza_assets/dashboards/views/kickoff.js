// Around kick-off and goals: the curve of the event study with its band, and the minutes after a goal.
RENDERERS.kickoff = renderKickoff;

const GOAL_WORDS = {
  own_goal_before: "before a goal of the own team (a check)",
  own_goal_0_15: "after a goal of the own team",
  opponent_goal_0_15: "after a goal against it (a check)",
};

function renderKickoff() {
  const rows = DATA.event_study.filter(pairChosen);
  if (!rows.length) {
    fillView("kickoff", {
      labels: [],
      body: [
        emptyNote(
          "No minutes around matches have been analysed for this choice: it takes collected orders, matches and " +
            "an analysis run."),
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
  const key = legend(["pre", "two hours before"], ["during", "match"], ["post", "two hours after"],
    ["band", "95 % band of the whole curve"]);
  const labels = rows.map((row) => row.data_source);
  fillView("kickoff", { labels, body: [...(draws.length ? [key] : []), ...body, kickoffHint()] });
  return draws;
}

const isDrawable = (row) => row.status === "ok" && row.uplift_pct !== null;

function curveOf(rows, i, draws) {
  // A span that is not known stays among the points, empty: there the line breaks.
  const points =
    rows.map((row) => (isDrawable(row) ? row : { ...row, uplift_pct: null, ci_low_pct: null, ci_high_pct: null }))
      .sort((a, b) => a.minutes_from - b.minutes_from);
  if (!rows.some(isDrawable)) return [notKnown("What happens minute by minute around kick-off", rows[0])];
  const holder = make("div", { class: "chart tall", id: `chart-kickoff-${i}` });
  draws.push({ holder, draw: () => drawCurve(holder, points) });
  const sketch = points.every((point) => point.is_calibrated)
    ? []
    : [make("p", { class: "hint" },
        "The band of this curve did not hold its rate in simulated years: take it for a sketch.")];
  return [holder, ...sketch];
}

async function drawCurve(holder, rows) {
  const points = rows.map((row) => ({
    ...row,
    span: `${signed(row.minutes_from, 0)} to ${signed(row.minutes_to, 0)}`,
    uplift_words: percent(row.uplift_pct),
    interval_words: interval(row.ci_low_pct, row.ci_high_pct),
    shop_words: shopWords(row),
    n_words: counted(row.n_matches, "match", "matches"),
  }));
  const words = `Change of orders by minutes from kick-off. ${
    points.map((point) => `${point.span}: ${point.uplift_words} (${point.interval_words})`).join("; ")}.`;
  await drawChart(holder, "kickoff", { datasets: { points, windows: typicalWindows() }, beside: 60, words });
}

// The periods of most matches, in minutes from kick-off; extra time makes some longer.
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
      forestPoint({ ...row, mde_80_pct: null, direction: row.p_value !== null && row.p_value <= 0.05 ? "up" : "none" },
        `15 minutes ${GOAL_WORDS[row.series]}`, counted(row.n_goals, "goal")));
  draws.push({ holder, draw: () => drawForest(holder, points) });
  return [make("h3", {}, "A quarter of an hour around goals, against the same minute without one"), holder];
}

const notKnown = (what, row) => make("ul", { class: "unanswered" },
  make("li", {}, make("strong", {}, "Not enough data: "),
    `${what} is not known: ${row ? reasonWords(row.reasons) : "it was not analysed"}.`));

function kickoffHint() {
  return make("p", { class: "hint" },
    "Change against what is usual in that market at that time. The band covers the whole curve at once: where 0 " +
      "lies inside it, nothing was found.");
}
