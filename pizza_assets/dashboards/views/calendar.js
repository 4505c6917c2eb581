// A calendar of match days, coloured by the change in orders after the match.
RENDERERS.calendar = renderCalendar;

const WEEKDAYS = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];

function renderCalendar() {
  const rows = chosenImpact("post").filter((row) => row.expected !== null && row.status === "ok");
  if (!rows.length) {
    fillView("calendar", {
      labels: [],
      body: [emptyNote(noUsualLevelWords("No match day with a known usual level fits these filters."))],
    });
    return [];
  }
  const draws = [];
  const body = byPair(rows).flatMap((own, i) => {
    if (new Set(own.map((row) => row.kickoff_date)).size < PAGE.fewest_match_days)
      return [
        make("h3", {}, pairBadge(own[0])),
        emptyNote("Too few match days for a calendar; see the table of matches."),
      ];
    const holder = make("div", { class: "chart", id: `chart-calendar-${i}` });
    draws.push({ holder, draw: () => drawCalendar(holder, own) });
    return [make("h3", {}, pairBadge(own[0])), holder];
  });
  const key = legend(["fall", "fewer orders than usual"], ["rise", "more orders than usual"]);
  const hint = make("p", { class: "hint" },
    "Each day combines all selected markets, by their local dates. Single days are noisy. Select a day to see its " +
      "matches.");
  const title = findingTitle("calendar", rows);
  fillView("calendar", { labels: rows.map((row) => row.data_source), title, body: [key, ...body, hint] });
  return draws;
}

async function drawCalendar(holder, rows) {
  const days = [...grouped(rows, (row) => row.kickoff_date)].map(([date, own]) => calendarDay(date, own));
  const reach = Math.max(10, quantile(days.map((day) => Math.abs(day.uplift_pct)), 0.95));
  const above = count(days.filter((day) => day.uplift_pct > 0).length);
  const words = `${counted(days.length, "match day")}, ${above} of them above usual. The table below has the matches.`;
  const view = await drawChart(holder, "calendar", { datasets: { days }, axisWidth: 46, words });
  await view.signal("reach", reach).runAsync();
  view.addEventListener("click", (event, item) => item?.datum?.match_ids && openDay(item.datum));
}

function calendarDay(date, rows) {
  const at = Date.parse(date);
  const weekday = (new Date(at).getUTCDay() + 6) % 7;
  const observed = sumBy(rows, "observed"), expected = sumBy(rows, "expected");
  const ids = [...new Set(rows.map((row) => row.match_id))];
  return {
    at,
    data_source: rows[0].data_source,
    source_words: pairWords(rows[0]),
    week_at: at - weekday * DAY_MS,
    week_ends_at: at + (7 - weekday) * DAY_MS,
    weekday: WEEKDAYS[weekday],
    match_ids: ids,
    uplift_pct: expected ? 100 * (observed / expected - 1) : 0,
    day_words: WEEKDAY.format(at),
    matches_words: count(ids.length),
    uplift_words: expected ? percent(100 * (observed / expected - 1), 0) : "not known",
    orders_words: `${count(observed)}, usual ${count(Math.round(expected))}`,
    extra_words: signed(observed - expected, 0),
  };
}

// A day with one match opens that match; a day with several sets the date filter, and the table lists its matches.
function openDay({ at, match_ids: ids }) {
  if (ids.length === 1) return openMatch(ids[0]);
  chooseDay(at); // Filter and calendar both use the market's local date.
  byId("view-matches").scrollIntoView();
  return byId("title-matches").focus({ preventScroll: true });
}

function quantile(values, share) {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))];
}
