// Effect sizes: a forest plot of tested hypotheses, and a table with every number about each.
RENDERERS.effects = renderEffects;

const EFFECTS = { about: "windows", window: "post" };
const ABOUT_WORDS = {
  windows: "the match itself",
  outcomes: "how the match ended",
  shared: "matches that everybody follows",
  market: "market by market",
  team: "team by team",
  competition: "by competition",
  chain: "chain by chain",
  kickoff: "by time of kick-off",
};
const SPAN_ORDER = [...WINDOW_ORDER, "match"];
const effectPages = paged(20);

function renderEffects() {
  const rows = chosenEffects();
  if (!DATA.correlations.filter(pairChosen).length) {
    fillView("effects", {
      labels: [],
      body: [emptyNote(
        "No hypothesis has been tested for these filters: that takes orders, matches and an analysis run.")],
    });
    return [];
  }
  const draws = [];
  const blocks = byPair(rows).flatMap((own, i) => effectBlock(own, i, draws));
  const none = rows.length
    ? []
    : [emptyNote("Nothing was tested here: with only one of a kind there is nothing to compare.")];
  fillView("effects", {
    labels: rows.map((row) => row.data_source),
    title: EFFECTS.about === "windows" ? findingTitle("effects", rows) : undefined,
    body: [effectTools(), effectLegend(), ...none, ...blocks, effectsHint(rows), downloadButton("effects", rows)]
      .filter(Boolean),
  });
  return draws;
}

const inOrderOfTime =
  (rows) => [...rows].sort((a, b) => SPAN_ORDER.indexOf(a.time_window) - SPAN_ORDER.indexOf(b.time_window));

// The part of the business that a filter names, with the whole business for comparison; else the list's choice.
function chosenEffects() {
  const part = chosenPart();
  const { about, window } = EFFECTS;
  if (part)
    return [
      ...inOrderOfTime(effectsOf(null, "own_team_match")), ...inOrderOfTime(effectsOf(part, "own_team_match")),
      ...effectsOf(part).filter((row) => row.subject in CONTRAST_WORDS),
    ];
  if (about === "windows") return inOrderOfTime(effectsOf(null, "own_team_match"));
  if (about === "shared") return inOrderOfTime(effectsOf(null, "shared_match"));
  // only the effect after the match was estimated by time of kick-off
  const ofWindow = DATA.correlations.filter((row) => pairChosen(row) &&
    row.time_window === (about === "kickoff" ? "post" : window));
  if (about === "outcomes")
    return ofWindow.filter(
      (row) => row.scope === "overall" && row.subject in CONTRAST_WORDS && row.subject !== "shared_match");
  return ofWindow.filter((row) => row.scope === about && row.subject === "own_team_match")
    .sort((a, b) => (b.uplift_pct ?? -Infinity) - (a.uplift_pct ?? -Infinity));
}

function effectTools() {
  const part = chosenPart();
  if (part)
    return make("p", { class: "hint" },
      effectsOf(part).length
        ? `The whole business, and ${part.value} alone.`
        : `The whole business. ${
            part.value} alone was not estimated: no market with orders follows it, or it is the only one of its kind.`);
  const change = (name) => (event) => {
    EFFECTS[name] = event.target.value;
    effectPages.page = 0;
    redraw(renderEffects);
    byId(`effects-${name}`).focus();
  };
  const scopes = new Set(DATA.correlations.map((row) => row.scope));
  const topics = Object.entries(ABOUT_WORDS).filter(([
    about,
  ]) => ["windows", "outcomes", "shared"].includes(about) || scopes.has(about));
  const options = (entries, chosen) =>
    entries.map(([value, words]) => make("option", { value, selected: value === chosen }, words));
  const hasWindow = !["windows", "shared", "kickoff"].includes(EFFECTS.about);
  return make("div", { class: "table-tools" },
    make("label", {}, "Effect of ",
      make("select", { id: "effects-about", onchange: change("about") }, ...options(topics, EFFECTS.about))),
    hasWindow
      ? make("label", {}, "Orders ",
          make("select", { id: "effects-window", onchange: change("window") },
            ...options(WINDOW_ORDER.map((window) => [window, `${WINDOW_WORDS[window]} the match`]), EFFECTS.window)))
      : null);
}

function effectBlock(rows, i, draws) {
  const answered = rows.filter((row) => row.status === "ok" && row.uplift_pct !== null);
  const shown = pageOf(answered, effectPages);
  const heading = make("h3", {}, pairBadge(rows[0]));
  const missing = unansweredList(rows.filter((row) => !answered.includes(row)));
  const warning = beganBeforeNote(answered);
  if (!shown.length) return [heading, missing].filter(Boolean);
  const holder = make("div", { class: "chart", id: `chart-effects-${i}` });
  const points = shown.map((row) => forestPoint(row, effectName(row), counted(row.n_matches, "match", "matches"), [
    row.role === "primary" ? "declared beforehand" : "", beganBefore(row) ? "began hours before" : "",
    row.reasons === null ? "" : "weak",
  ].filter(Boolean).join(", ")));
  draws.push({ holder, draw: () => drawForest(holder, points) });
  const rest = answered.length > effectPages.perPage
    ? pager(answered.length, effectPages, `effects-${i}`, () => redraw(renderEffects))
    : null;
  return [heading, warning, holder, rest, effectTable(shown), missing].filter(Boolean);
}

function effectName(row) {
  const when = `${WINDOW_WORDS[row.time_window]} the match`;
  const what = CONTRAST_WORDS[row.subject];
  const where = row.scope === "overall" ? (chosenPart() ? "everywhere" : "") : row.scope_value;
  const effect = what ? `${what}, ${when}` : row.scope === "overall" || chosenPart() ? when : "";
  return [where, effect].filter(Boolean).join(", ").replace(/^./, (letter) => letter.toUpperCase());
}

const effectLegend = () => legend(["line real", "95 % interval, real"], ["line mock", "95 % interval, mock"],
  ["mde", "too small to detect with these data (80 % power)"]);

function effectsHint(rows) {
  return make("p", { class: "hint" },
    "Each estimate is the effect of a match of the market's own team, " +
      (rows.some(isByDay)
        ? "compared with the rest of its day and with days without a match, where no market can serve as control. "
        : "beyond what football does to every market at that hour. ") +
      "Pale intervals are not significant (q above 0.05). An interval that includes 0 does not show that " +
      "there is no effect: a change inside the pale band would often have been missed. All effects are exploratory " +
      "except those declared beforehand.");
}

// Every number about each estimate, for those who want to check it.
function effectTable(rows) {
  const head = [
    "Effect", "Change", "95 % interval", "Per store and hour", "Expected false share", "Based on",
    "Smallest detectable",
    "Leaving out any one market", "Hours before kick-off", "Dates without a match (for information)",
    "Pre-trend (p-value)", "Weakness", "Method",
  ];
  const cells = (row) => [percent(row.uplift_pct),
    interval(row.ci_low_pct, row.ci_high_pct),
    `${perStoreWords(row)}${
      row.extra_orders_low === null ? ""
        : ` (${signed(row.extra_orders_low)} to ${signed(row.extra_orders_high)} orders)`}`,
    falseShare(row.q_value),
    `${counted(row.n_matches, "match", "matches")}, ${counted(row.n_clusters, "date")}`,
    row.mde_80_pct === null ? "–" : `${row.mde_80_pct.toFixed(1)} %`,
    row.leave_one_out_low_pct === null ? "–" : interval(row.leave_one_out_low_pct, row.leave_one_out_high_pct),
    row.hours_before_p_value === null
      ? "–"
      : `${percent(row.hours_before_uplift_pct)} (p ${probability(row.hours_before_p_value)})`,
    row.placebo_uplift_pct === null
      ? "–"
      : `${percent(row.placebo_uplift_pct)} (${interval(row.placebo_ci_low_pct, row.placebo_ci_high_pct)})`,
    probability(row.pre_trend_p_value),
    row.reasons === null
      ? ""
      : `${reasonWords(row.reasons)} (${Math.round(100 * (row.few_control_share ?? 0))} % of the windows)`,
    row.method,
  ];
  const body = rows.map((row) => make("tr", {}, make("th", { scope: "row" }, effectName(row) || row.hypothesis),
    ...cells(row).map((words, i) => make("td", { class: i < 10 ? "number" : "small" }, words))));
  return make("details", {}, make("summary", {}, "All numbers, with method and checks"),
    scrolling("Table of effects",
      make("table", {}, headOf(head.map((words, i) => [words, i && i < 11 ? "number" : ""])),
        make("tbody", {}, ...body))));
}
