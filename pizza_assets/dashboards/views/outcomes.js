// Does the result matter? Every match as a dot; the line has the tested slope and passes through the dots' mean.
RENDERERS.outcomes = renderOutcomes;

const OUTCOMES = { x: "own_goal_difference" };
const OUTCOME_AXES = {
  own_goal_difference: { words: "goal difference of the own team", subject: "goal_difference" },
  total_goals: { words: "goals in the match", subject: "total_goals" },
};
const MOST_SHOWN = 150; // Per cent; larger changes are drawn at the edge.
const MOST_DOTS = 1500; // More would hide each other: they are counted in cells.
const CELL = 5; // Per cent.
const FEWEST_DATES = 10; // As in the analysis: fewer can show a pattern that is not there.

function renderOutcomes() {
  const rows = chosenImpact("post").filter((row) => row.uplift_pct !== null && row[OUTCOMES.x] !== null);
  if (!rows.length) {
    fillView("outcomes", {
      labels: [],
      body: [emptyNote(noUsualLevelWords("No finished match with a known usual level fits these filters."))],
    });
    return [];
  }
  const draws = [];
  const body = byPair(rows).flatMap((own, i) => {
    if (new Set(own.map((row) => row.kickoff_date)).size < FEWEST_DATES)
      return [make("h3", {}, pairBadge(own[0])), tooFew(own)];
    const effect = effectsOf(null, OUTCOME_AXES[OUTCOMES.x].subject)
      .find((row) => row.time_window === "post" && pairOf(row) === pairOf(own[0]));
    const holder = make("div", { class: "chart tall", id: `chart-outcomes-${i}` });
    draws.push({ holder, draw: () => drawOutcomes(holder, own, effect) });
    const words = outcomeWords(effect, own.length > MOST_DOTS);
    return [make("h3", {}, pairBadge(own[0])), holder, make("p", { class: "hint" }, words)];
  });
  const key = legend(["dot home-win", "own team won"], ["dot draw", "draw"], ["dot away-win", "own team lost"]);
  const title = findingTitle(`outcomes/${OUTCOME_AXES[OUTCOMES.x].subject}`, rows);
  fillView("outcomes", { labels: rows.map((row) => row.data_source), title, body: [outcomeTools(), key, ...body] });
  return draws;
}

function outcomeTools() {
  const change = (event) => { OUTCOMES.x = event.target.value; redraw(renderOutcomes); byId("outcomes-x").focus(); };
  return make("div", { class: "table-tools" },
    make("label", {}, "Against ",
      make("select", { id: "outcomes-x", onchange: change },
        ...Object.entries(OUTCOME_AXES).map(([value,
          { words }]) => make("option", { value, selected: value === OUTCOMES.x }, words)))));
}

const tooFew = (rows) => make("ul", { class: "unanswered" },
  make("li", {}, make("strong", {}, "Not enough data: "),
    `${
      counted(new Set(rows.map((row) => row.match_id)).size, "match is",
        "matches are")} too few to show whether the result matters. They are in the table of matches.`));

const isWhole = () =>
  activeFilters().every((name) => name === "source" || !PAGE.views.outcomes.filters.includes(name));

function outcomeWords(effect, isCounted) {
  const about = isCounted ? "A dot counts the matches that ended alike with a change within five per cent."
    : "Each dot is one match in one market; select it to open the match.";
  if (!effect || effect.status !== "ok")
    return `${about} Whether the result matters is not known: ${
      effect ? reasonWords(effect.reasons) : "it was not tested"}.`;
  const found = effect.direction === "up" || effect.direction === "down" ? "" : "No effect was found: ";
  const line = `per goal ${percent(effect.uplift_pct)} (95 % interval ${
    interval(effect.ci_low_pct, effect.ci_high_pct)}, expected false share ${falseShare(effect.q_value)})`;
  const coefficients = effect.correlation_coefficient === null
    ? ""
    : `; Pearson ${signed(effect.correlation_coefficient)}, Spearman ${signed(effect.spearman_coefficient)}`;
  const scope = isWhole() ? "" : " This is for all matches; the line is hidden while filters select some of them.";
  const sentence = `${found}${line}${coefficients}, over ${counted(effect.n_matches, "match", "matches")}.`;
  return `${sentence.replace(/^./, (letter) => letter.toUpperCase())}${scope} ${about}`;
}

async function drawOutcomes(holder, rows, effect) {
  const axis = OUTCOME_AXES[OUTCOMES.x];
  const dots = rows.length > MOST_DOTS ? cells(rows) : rows.map((row, i) => ({
    size: 30,
    x: row[OUTCOMES.x] + (((i * 7) % 13) - 6) / 30,
    uplift_pct: Math.min(row.uplift_pct, MOST_SHOWN),
    own_result: row.own_result,
    data_source: row.data_source,
    match_id: row.match_id,
    label: scoreline(row.match),
    when: moment(row.match.at),
    market: row.market,
    uplift_words: percent(row.uplift_pct, 0),
    interval_words: interval(row.ci_low_pct, row.ci_high_pct, 0),
    per_store_words: perStoreWords(row),
  }));
  const line = isWhole() && effect?.status === "ok" ? testedLine(rows, effect) : [];
  const words =
    `${counted(dots.length, "dot")}: change in orders after the match by ${axis.words}. ${
      outcomeWords(effect, rows.length > MOST_DOTS)}`;
  const changes = dots.map((dot) => dot.uplift_pct);
  const view = await drawChart(
    holder, "outcomes", { datasets: { dots, line }, axisWidth: 56, words, tokens: { "$x-title": axis.words } });
  await view.signal("most", Math.max(20, ...changes)).signal("least", Math.min(-20, ...changes)).runAsync();
  view.addEventListener("click", (event, item) => item?.datum?.match_id && openMatch(item.datum.match_id));
}

// One dot for the matches that ended alike with a change within five per cent, as large as they are many.
function cells(rows) {
  const changeOf = (row) => Math.min(Math.round(row.uplift_pct / CELL) * CELL, MOST_SHOWN);
  const sorted = grouped(rows, (row) => `${row[OUTCOMES.x]} ${row.own_result} ${changeOf(row)}`);
  const most = [...sorted.values()].reduce((n, own) => Math.max(n, own.length), 0);
  return [...sorted.values()].map((own) => ({
    size: 15 + 185 * own.length / most,
    x: own[0][OUTCOMES.x] + { win: 0.22, draw: 0, loss: -0.22 }[own[0].own_result] * (OUTCOMES.x === "total_goals"),
    uplift_pct: changeOf(own[0]),
    own_result: own[0].own_result,
    data_source: own[0].data_source,
    match_id: null,
    label: counted(own.length, "match", "matches"),
    when: "",
    market: counted(new Set(own.map((row) => row.market)).size, "market"),
    uplift_words: `about ${percent(changeOf(own[0]), 0)}`,
  }));
}

// The slope that the analysis estimated, with its interval, through the dots' mean.
function testedLine(rows, effect) {
  const values = rows.map((row) => row[OUTCOMES.x]);
  const middle = values.reduce((sum, value) => sum + value, 0) / values.length;
  const level = sumBy(rows, "observed") / sumBy(rows, "expected");
  const at = (x, pct) => 100 * (level * (1 + pct / 100) ** (x - middle) - 1);
  const [first, last] = [Math.min(...values), Math.max(...values)];
  return Array.from({ length: 21 }, (_, i) => first + ((last - first) * i) / 20).map((x) => {
    const ends = [at(x, effect.ci_low_pct), at(x, effect.ci_high_pct)];
    return { x, value: at(x, effect.uplift_pct), low: Math.min(...ends), high: Math.max(...ends) };
  });
}
