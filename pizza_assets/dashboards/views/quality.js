// Data behind the numbers: which weeks are real, mock, partial or missing, and the latest check results.
RENDERERS.quality = renderQuality;

const weekPages = paged(10);
const OUTCOME_BADGES = {
  passed: ["passed", "passed"],
  warning: ["warning", "warning"],
  error: ["error", "error"],
  not_checked: ["none", "not checked"],
};

function renderQuality() {
  const rows = DATA.data_quality.filter(weekChosen)
    .filter(qualitySourceChosen)
    .sort((a, b) => isRemarkable(b) - isRemarkable(a) || b.week.localeCompare(a.week) ||
      a.dataset.localeCompare(b.dataset));
  const labels = rows.map((row) => row.data_source).filter((source) => source !== "none");
  if (!rows.length) {
    fillView("quality",
      { labels, body: [emptyNote("No week is recorded for these filters. Collect a week to fill this view.")] });
    return [];
  }
  const holder = make("div", { class: "chart", id: "chart-quality" });
  const table = make("table", {}, headOf([
    ["Week from", ""], ["Data", ""], ["Real or mock", ""], ["Source", "wide-only"], ["Rows", "number"],
    ["Refused", "number"], ["Why", "wide-only"],
  ]),
    make("tbody", {}, ...pageOf(rows, weekPages).map(qualityRow)));
  const hasWarnings = DATA.checks.some((row) => row.outcome === "error" || row.outcome === "warning");
  fillView("quality", {
    labels,
    title: titleOfWhole("quality"),
    body: [
      ...(hasWarnings ? checkTable() : []),
      legend(["real", "real"], ["mock", "mock"], ["none", "nothing stored"],
        ["warn", "partial, rows refused, or a check failed or warned"]),
      holder,
      scrolling("Table of weeks", table),
      pager(rows.length, weekPages, "weeks", () => redraw(renderQuality)),
      ...(hasWarnings ? [] : checkTable()),
      downloadButton("weeks", rows),
    ],
  });
  return [{
    holder,
    draw: () => drawChart(
      holder, "quality", { datasets: { weeks: rows.map(qualityBar) }, axisWidth: 74, words: qualityWords(rows) }),
  }];
}

// Weeks and checks that somebody should look at come first.
const isRemarkable = (row) => row.is_partial || row.rejected_count > 0 || row.failed_check_count > 0;
const URGENCY = ["error", "warning", "not_checked", "passed"];

function qualityRow(row) {
  const label = row.data_source === "none" ? "nothing stored"
    : row.is_partial ? `${row.data_source}, partial`
    : row.data_source;
  return make("tr", {},
    make("td", { class: "nowrap" }, day(Date.parse(row.week)),
      row.reason ? make("span", { class: "sub narrow-only" }, plainCause(row.reason)) : null),
    make("td", { class: "nowrap" }, row.dataset), make("td", {}, badge(row.data_source, label)),
    make("td", { class: "wide-only" }, row.source_name ?? "–"), make("td", { class: "number" }, count(row.row_count)),
    make("td", { class: `number ${row.rejected_count ? "down" : ""}` }, count(row.rejected_count)),
    make("td", { class: "wide-only", title: row.reason }, plainCause(row.reason ?? "")));
}

function qualityBar(row) {
  const startsAt = row.week_starts_at * 1000;
  return {
    ...row,
    starts_at: startsAt,
    middle_at: startsAt + 3.5 * DAY_MS,
    ends_at: startsAt + 7 * DAY_MS,
    week: day(startsAt),
    is_remarkable: isRemarkable(row),
    source_words: row.data_source === "none" ? "nothing stored"
      : `${row.data_source}${row.is_partial ? ", partial" : ""}`,
    rows_words: count(row.row_count),
    rejected_words: count(row.rejected_count),
    checks_words: row.failed_check_count ? `${counted(row.failed_check_count, "check")} failed or warned` : "",
  };
}

function qualityWords(rows) {
  const groups = grouped(rows, (row) => `${row.dataset} ${row.data_source}`);
  return `Weeks by source: ${
      [...groups]
        .map(([name, own]) => `${name}: ${counted(own.length, "week")}`)
        .join(", ")}. Each week is a row of the table below.`;
}

// The latest results of the platform's checks on the stored weeks.
function checkTable() {
  if (!DATA.checks.length) return [make("p", { class: "hint" }, "These weeks have not been checked yet.")];
  const checks = [...DATA.checks].sort((a, b) => URGENCY.indexOf(a.outcome) - URGENCY.indexOf(b.outcome));
  const rows = checks.map(
    (row) => make("tr", {},
      make("th", { scope: "row" }, row.check.replaceAll("_", " "), make("span", { class: "sub" }, row.asset)),
      make("td", {}, badge(...OUTCOME_BADGES[row.outcome])), make("td", { class: "number" }, count(row.week_count)),
      make("td", { class: "wide-only" },
        row.first_week === null ? "–" : `${day(Date.parse(row.first_week))} to ${day(Date.parse(row.last_week))}`),
      make("td", { class: "wide-only", title: row.description },
        row.outcome === "passed" ? "" : plainCause(row.description ?? ""))));
  return [
    make("h3", {}, "Latest check results"),
    scrolling("Table of checks",
      make("table", { id: "checks" }, headOf([
        ["Check", ""], ["Outcome", ""], ["Weeks", "number"], ["From – to", "wide-only"],
        ["Details", "wide-only"],
      ]),
        make("tbody", {}, ...rows))),
  ];
}
