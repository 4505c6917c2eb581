// Tested effects: those selected, their forest plot, and those that could not be estimated.
const effectsOf = (part, subject) => DATA.correlations.filter((row) => pairChosen(row) &&
    (part ? row.scope === part.scope && row.scope_value === part.value : row.scope === "overall") &&
    (!subject || row.subject === subject));

// Whether an estimate compares matches with the rest of their day, for want of another market.
const isByDay = (row) => row.method.includes("rest of the day") || row.method.includes("rest of its day");

// Whether these matches have no usual level of their own because no other market can serve as control, while all of
// them together are compared with the rest of their days.
const areOnlyComparedTogether = (rows) => rows.length > 0 &&
  rows.every((row) => row.uplift_pct === null && /\b(no|one)_control_market\b/.test(row.reasons ?? "")) &&
  effectsOf(null, "own_team_match").some((row) => row.status === "ok" && isByDay(row));
const ONLY_TOGETHER = "there is no other market to compare a single match with. All matches together are compared " +
  "with the rest of their days: see what was found, above";

// What was found, for the title of a view: of the first pair of sources that is shown. Nothing if that one has no sure
// answer. name: the view, or "view/subject".
function findingTitle(name, rows) {
  const [first] = byPair(rows);
  return first && titleOf(name, pairOf(first[0]));
}

// The same of the first source of orders.
const titleOfOrders = (name, sources) => titleOf(name, [...sources].sort().at(-1));

// The same of all data, which no source is chosen from.
const titleOfWhole = (name) => (FILTER.source ? undefined : titleOf(name, "all"));

// Nothing if the view honours a filter that leaves other data than the sentence is about: then it keeps its name.
function titleOf(name, key) {
  const { filters } = PAGE.views[name.split("/")[0]];
  const ofData = activeFilters().filter((filter) => filter !== "source" && filters.includes(filter));
  const found = ofData.length ? undefined : PAGE.titles[name]?.[key];
  return found === undefined ? undefined : withMinus(found);
}

// Whether orders departed from usual hours before kick-off, so that the effect may not be football's.
const beganBefore = (row) => (row.hours_before_p_value ?? 1) <= PAGE.suspicious_p;

function beganBeforeWords(row) {
  const where = row.scope === "overall" ? "" : " in all markets together";
  return `it began hours before: orders${where} were already ${percent(row.hours_before_uplift_pct)} from usual`;
}

// The warning that goes before estimates of one pair of sources, or null.
function beganBeforeNote(rows) {
  const row = rows.find(beganBefore);
  return row ? make("p", { class: "hint" },
    `Hours before kick-off, orders of all markets together were already ${percent(row.hours_before_uplift_pct)} from ` +
      "usual: something else goes with match days (a promotion, a holiday), so these effects may not be football's.")
    : null;
}

// One row of a forest plot: a label of up to two lines, the numbers, and the text of the tooltip.
function forestPoint(row, name, nWords, role = "") {
  const dates = row.n_clusters ? ` on ${counted(row.n_clusters, "date")}` : "";
  return {
    ...row,
    name,
    detail: [role, nWords].filter(Boolean).join(", "),
    is_found: row.direction === "up" || row.direction === "down",
    mde_low: row.mde_80_pct === null ? null : -row.mde_80_pct,
    mde_high: row.mde_80_pct,
    uplift_words: percent(row.uplift_pct),
    interval_words: interval(row.ci_low_pct, row.ci_high_pct),
    per_store_words: perStoreWords(row),
    mde_words: row.mde_80_pct === null ? "" : `±${row.mde_80_pct.toFixed(1)} %`,
    n_words: `${nWords}${dates}`,
    q_words: row.q_value === undefined ? "" : falseShare(row.q_value),
  };
}

async function drawForest(holder, points) {
  const width = holder.clientWidth < 560 ? 19 : 36;
  const seen = new Map();
  const rows = points.map((point) => {
    const label = `${wrapped(point.name, width)}\n${wrapped(point.detail, width)}`;
    seen.set(label, (seen.get(label) ?? 0) + 1);
    return { ...point, row: seen.get(label) > 1 ? `${label} (${seen.get(label)})` : label };
  });
  const lines = Math.max(...rows.map((point) => point.row.split("\n").length));
  const longest = Math.max(...rows.flatMap((point) => point.row.split("\n").map((line) => line.length)));
  const words =
    rows
      .map((point) => `${point.name}: ${point.uplift_words}, 95 % interval ${point.interval_words}, ${point.n_words}.`)
      .join(" ");
  await drawChart(holder, "forest",
    { datasets: { effects: rows }, axisWidth: 34 + 6.9 * longest, words, tokens: { $step: 20 + 15 * lines } });
}

function unansweredList(rows) {
  if (!rows.length) return null;
  const items = rows.slice(0, 3).map((row) => make("li", {}, make("strong", {}, "Not enough data: "),
    `${row.hypothesis} Why: ${reasonWords(row.reasons)} (${counted(row.n_matches, "match", "matches")} on ${
      counted(row.n_clusters, "date")}).`));
  if (rows.length > items.length)
    items.push(make("li", {},
      `${
        count(rows.length -
          items.length)} more could not be answered either; all are in the extract dashboard_correlations.`));
  return make("ul", { class: "unanswered" }, ...items);
}
