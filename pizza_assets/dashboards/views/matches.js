// A sortable table of matches and the change in orders around them; each links to its match day.
RENDERERS.matches = renderMatches;

const TABLE = { window: "post", sort: "change", descending: true };
const matchPages = paged(25);
const SORT_KEYS = {
  kickoff: (row) => row.match.at,
  observed: (row) => row.observed,
  expected: (row) => row.expected ?? -1,
  change: (row) => Math.abs(row.uplift_pct),
};

function renderMatches() {
  const rows = chosenImpact(TABLE.window);
  const known = rows.filter((row) => row.uplift_pct !== null).sort(bySortKey);
  const sorted = [...known, ...rows.filter((row) => row.uplift_pct === null)];
  const body = sorted.length ? matchTable(sorted, known.length) : [emptyNote(noMatchWords())];
  const title = TABLE.window === "post" ? findingTitle("matches", rows) : undefined;
  fillView("matches", { labels: rows.map((row) => row.data_source), title, body });
  return [];
}

function bySortKey(a, b) {
  const difference = SORT_KEYS[TABLE.sort](a) - SORT_KEYS[TABLE.sort](b);
  return (TABLE.descending ? -difference : difference) || a.match.at - b.match.at || a.market.localeCompare(b.market);
}

function matchTable(rows, knownCount) {
  const page = pageOf(rows, matchPages);
  const reach = Math.max(10,
    ...page.flatMap(
      (row) => [row.ci_low_pct, row.ci_high_pct, row.uplift_pct].map((value) => Math.min(150, Math.abs(value ?? 0)))));
  const pairs = counted(rows.length, "pair of market and match", "pairs of market and match");
  const unknown = rows.length - knownCount;
  const hint = areOnlyComparedTogether(rows)
    ? `${pairs}: ${ONLY_TOGETHER}.`
    : `${pairs}${unknown ? `, ${count(unknown)} of them without a known usual level` : ""}. A single match is noisy, ` +
      "and the largest changes of many are partly chance. Colour marks an interval that excludes 0.";
  return [
    make("div", { class: "table-tools" }, windowSelect(), make("p", { class: "hint" }, hint)),
    scrolling("Table of matches",
      make("table", {}, matchTableHead(), make("tbody", {}, ...page.map((row) => matchTableRow(row, reach))))),
    pager(rows.length, matchPages, "matches", renderMatches),
    downloadButton("matches", rows, ({ match, ...row }) => asWritten({
      kickoff_at: match.kickoff_at, competition: match.competition, match_type: match.match_type,
      home_team: match.home_team, away_team: match.away_team, result: match.result, ...row })),
  ];
}

function windowSelect() {
  const change = (event) => {
    TABLE.window = event.target.value;
    matchPages.page = 0;
    renderMatches();
    byId("table-window").focus();
  };
  const options = WINDOW_ORDER.map((window) => make("option", { value: window, selected: window === TABLE.window },
    `${WINDOW_WORDS[window]} the match`));
  return make("label", {}, "Orders ", make("select", { id: "table-window", onchange: change }, ...options));
}

function matchTableHead() {
  const sortable = (key, words, classes) => {
    const toggle = () => {
      Object.assign(TABLE, { descending: TABLE.sort === key ? !TABLE.descending : true, sort: key });
      matchPages.page = 0;
      renderMatches();
      byId(`sort-${key}`).focus();
    };
    const sorted = TABLE.sort === key ? { "aria-sort": TABLE.descending ? "descending" : "ascending" } : {};
    return make("th", { class: classes, scope: "col", ...sorted },
      make("button", { id: `sort-${key}`, type: "button", onclick: toggle }, words));
  };
  return make("thead", {},
    make("tr", {}, sortable("kickoff", "Match, by kick-off", ""),
      make("th", { scope: "col", class: "wide-only" }, "Data"), sortable("observed", "Orders", "number wide-only"),
      sortable("expected", "Usual", "number wide-only"), sortable("change", "Change", "number"),
      make("th", { scope: "col", class: "wide-only" }, "95 % interval"),
      make("th", { scope: "col", class: "number wide-only" }, "From – to"),
      make("th", { scope: "col", class: "number wide-only" }, "Per store and hour")));
}

function matchTableRow(row, reach) {
  const isKnown = row.uplift_pct !== null;
  const usual = row.expected === null ? "not known" : count(Math.round(row.expected));
  return make("tr", {},
    make("td", { class: "match" }, make("a", { href: matchAddress(row.match_id) }, scoreline(row.match)),
      make("span", { class: "sub" }, `${kickoffWords(row)} · ${row.match.competition} · ${row.market}`),
      make(
        "span", { class: "sub narrow-only" }, `${observedWords(row)} orders, usual ${usual} `, shortPairBadge(row))),
    make("td", { class: "wide-only" }, shortPairBadge(row)),
    make("td", { class: "number wide-only" }, observedWords(row)), make("td", { class: "number wide-only" }, usual),
    make("td", { class: `number ${changeClass(row)}` }, isKnown ? percent(row.uplift_pct, 0) : "not known",
      make("span", { class: "sub narrow-only" }, isKnown ? interval(row.ci_low_pct, row.ci_high_pct, 0) : "")),
    make("td", { class: "wide-only" },
      isKnown ? intervalBar(row, reach) : make("span", { class: "sub" }, reasonWords(row.reasons))),
    make("td", { class: "number wide-only" }, isKnown ? interval(row.ci_low_pct, row.ci_high_pct, 0) : ""),
    make("td", { class: "number wide-only" }, ...storeCell(row)));
}

function intervalBar(row, reach) {
  const at = (value) => (75 + (70 * Math.max(-reach, Math.min(reach, value))) / reach).toFixed(1);
  const bar = makeSvg("svg", { class: `interval ${changeClass(row)}`, viewBox: "0 0 150 16", "aria-hidden": "true" },
    makeSvg("line", { class: "zero", x1: 75, x2: 75, y1: 0, y2: 16 }));
  if (row.ci_low_pct !== null && row.ci_high_pct !== null)
    bar.append(makeSvg("line", { class: "range", x1: at(row.ci_low_pct), x2: at(row.ci_high_pct), y1: 8, y2: 8 }));
  bar.append(makeSvg("circle", { class: row.data_source, cx: at(row.uplift_pct), cy: 8, r: 4 }));
  return bar;
}
