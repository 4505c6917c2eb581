// Coming matches, what to staff for around them, by fixture and market; each row links to the forecast by hour.
RENDERERS.coming = renderComing;

const comingPages = paged(12);
const fixtureAddress = (id) => `#/coming/${encodeURIComponent(id)}`;

function renderComing() {
  const notices = DATA.coming_matches.filter((row) => row.entry !== "fixture");
  const fixtures = DATA.coming_matches.filter((row) => row.entry === "fixture" && fixtureChosen(row) && !isOver(row))
    .sort((a, b) => a.kickoff_at - b.kickoff_at);
  const rows = fixtures.flatMap(fixtureRows);
  const own = rows.filter(isOfOurs), others = rows.filter((row) => !isOfOurs(row));
  const labels =
    rows.length ? rows.map((row) => row.data_source ?? row.match_source) : fixtures.map((row) => row.match_source);
  if (!fixtures.length) {
    fillView("coming", { labels, body: [...noticeList(notices), emptyNote(noFixtureWords())] });
    return [];
  }
  const chains = [...new Set(DATA.demand_forecast.map((row) => row.chain))];
  const table = make("table", {}, headOf([
    ["Coming match", ""], ["Data", "wide-only"], ["Market", "wide-only"], ["Orders around it", "number"],
    ["Football adds", "number"], ["Busiest hour of the day", "wide-only"],
    [chains.length > 1 ? "All chains together: staff for" : "Staff for", "number"],
  ]),
    make("tbody", {}, ...pageOf(own, comingPages).map(comingRow)));
  fillView("coming", {
    labels,
    // the title counts all that were coming when the page was made
    title: DATA.coming_matches.some((row) => row.entry === "fixture" && isOver(row)) ? undefined
      : findingTitle("coming", own.filter((row) => row.market)),
    body: [
      ...noticeList(notices),
      ...(own.length ? [comingHint(chains), scrolling("Table of coming matches", table)]
        : [emptyNote(noForecastWords(others))]),
      make("div", { class: "buttons" },
        ...[downloadButton("coming-matches", rows.map(writtenRow)), calendarButton()].filter(Boolean)),
      own.length ? pager(own.length, comingPages, "coming", renderComing) : null,
      others.length ? otherMatches(others) : null,
    ].filter(Boolean),
  });
  return [];
}

// The file that the pipeline also writes beside the page, which may have been sent alone; nothing if it has no events.
const calendarButton = () => (PAGE.calendar
  ? make("button", { type: "button", class: "calendar-file",
    title: "Matches that change a shop's day, for Outlook, Google or Apple calendars",
    onclick: () => saveFile("coming_matches.ics", "text/calendar", PAGE.calendar) }, "Download calendar (.ics)")
  : null);

const fixtureChosen = (row) => (!FILTER.source || row.match_source === matchSource()) && fitsMatchFilters(row) &&
  (!FILTER.market || forecastsOf(row).some((forecast) => forecast.market === FILTER.market));

// The forecasts of a fixture for the whole time around the match.
function forecastsOf(fixture) {
  return (DATA.forecastByMatch.get(fixture.match_id) ?? []).filter((row) => row.span === "match" && pairChosen(row));
}

// One row for each market that follows a fixture, or a single row if none does.
function fixtureRows(fixture) {
  const own = forecastsOf(fixture).filter(
    (row) => (!FILTER.market || row.market === FILTER.market) && (!FILTER.team || row.team === FILTER.team));
  return own.length ? own.map((row) => ({ ...row, fixture })) : [{ fixture, match_source: fixture.match_source }];
}

// A market follows one of the teams, even if nothing is forecast because the time is not fixed.
const isOfOurs = (row) => Boolean(row.market || (row.fixture.note && row.fixture.market_count));

// Matches that move no shop's orders, as far as is known: out of the way of those that do.
function otherMatches(rows) {
  const item = ({ fixture }) => make("li", {}, `${kickoffOf({ fixture })}: ${teams(fixture)} `,
    badge(fixture.match_source),
    make("span", { class: "sub" }, ` ${fixture.competition}`));
  return make("details", { class: "others" },
    make("summary", {}, `${counted(rows.length, "more match", "more matches")}${rows.some(isTooFar)
      ? " without a forecast" : ", of teams that no market with orders follows"}`),
    make("ul", { class: "plain" }, ...rows.map(item)));
}

// In the clock of the market, where one follows the match; else in that of the business.
const kickoffOf = ({ fixture, kickoff_local: inMarket }) => (fixture.kickoff_is_fixed
  ? inMarket ?? fixture.kickoff_local : `${day(fixture.kickoff_at * 1000)}, kick-off not fixed yet`);

// A row of the downloaded file: the fixture, then its forecast where a market follows it.
function writtenRow({ fixture, ...row }) {
  const { match_id, kickoff_local, home_team, away_team, competition, note } = fixture;
  return { match_id, kickoff_local, home_team, away_team, competition, note, ...row };
}

function noFixtureWords() {
  const all = DATA.coming_matches.filter((row) => row.entry === "fixture");
  if (all.length && all.every(isOver)) return "All matches that were announced here have been played since.";
  if (all.length) return "No coming match fits these filters.";
  return "No match is announced for the next 14 days: off season, or the match source does not list its fixtures yet.";
}

// Whoever follows its teams, such a match has no forecast.
const isTooFar = ({ fixture }) => isBeyondForecasts(fixture.kickoff_at * 1000);

function noForecastWords(rows) {
  if (rows.every(isTooFar)) return `No coming match has a forecast: ${reachWords()}.`;
  const reached = rows.some(isTooFar) ? " that forecasts reach" : "";
  return `No market with orders follows a team of the coming matches${reached}.`;
}

const noticeList = (notices) =>
  (notices.length ? [make("ul", { class: "unanswered" }, ...notices.map(
    (row) => make("li", { title: row.sentence }, plainCause(row.sentence))))]
    : []);

function comingHint(chains) {
  const whose = chains.length > 1 ? ` of all chains of the market (${chains.join(" and ")})` : "";
  const weekend = `“${PAGE.views.weekend.title}”`;
  return make("p", { class: "hint" },
    `Orders${whose} before, during and after the match together, with the range expected to hold four times in ` +
      `five. “Staff for” is the number that nine in ten such hours do not exceed.${
        whose ? ` The numbers of each chain are under ${weekend}.`
          : ` ${weekend} estimates each shop on its own, so even for a market's only shop its numbers can differ by ` +
            "an order or two."} ` +
      "Select a match to see its hours.");
}

function comingRow(row) {
  const { fixture } = row;
  const hasBegun = fixture.kickoff_is_fixed && fixture.kickoff_at * 1000 <= nowMs();
  const moved = `${fixture.is_moved ? " (moved)" : ""}${hasBegun ? " (has begun)" : ""}`;
  const title = row.market ? make("a", { href: fixtureAddress(fixture.match_id) }, teams(fixture)) : teams(fixture);
  const match =
    make("td", { class: "match" }, title,
      make("span", { class: "sub" }, `${kickoffOf(row)}${moved} · ${fixture.competition}`),
      row.market ? make("span", { class: "sub narrow-only" }, `${row.market} `, shortPairBadge(row)) : null);
  if (!row.market)
    return make("tr", {}, match, make("td", { class: "wide-only" }, badge(fixture.match_source)),
      make("td", { colspan: "5" }, fixture.note));
  const place = [
    make("td", { class: "wide-only" }, shortPairBadge(row)),
    make("td", { class: "wide-only" }, row.market, make("span", { class: "sub" }, `follows ${row.team}`)),
  ];
  if (row.status !== "ok")
    return make("tr", {}, match, ...place, make("td", { colspan: "4" }, `No forecast: ${reasonWords(row.reasons)}.`));
  return make("tr", {}, match, ...place,
    make("td", { class: "number" }, count(Math.round(row.orders)),
      make("span", { class: "sub" }, spanWords(row.low_80, row.high_80)),
      row.days_ahead === 0 ? make("span", { class: "sub" }, `from ${row.local_start} on`) : null),
    make("td", { class: "number" }, ...addedWords(row)),
    make("td", { class: "wide-only nowrap" }, row.peak_hour_local ?? "–",
      make("span", { class: "sub" },
        row.peak_hour_orders === null ? "" : `${count(Math.round(row.peak_hour_orders))} expected`)),
    make("td", { class: "number strong" },
      row.peak_hour_quantile_90 === null ? "–" : `${count(Math.round(row.peak_hour_quantile_90))} an hour`));
}
