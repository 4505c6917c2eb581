"""The page as people use it, in headless Chromium: filters, drill-down, Back, keyboard, phone, dark mode, safety."""

import csv
import io
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from pizza_assets.analysis.reasons import Reason
from pizza_assets.analysis.wording import METHODS
from pizza_assets.dashboards import page_payload
from pizza_assets.dashboards.dashboard_page import PageData, build_page
from pizza_assets.dashboards.view import FILTERS
from pizza_assets.dashboards.views import VIEWS
from pizza_assets.models.demand import DemandForecastExtract
from pizza_assets.models.extracts import (
    AnomaliesExtract,
    CorrelationsExtract,
    DataQualityExtract,
    MatchImpactExtract,
    OrdersTimelineExtract,
)
from pizza_assets.models.forecast_extracts import ComingMatchesExtract, MatchForecastExtract
from pizza_assets_tests.conftest import absent
from pizza_assets_tests.dashboards.sample import HOSTILE, Sample, sample_page_data

pytestmark = pytest.mark.integration
UNREACHABLE = (
    "openfootball failed: https://example.org/2025-26/en.1.json: no complete answer (Name or service not known); "
    "check the network and the address; these matches are invented by mock"
)
CALENDAR = "BEGIN:VCALENDAR\nBEGIN:VEVENT\nSUMMARY:</script>\nEND:VEVENT\nEND:VCALENDAR\n"
NOW = "2026-08-04T06:00:00Z"
"""The clock of the browser: an hour after the sample was made."""
OVERVIEW = [view for view in VIEWS if not view.address]
"""The views of the overview."""
ADDRESSES = [
    "", "#/match/m-0005", "#/coming/coming-real-0", "#/day/real/real/Pizza%20Hut/Brentford/Brentford%201/2026-08-08",
]  # fmt: skip
A_CHOICE = {
    "source": ("source", "real/real"),
    "team": ("team", "Brentford"),
    "competition": ("competition", "FA Cup"),
    "type": ("type", "cup"),
    "market": ("market", "Brentford"),
    "chain": ("chain", "Pizza Hut"),
    "dates": ("from", "2025-09-09"),
}
"""A choice of every filter: the control and its value. Each leaves something in every view that honours it."""
BOTH = Sample(weeks=8, markets=6, order_sources=("mock", "real"), match_sources=("real",), hostile_team=True)


@pytest.fixture(scope="module")
def folder(tmp_path_factory) -> Path:
    """The pages that the tests open, by name."""
    folder = tmp_path_factory.mktemp("pages")
    mock = sample_page_data(Sample(weeks=4, markets=4))
    pages = {
        "both": sample_page_data(BOTH),
        "mock": mock,
        "tiny": sample_page_data(Sample(weeks=1, matches_per_week=3)),
        "late": _late(sample_page_data(BOTH)),
        "outdated": _outdated(sample_page_data(BOTH)),
        "saturday": collected_on_saturday(_late(sample_page_data(BOTH))),
        "fortnight": _for_two_weeks(mock),
        "busy": _busy(_for_two_weeks(mock)),
        "odd": _led_by_a_match_that_nobody_follows(_with_two_matches(mock)),
        "unusual": _with_a_quiet_sunday(mock),
        "unstaffed": _with_demand(sample_page_data(BOTH), people=None),
        "quiet": _with_demand(sample_page_data(BOTH), people=None, quantile_90=9.0),
        "forint": _in(sample_page_data(Sample(weeks=8, markets=4)), "HUF"),
        "promoted": _promoted(sample_page_data(BOTH)),
        "calendar": replace(mock, calendar=CALENDAR),
        "new_york": _in_new_york(sample_page_data(BOTH)),
        "alone": _alone(mock, is_answered=True),
        "refused": _alone(mock, is_answered=False),
        "empty": PageData(title="Pizza and football", data_as_of="no time yet"),
    }
    for name, data in pages.items():
        (folder / f"{name}.html").write_text(build_page(data), encoding="utf-8")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(page_payload, "quarter_hourly", partial(page_payload.quarter_hourly, most=8 * 672 * 2))
        (folder / "large.html").write_text(build_page(pages["mock"]), encoding="utf-8")
    return folder


def _in_new_york(data: PageData) -> PageData:
    """An outage from 21:00 to 23:00 on a Saturday in New York, on Sunday in UTC."""
    rows = data.rows(AnomaliesExtract)
    starts_at = pd.Timestamp("2025-09-14T01:00Z")
    hours = rows.assign(starts_at=starts_at, ends_at=starts_at + pd.Timedelta(hours=2))
    changed = {AnomaliesExtract.table_name(): hours}
    zones = dict.fromkeys(rows["market"], "America/New_York")
    return replace(data, extracts={**data.extracts, **changed}, zones=zones)


def _alone(data: PageData, *, is_answered: bool) -> PageData:
    """No match has a control market; all matches together are compared with their days, or that is refused."""
    impact, results = data.rows(MatchImpactExtract), data.rows(CorrelationsExtract)
    unknown = ["expected", "uplift_pct", "ci_low_pct", "ci_high_pct", "extra_orders"]
    impact = impact.assign(**dict.fromkeys(unknown), status="insufficient_data", reasons=str(Reason.NO_CONTROL_MARKET))
    is_own = results["subject"] == "own_team_match"
    results = results.assign(
        method=results["method"].mask(is_own, METHODS["same_day"]["method"]),
        status=results["status"].mask(is_own, "ok" if is_answered else "insufficient_data"),
    )
    changed = {
        MatchImpactExtract.table_name(): MatchImpactExtract.conform(impact), CorrelationsExtract.table_name(): results
    }  # fmt: skip
    return replace(data, extracts={**data.extracts, **changed})


def _promoted(data: PageData) -> PageData:
    """Mock orders with real matches were above usual hours before kick-off already."""
    rows = data.rows(CorrelationsExtract)
    is_promoted = (rows["order_source"] == "mock") & (rows["subject"] == "own_team_match")
    numbers = {"hours_before_uplift_pct": 8.2, "hours_before_p_value": 0.004}
    changed = rows.assign(**{name: rows[name].mask(is_promoted, value) for name, value in numbers.items()})
    return replace(data, extracts={**data.extracts, CorrelationsExtract.table_name(): changed})


def collected_on_saturday(data: PageData) -> PageData:
    """The page that the schedule wrote in the morning of the match day: no warning of old data stands above it."""
    forecast = data.extracts["dashboard_demand_forecast"].assign(origin_at=pd.Timestamp("2026-08-08T05:00Z"))
    return replace(
        data,
        data_as_of="8 Aug 2026, 05:00 UTC",
        collected_at=datetime(2026, 8, 8, 5, tzinfo=UTC),
        extracts={**data.extracts, "dashboard_demand_forecast": forecast},
    )


def _late(data: PageData) -> PageData:
    """The second chain opens in the last two weeks."""
    start = pd.Timestamp("2025-09-16T05:00Z")
    orders, quarters = data.rows(OrdersTimelineExtract), data.quarter_hours
    return replace(
        data,
        extracts={
            **data.extracts,
            "dashboard_orders_timeline": orders[(orders["chain"] == "Domino's") | (orders["hour_at"] >= start)],
        },
        quarter_hours=quarters[(quarters["chain"] == "Domino's") | (quarters["bin_at"] >= start)],
    )


def _outdated(data: PageData) -> PageData:
    """The newest orders are too old for a forecast."""
    forecasts = (DemandForecastExtract, MatchForecastExtract)
    coming = data.rows(ComingMatchesExtract)
    return replace(
        data,
        extracts={
            **data.extracts,
            **{table.table_name(): table.empty() for table in forecasts},
            ComingMatchesExtract.table_name(): coming[coming["kickoff_is_fixed"]],
        },
    )


def _with_two_matches(data: PageData) -> PageData:
    """Another match in the evening; both add one order to the day."""
    demand = data.rows(DemandForecastExtract).copy()
    is_evening = demand["match_id"].notna() & (demand["local_start"] == "18:00")
    demand.loc[is_evening, ["match_id", "match"]] = ["evening", "Aston Villa – Hull City, 20:00"]
    is_day = demand["span"] == "day"
    demand.loc[is_day, "without_football"] = demand.loc[is_day, "with_football"] - 1.2
    return replace(data, extracts={**data.extracts, DemandForecastExtract.table_name(): demand})


def _with_a_quiet_sunday(data: PageData) -> PageData:
    demand = data.rows(DemandForecastExtract).copy()
    quiet = (demand["market"] == "Brentford") & (demand["business_date"] == "2026-08-09")
    demand.loc[quiet, "unusual_pct"] = -40.2
    return replace(data, extracts={**data.extracts, DemandForecastExtract.table_name(): demand})


def _for_two_weeks(data: PageData) -> PageData:
    """Every day like the Saturday of the sample, in shops whose ids repeat a long name; a match adds nothing."""
    demand = data.rows(DemandForecastExtract).copy()
    saturday = demand[demand["business_date"] == "2026-08-08"]
    names = {"Brentford": "Wolverhampton"}
    days = []
    for number in range(15):
        later = pd.Timedelta(days=number - 4)
        own = saturday.replace({"market": names})
        own["store_id"] = own["market"].str.lower().str.replace(" ", "-") + "-2"
        date = (pd.Timestamp("2026-08-08") + later).date().isoformat()
        days.append(own.assign(business_date=date, starts_at=own["starts_at"] + later, ends_at=own["ends_at"] + later))
    rows = pd.concat(days, ignore_index=True).assign(people=None)
    is_day = rows["span"] == "day"
    rows.loc[is_day, "without_football"] = rows.loc[is_day, "with_football"] - 0.3
    rows = DemandForecastExtract.conform(rows)
    quality = data.rows(DataQualityExtract).assign(reason=UNREACHABLE)
    return replace(
        data,
        extracts={
            **data.extracts,
            DemandForecastExtract.table_name(): rows,
            DataQualityExtract.table_name(): quality,
        },
    )


def _busy(data: PageData) -> PageData:
    """Numbers of three digits, people for them, and a match that adds orders to every day."""
    demand = data.rows(DemandForecastExtract).copy()
    is_day = demand["span"] == "day"
    demand.loc[is_day, "without_football"] = demand.loc[is_day, "with_football"] - 123
    demand = demand.assign(quantile_90=demand["quantile_90"] + 100, people=12)
    return replace(
        data, extracts={**data.extracts, DemandForecastExtract.table_name(): DemandForecastExtract.conform(demand)}
    )


def _with_demand(data: PageData, **changes: object) -> PageData:
    demand = DemandForecastExtract.conform(data.rows(DemandForecastExtract).assign(**changes))
    return replace(data, extracts={**data.extracts, DemandForecastExtract.table_name(): demand})


def _led_by_a_match_that_nobody_follows(data: PageData) -> PageData:
    coming = data.rows(ComingMatchesExtract).copy()
    is_first = coming["home_team"] == "Hull City"
    coming.loc[is_first, "kickoff_at"] = coming["kickoff_at"].min() - pd.Timedelta(days=1)
    coming.loc[is_first, "competition"] = "=Championship"
    return replace(data, extracts={**data.extracts, ComingMatchesExtract.table_name(): coming})


def _in(data: PageData, currency: str) -> PageData:
    orders = data.rows(OrdersTimelineExtract).assign(currency=currency)
    return replace(data, extracts={**data.extracts, "dashboard_orders_timeline": orders})


@contextmanager
def opened(browser, file: Path, address: str = "", now: str = NOW, **options) -> Iterator:
    """An open page; on leaving, it must have made no network request and logged nothing."""
    page = browser.new_page(**{"viewport": {"width": 1280, "height": 900}, **options})
    page.set_default_timeout(15_000)
    page.clock.set_fixed_time(now)
    troubles: list[str] = []
    page.on("console", lambda message: troubles.append(f"{message.type}: {message.text}"))
    page.on("pageerror", lambda error: troubles.append(str(error)))
    page.on("dialog", lambda dialog: (troubles.append("a dialog opened"), dialog.dismiss()))
    page.on(
        "request",
        lambda request: troubles.append(request.url) if not request.url.startswith(("file:", "data:")) else None,
    )
    page.goto(f"{file.as_uri()}{address}")
    wait_until_drawn(page, address.split("?", maxsplit=1)[0] or "#/")
    yield page
    page.wait_for_timeout(100)
    page.close()
    assert troubles == []


def wait_until_drawn(page, address: str = "#/") -> None:
    page.wait_for_selector(f'html[data-drawn="{address}"]', state="attached")  # a polled function is eval: forbidden


def choose(page, control: str, value: str) -> None:
    """Set a filter and wait until everything is drawn again."""
    page.evaluate("delete document.documentElement.dataset.drawn")
    if control in ("from", "to"):
        page.fill(f"#filter-{control}", value)
    else:
        page.select_option(f"#filter-{control}", value)
    wait_until_drawn(page)


def table_rows(page) -> int:
    return page.locator("#view-matches tbody tr").count()


def filter_note(page, view: str) -> str:
    return " ".join(page.locator(f"#view-{view} .filter-note").all_inner_texts())


def words(page, view: str) -> str:
    """The text of a view and the descriptions of its charts, which differ whenever the charts look different."""
    labels = page.locator(f"#view-{view} .chart").evaluate_all(
        "all => all.map((one) => one.getAttribute('aria-label'))"
    )
    return page.locator(f"#view-{view}").inner_text() + " ".join(labels)


def tile(page, name: str) -> str:
    return page.locator(".kpi", has=page.get_by_text(name, exact=True)).inner_text()


def test_every_chart_is_drawn_without_a_request_or_a_complaint(browser, folder):
    by_pair = ("kickoff", "goals", "effects", "outcomes", "results", "calendar")
    charts = [
        "timeline",
        "quality",
        "sources",
        "accuracy-backtest-0",
        "accuracy-backtest-1",
        *(f"{name}-{number}" for name in by_pair for number in (0, 1)),
    ]
    with opened(browser, folder / "both.html") as page:
        for chart in charts:
            holder = page.locator(f"#chart-{chart}")
            assert holder.locator("svg path").count() > 3, chart
            assert len(holder.get_attribute("aria-label")) > 40, chart
            assert "undefined" not in holder.get_attribute("aria-label"), chart
            assert "NaN" not in holder.inner_html(), chart
        assert not {"undefined", "NaN", "null"} & set(page.locator("#overview").inner_text().split())


def test_what_began_hours_before_kick_off_is_said_beside_every_number(browser, folder):
    began = "it began hours before: orders were already +8.2\u00a0% from usual"
    above = "Hours before kick-off, orders of all markets together were already +8.2\u00a0% from usual"
    with opened(browser, folder / "promoted.html") as page:
        assert tile(page, "After the own team's match").count(began) == 1, "of mock orders, not of real ones"
        for view in ("effects", "results"):
            assert words(page, view).count(above) == 1, view
        drawn = "".join(page.locator("#view-effects .chart").evaluate_all("all => all.map((one) => one.innerHTML)"))
        assert "began hours" in drawn, "the label wraps"
    with opened(browser, folder / "both.html") as page:
        assert "hours before" not in tile(page, "After the own team's match").lower()
        for view in ("effects", "results"):
            assert "Hours before kick-off, orders" not in words(page, view), view


def test_a_hostile_name_stays_text(browser, folder):
    with opened(browser, folder / "both.html") as page:
        assert page.locator("img").count() == 0
        choose(page, "team", HOSTILE)
        assert HOSTILE in page.locator("#view-matches tbody tr a").first.inner_text()
        page.locator("#view-matches tbody tr a").first.click()
        page.wait_for_selector("#view-match h2:visible")
        assert HOSTILE in page.locator("#view-match").inner_text()
        assert page.locator("img").count() == 0


@pytest.mark.parametrize("name", FILTERS)
def test_a_filter_changes_what_it_honours_and_says_so_elsewhere(browser, folder, name):
    with opened(browser, folder / "both.html") as page:
        before = {view.id: words(page, view.id) for view in OVERVIEW}
        choose(page, *A_CHOICE[name])
        for view in OVERVIEW:
            note, after = filter_note(page, view.id), words(page, view.id)
            if name not in view.filters:
                assert f"Not filtered by {FILTERS[name]}" in note, view.id
                assert after.replace(note, "").split() == before[view.id].split(), view.id
                continue
            assert ("Only partly filtered by" in note) == (name in view.partly), view.id
            assert after.replace(note, "").split() != before[view.id].split(), view.id
        page.click("#filter-clear")
        wait_until_drawn(page)


def test_filters_choose_the_right_rows(browser, folder):
    with opened(browser, folder / "both.html") as page:
        all_orders, all_matches = tile(page, "Orders"), page.locator("#filter-count").inner_text()
        assert "mock orders" in all_orders
        assert "real orders" in all_orders
        choose(page, "source", "real/real")
        assert "mock orders" not in tile(page, "Orders")
        assert page.locator(".card .badge.mock").count() == 0
        choose(page, "source", "")
        choose(page, "market", "Brentford")
        assert all("Brentford" in text for text in page.locator("#view-matches tbody tr").all_inner_texts())
        assert "Brentford alone" in page.locator("#view-effects").inner_text()
        choose(page, "market", "")
        choose(page, "competition", "FA Cup")
        assert all("FA Cup" in text for text in page.locator("#view-matches tbody tr").all_inner_texts())
        assert tile(page, "Orders") == all_orders
        choose(page, "type", "final")
        assert page.locator("#filter-count").inner_text().startswith("1 of ")
        choose(page, "competition", "")
        choose(page, "type", "")
        choose(page, "team", "Brighton & Hove Albion")
        assert page.locator("#filter-count").inner_text() != all_matches
        assert all("Brighton" in text for text in page.locator("#view-matches tbody tr").all_inner_texts())
        choose(page, "team", "")
        choose(page, "chain", "Pizza Hut")
        assert "Pizza Hut" in tile(page, "Markets")
        assert "Domino's" not in tile(page, "Markets")
        choose(page, "from", "2025-09-01")
        assert page.locator("#view-matches .filter-note").count() == 1


def test_two_parts_at_once_are_not_estimated_and_the_view_says_so(browser, folder):
    with opened(browser, folder / "both.html") as page:
        choose(page, "market", "Brentford")
        assert "+9.1\u00a0%" in tile(page, "After the own team's match")
        choose(page, "chain", "Pizza Hut")
        assert "not estimated for these filters" in tile(page, "After the own team's match")
        assert "one part can be selected, not a combination" in filter_note(page, "effects")


def test_clear_brings_everything_back(browser, folder):
    with opened(browser, folder / "both.html") as page:
        everything = page.locator("#overview").inner_text()
        choose(page, "market", "Brentford")
        page.evaluate("delete document.documentElement.dataset.drawn")
        page.click("#filter-clear")
        wait_until_drawn(page)
        assert page.locator("#overview").inner_text() == everything


def test_filters_that_select_nothing_say_so_in_every_view(browser, folder):
    with opened(browser, folder / "both.html") as page:
        choose(page, "from", "2025-11-30")
        assert page.locator("#view-matches .empty").inner_text() == "No match fits these filters."
        for view in ("timeline", "outcomes", "calendar", "anomalies", "sources", "quality"):
            assert page.locator(f"#view-{view} .empty").is_visible(), view
        assert page.locator("#view-coming tbody tr").count() > 0
        for name in ("Orders", "Revenue", "Matches"):
            assert "no data for these filters" in tile(page, name)
        assert "No orders are known for these filters" in page.locator("#view-anomalies").inner_text()


def test_a_later_selection_supersedes_an_earlier_one(browser, folder):
    with opened(browser, folder / "both.html") as page:
        page.evaluate("delete document.documentElement.dataset.drawn")
        for market in ("Brentford", "Brighton", "Birmingham"):
            page.select_option("#filter-market", market)
        wait_until_drawn(page)
        assert "Birmingham alone" in page.locator("#view-effects").inner_text()
        assert all("Birmingham" in text for text in page.locator("#view-matches tbody tr").all_inner_texts())


def test_drill_down_and_back_by_keyboard(browser, folder):
    with opened(browser, folder / "both.html") as page:
        choose(page, "market", "Brentford")
        link = page.locator("#view-matches tbody tr a").nth(3)
        address, range_text = link.get_attribute("href"), page.locator("#matches-range").inner_text()
        link.focus()
        page.keyboard.press("Enter")
        wait_until_drawn(page, address)
        assert page.evaluate("document.activeElement.id") == "title-match"
        assert page.locator("#view-match .market-day table tbody tr").count() >= 3
        assert page.locator("#chart-match-0 svg path").count() > 25
        page.go_back()
        wait_until_drawn(page)
        page.wait_for_selector(f'#view-matches a[href="{address}"]:focus')
        assert page.locator("#matches-range").inner_text() == range_text
        assert page.locator("#filter-market").input_value() == "Brentford"


def test_everything_can_be_reached_by_keyboard(browser, folder):
    """Tab by Tab: every control once, in reading order, none that holds the focus."""
    with opened(browser, folder / "mock.html") as page:
        asked = "button:not([disabled]), a[href], select, input, summary, [tabindex='0']"
        wanted = page.locator(asked).evaluate_all(
            "all => all.filter((one) => one.checkVisibility()).map((one) => one.id || one.textContent.slice(0, 40))"
        )
        reached = []
        for _ in range(3 * len(wanted)):
            page.keyboard.press("Tab")
            reached.append(
                page.evaluate("(document.activeElement.id || document.activeElement.textContent.slice(0, 40))")
            )
        assert set(wanted) <= set(reached)


def test_a_large_page_has_the_quarter_hours_around_early_matches_and_says_since_when_hours_are_drawn(browser, folder):
    early = "#/match/m-0000"
    with opened(browser, folder / "large.html", early) as page:
        assert page.locator("#chart-match-0 svg path").count() > 20
    with opened(browser, folder / "large.html") as page:
        choose(page, "from", "2025-08-06")
        choose(page, "to", "2025-08-10")
        text = page.inner_text("#view-timeline")
        assert "By day" in text
        assert "are drawn by hour from 19 Aug 2025 on" in text
        choose(page, "to", "2025-08-24")
        choose(page, "from", "2025-08-20")
        assert "By hour" in page.inner_text("#view-timeline")


def test_a_match_day_opens_by_address_and_an_unknown_one_says_so(browser, folder):
    with opened(browser, folder / "both.html", "#/match/m-0005") as page:
        assert page.locator("#view-match .market-day").count() == 4
        assert page.locator("#overview").is_hidden()
        page.click("#back")
        wait_until_drawn(page)
        assert page.locator("#chart-timeline svg").count() == 1
    with opened(browser, folder / "both.html", "#/match/nowhere") as page:
        assert "not in the data on this page" in page.locator("#view-match").inner_text()


def test_a_coming_match_links_to_its_hours_and_back(browser, folder):
    with opened(browser, folder / "both.html") as page:
        rows = page.locator("#view-coming tbody tr")
        assert rows.count() == 5
        assert "staff for" in page.locator("#view-coming").inner_text().lower()
        link = page.locator("#view-coming tbody a").first
        address = link.get_attribute("href")
        link.focus()
        page.keyboard.press("Enter")
        wait_until_drawn(page, address)
        assert page.evaluate("document.activeElement.id") == "title-fixture"
        assert page.locator("#view-match").is_hidden()
        assert page.locator("#view-fixture .market-day").count() == 4
        assert page.locator("#chart-coming-0 svg path").count() > 40
        assert "Busiest 19:00 to 20:00" in page.locator("#chart-coming-0").get_attribute("aria-label")
        page.go_back()
        wait_until_drawn(page)
        page.wait_for_selector(f'#view-coming a[href="{address}"]:focus')


def test_a_fixture_without_a_time_is_listed_and_one_without_a_market_says_so(browser, folder):
    with opened(browser, folder / "both.html") as page:
        rows = page.locator("#view-coming tbody").inner_text()
        assert "kick-off not fixed yet" in rows
        assert "only the date is known" in rows
        assert "Hull City" not in rows
        others = page.locator("#view-coming details")
        assert "1 more match, of teams that no market with orders follows" in others.inner_text()
        others.locator("summary").click()
        assert "Hull City – Millwall" in others.inner_text()
    with opened(browser, folder / "both.html", "#/coming/nowhere") as page:
        assert "not among the coming matches" in page.locator("#view-fixture").inner_text()


def test_a_coming_match_is_told_by_the_clock_of_its_market(browser, tmp_path):
    """The fixture's own time is that of the business, which another country's shop does not live by."""
    data = sample_page_data(Sample(weeks=4, markets=4))
    forecasts = data.rows(MatchForecastExtract).assign(kickoff_local="Sat 08 Aug 2026, 23:45")
    file = tmp_path / "page.html"
    extracts = {**data.extracts, "dashboard_match_forecast": forecasts}
    file.write_text(build_page(replace(data, extracts=extracts)), "utf-8")
    with opened(browser, file) as page:
        assert "23:45" in page.locator("#view-coming tbody").inner_text()


def test_numbers_of_one_chain_are_said_to_be_estimated_twice(browser, tmp_path):
    """Both views show the hours of a market's only shop, and the numbers differed without a word."""
    data = sample_page_data(Sample(weeks=4, markets=4))
    demand = data.rows(DemandForecastExtract)
    extracts = {**data.extracts, DemandForecastExtract.table_name(): demand[demand["chain"] == "Pizza Hut"]}
    file = tmp_path / "page.html"
    file.write_text(build_page(replace(data, extracts=extracts)), "utf-8")
    with opened(browser, file) as page:
        assert "even for a market's only shop its numbers can differ" in page.inner_text("#view-coming .hint")


def test_every_column_of_the_coming_matches_is_in_view(browser, folder):
    """One had to scroll for what to staff for."""
    with opened(browser, folder / "both.html", viewport={"width": 1000, "height": 900}) as page:
        assert page.locator("#view-coming .scroll").evaluate("box => box.scrollWidth - box.clientWidth") == 0


def test_labels_of_the_timeline_are_kept_apart(browser, folder):
    """Some weeks gave "Oct 25November": a label was left out only where it overlapped another."""
    gaps = """() => {
        const labels = [...document.querySelectorAll("#chart-timeline .role-axis-label text")]
            .filter((label) => label.getAttribute("opacity") !== "0" && /[a-z]/i.test(label.textContent));
        const boxes = labels.map((label) => label.getBoundingClientRect()).sort((a, b) => a.left - b.left);
        return boxes.slice(1).map((box, at) => box.left - boxes[at].right);
    }"""
    with opened(browser, folder / "both.html", viewport={"width": 1100, "height": 900}) as page:
        choose(page, "from", "2025-08-24")
        choose(page, "to", "2025-09-06")
        found = page.evaluate(gaps)
        assert len(found) > 4
        assert min(found) > 8


def test_a_dot_a_tick_and_an_alarm_open_their_match(browser, folder):
    with opened(browser, folder / "both.html") as page:
        page.locator("#chart-outcomes-0 svg .mark-symbol path").first.click(force=True)
        page.wait_for_selector("#view-match h2:visible")
        page.go_back()
        wait_until_drawn(page)
        page.locator("#chart-timeline svg .mark-rule.role-mark line").first.click(force=True)
        page.wait_for_selector("#view-match h2:visible")
        page.go_back()
        wait_until_drawn(page)
        page.locator("#view-anomalies tbody a:visible").first.click()
        page.wait_for_selector("#view-match h2:visible")
        assert page.locator("#view-match .alarm-note").count() >= 1


def test_a_day_of_the_calendar_opens_its_match_or_lists_its_matches(browser, folder):
    with opened(browser, folder / "both.html") as page:
        page.locator("#chart-calendar-0 svg .mark-rect path").first.click(force=True)
        page.wait_for_timeout(300)
        is_match = page.evaluate("location.hash").startswith("#/match/")
        assert is_match or page.locator("#filter-from").input_value() == page.locator("#filter-to").input_value() != ""


def test_alarms_are_drawn_on_the_line_with_their_match_and_its_result(browser, folder):
    with opened(browser, folder / "both.html") as page:
        choose(page, "source", "real/real")
        chart = page.locator("#chart-timeline")
        chart.scroll_into_view_if_needed()
        marks = chart.locator("svg .mark-symbol path[aria-label*='surge'], svg .mark-symbol path[transform]")
        assert marks.count() >= 3
        boxes = [marks.nth(i).bounding_box() for i in range(marks.count())]
        tooltips = []
        for box in boxes:
            page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
            page.wait_for_timeout(60)
            if page.locator("#tooltip").is_visible():
                tooltips.append(page.locator("#tooltip").inner_text())
        surge = next(text for text in tooltips if "surge" in text)
        assert "Match" in surge
        assert any(result in surge for result in ("home win", "away win", "draw"))


def test_an_alarm_is_told_by_the_clock_of_its_market(browser, folder):
    """It was told in UTC: Saturday evening in New York as Sunday at one."""
    with opened(browser, folder / "new_york.html") as page:
        row = page.locator("#view-anomalies tbody tr").first
        assert "Sat 13 Sep 2025, 21:00 to 23:00 local, 2 h" in row.inner_text()
        with page.expect_download() as started:
            page.click("#view-anomalies .download")
        written = pd.read_csv(started.value.path())
        assert set(written["starts_at"]) == {"2025-09-14T01:00:00.000Z"}
        assert list(written) == AnomaliesExtract.column_names()
        for date, count in (("2025-09-13", len(written)), ("2025-09-14", 0)):
            choose(page, "from", date)
            choose(page, "to", date)
            assert page.locator("#view-anomalies tbody tr").count() == count, "it is filtered by the date that is shown"
    with opened(browser, folder / "both.html") as page:
        assert "Only the hours of outages of the second kind" in page.locator("#view-anomalies .hint").inner_text()
        told = page.locator("#view-anomalies tbody").inner_text()
        assert " UTC" in told, "no zone is known"
        assert "05:00 to 05:00 UTC, 24 h" in told


def test_sorting_and_paging_the_matches(browser, folder):
    with opened(browser, folder / "both.html") as page:
        assert table_rows(page) == 25
        largest = page.locator("#view-matches tbody tr").first.inner_text()
        page.click("#sort-change")
        assert page.locator("th[aria-sort=ascending]").count() == 1
        assert page.locator("#view-matches tbody tr").first.inner_text() != largest
        page.click("#sort-change")
        assert page.locator("#view-matches tbody tr").first.inner_text() == largest
        page.focus("#matches-next")
        page.keyboard.press("Enter")
        assert page.locator("#matches-range").inner_text().startswith("26–50")
        assert page.evaluate("document.activeElement.id") == "matches-next"
        page.select_option("#table-window", "pre")
        assert page.locator("#matches-range").inner_text().startswith("1–25")


def test_the_effects_of_parts_and_of_outcomes_can_be_selected(browser, folder):
    def labels() -> str:
        page.wait_for_selector("#chart-effects-0 svg")
        return page.locator("#chart-effects-0").get_attribute("aria-label")

    with opened(browser, folder / "both.html") as page:
        page.select_option("#effects-about", "market")
        page.wait_for_selector("#chart-effects-0[aria-label*='Brentford']")
        assert "Brentford: +9.1 %" in labels()
        page.select_option("#effects-window", "during")
        page.wait_for_selector("#chart-effects-0[aria-label*='+5.8 %']")
        assert "+9.1 %" not in labels()
        page.select_option("#effects-about", "outcomes")
        assert "Nothing was tested here" in page.locator("#view-effects .empty").inner_text()
        page.select_option("#effects-window", "post")
        page.wait_for_selector("#chart-effects-0[aria-label*='Own team won rather than drew or lost']")
        assert "A final rather than any other match" not in labels()
        assert "Not enough data" in page.locator("#view-effects .unanswered").first.inner_text()


def test_every_effect_is_given_in_orders_and_money_per_store_and_hour(browser, folder):
    with opened(browser, folder / "both.html") as page:
        for summary in page.locator("#view-effects summary").all():
            summary.click()
        rows = page.locator("#view-effects details tbody tr").all_inner_texts()
        assert len(rows) == 6
        assert all("orders, +£" in row and "per store and hour" in row for row in rows)
        assert all("£" in row for row in page.locator("#view-matches tbody tr").all_inner_texts()[:20])
        assert "£" in page.locator("#view-anomalies tbody").inner_text()


def test_dragging_across_the_overview_zooms_to_hours(browser, folder):
    with opened(browser, folder / "both.html") as page:
        page.locator("#chart-timeline").scroll_into_view_if_needed()
        points = page.locator("#chart-timeline svg .mark-symbol path[aria-label*='When:']")
        assert "UTC" not in points.first.get_attribute("aria-label")
        days = points.count()
        box = page.locator("#chart-timeline svg").bounding_box()
        page.mouse.move(box["x"] + box["width"] * 0.4, box["y"] + box["height"] - 25)
        page.mouse.down()
        page.mouse.move(box["x"] + box["width"] * 0.5, box["y"] + box["height"] - 25, steps=5)
        page.mouse.up()
        page.wait_for_selector("#chart-timeline svg .mark-symbol path[aria-label*='UTC; Data']")
        assert points.count() > days


# Property 9: mock stays mock up to the screen
def test_mock_data_alone_cannot_be_taken_for_real(browser, folder):
    with opened(browser, folder / "mock.html") as page:
        assert "Mock data: nothing on this page really happened" in page.locator("#banner").inner_text()
        assert page.title().startswith("MOCK DATA")
        for view in OVERVIEW:
            assert page.locator(f"#view-{view.id} .view-head .badge.mock").count() == 1, view.id
        assert page.locator(".badge.real").count() == 0


def test_too_little_data_is_stated_in_words_and_not_drawn(browser, folder):
    with opened(browser, folder / "tiny.html") as page:
        for view in ("effects", "kickoff", "results"):
            assert page.locator(f"#view-{view} svg").count() == 0, view
            assert "Not enough data" in page.locator(f"#view-{view} .unanswered").first.inner_text(), view
        assert page.locator("#view-effects .unanswered li").count() == 3
        assert "fewer than 10 dates" in page.locator("#view-effects").inner_text()
        for view in ("outcomes", "calendar"):
            assert page.locator(f"#view-{view} svg").count() == 0, view
        assert "No forecast: " in page.locator("#view-coming tbody").inner_text()
        assert "No forecast has been scored yet" in page.locator("#view-accuracy").inner_text()
        assert "3 matches are too few" in page.locator("#view-outcomes").inner_text()
        assert "–" in tile(page, "After the own team's match")


def test_no_alarms_found_is_stated_only_where_they_were_searched_for(browser, folder):
    with opened(browser, folder / "tiny.html") as page:
        words = "Alarms need 8 weeks of orders"
        assert words in page.locator("#view-anomalies").inner_text()
        assert words in page.locator("#view-timeline").inner_text()
        assert "need 8 weeks of orders" in tile(page, "Alarms")


def test_a_late_chain_leaves_earlier_days_complete_and_a_gap_does_not(browser, folder):
    with opened(browser, folder / "late.html") as page:
        rings = page.locator("#chart-timeline svg .mark-symbol path[aria-label*='incomplete']")
        assert rings.count() <= 6, "of each source the first, the last, and the day on which the chain opened"
        page.evaluate("location.hash = '#/match/m-0005'")
        wait_until_drawn(page, "#/match/m-0005")
        assert page.locator("#chart-match-0 svg path").count() > 25
        assert page.locator("#view-match .empty").count() == 0


def test_money_has_as_many_decimals_as_its_currency(browser, folder):
    with opened(browser, folder / "forint.html") as page:
        told = tile(page, "Revenue").replace("\u00a0", " ")
        orders = int(tile(page, "Orders").splitlines()[1].replace(",", ""))
        assert f"{round(orders * 18.9):,}" in told


def test_a_broken_address_says_so(browser, folder):
    with opened(browser, folder / "both.html") as page:
        page.evaluate("location.hash = '#/match/%E0%A4%A'")
        page.wait_for_selector("#view-match .empty")
        assert "not in the data on this page" in page.locator("#view-match").inner_text()


def test_a_part_that_was_not_estimated_is_not_shown_as_estimated(browser, folder):
    with opened(browser, folder / "both.html") as page:
        choose(page, "team", "Brighton & Hove Albion")
        assert "Brighton & Hove Albion alone was not estimated" in page.locator("#view-effects").inner_text()


def test_alarms_of_mock_orders_are_no_finding_about_real_ones(browser, folder):
    with opened(browser, folder / "both.html") as page:
        assert "MOCK ORDERS: one surge" in page.locator("#view-insights").text_content()
        choose(page, "source", "real/real")
        assert "MOCK ORDERS" not in page.locator("#view-insights").text_content()


def test_without_data_each_view_says_what_is_missing(browser, folder):
    with opened(browser, folder / "empty.html") as page:
        for view in OVERVIEW:
            if view.id != "kpis":
                assert page.locator(f"#view-{view.id} .empty").is_visible(), view.id
        assert "off season" in page.locator("#view-coming .empty").inner_text()
        assert "no data yet" in page.locator("#banner").inner_text()


@pytest.mark.parametrize("address", ADDRESSES)
def test_a_phone_needs_no_sideways_scrolling(browser, folder, address):
    with opened(browser, folder / "both.html", address, viewport={"width": 390, "height": 844}) as page:
        assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0


BROKEN_WORDS = """() => {
  const broken = [];
  for (const cell of document.querySelectorAll("th, td")) {
    const texts = document.createTreeWalker(cell, NodeFilter.SHOW_TEXT);
    for (let text = texts.nextNode(); text; text = texts.nextNode())
      for (const { 0: word, index } of text.data.matchAll(/[\\p{L}\\p{N}]+/gu)) {
        const range = document.createRange();
        range.setStart(text, index);
        range.setEnd(text, index + word.length);
        if (new Set([...range.getClientRects()].map(({ top }) => top)).size > 1) broken.push(word);
      }
  }
  return broken;
}"""


@pytest.mark.parametrize(("width", "height"), [(1440, 900), (390, 844)])
@pytest.mark.parametrize("address", ADDRESSES)
def test_no_table_breaks_a_line_inside_a_word(browser, folder, address, width, height):
    with opened(browser, folder / "both.html", address, viewport={"width": width, "height": height}) as page:
        for summary in page.locator("summary:visible").all():
            summary.click()
        assert page.evaluate(BROKEN_WORDS) == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 390])
@pytest.mark.parametrize("address", ADDRESSES)
def test_axe_finds_nothing_serious(browser, folder, scheme, width, address):
    axe = os.environ.get("PIZZA_AXE")
    if not axe or not Path(axe).is_file():
        absent("axe is absent; set PIZZA_AXE to axe.min.js of the npm package axe-core")
    with opened(
        browser, folder / "both.html", address, viewport={"width": width, "height": 900}, color_scheme=scheme
    ) as page:
        for summary in page.locator("summary:visible").all():
            summary.click()
        page.evaluate(Path(axe).read_text(encoding="utf-8"))
        found = page.evaluate("axe.run()")["violations"]
        assert [v["id"] for v in found if v["impact"] in ("serious", "critical")] == []


def test_dark_mode_changes_the_colours_of_the_charts(browser, folder):
    with opened(browser, folder / "mock.html") as page:
        light = page.locator("#chart-quality svg").inner_html()
        page.evaluate("delete document.documentElement.dataset.drawn")
        page.emulate_media(color_scheme="dark")
        wait_until_drawn(page)
        assert page.locator("#chart-quality svg").inner_html() != light


SATURDAY_AFTERNOON = "2026-08-08T17:06:00Z"


@pytest.mark.parametrize(("width", "height", "most_above"), [(1440, 900, 0.5), (390, 844, 0.65)])
def test_on_a_match_day_every_shop_has_its_number_on_the_first_screen(
    browser, folder, width, height, most_above
) -> None:
    """Hours that have passed are left out; the rest stands. most_above: the share of the screen above the table."""
    options = {"now": SATURDAY_AFTERNOON, "viewport": {"width": width, "height": height}}
    with opened(browser, folder / "saturday.html", **options) as page:
        cells = page.locator("#view-weekend table").first.locator("tbody tr")
        assert cells.count() == 2
        assert page.locator("#view-weekend table").first.bounding_box()["y"] < most_above * height
        first = page.locator("#view-weekend td.day .staff").first
        assert first.bounding_box()["y"] < height
        assert page.locator("#view-weekend td.day .when").first.inner_text() == "18:00–19:00"
        page.select_option("#weekend-days", "week")
        assert "sells nothing on this day" in page.locator("#view-weekend td.none").first.inner_text()


OUTSIDE_THEIR_CELL = """
    [...document.querySelectorAll("table.weekend td.day .cell *, table.weekend th")].filter((node) => {
      const [own, cell] = [node, node.closest("td, th")].map((one) => one.getBoundingClientRect());
      return own.right > cell.right + 1 || own.left < cell.left - 1 || node.scrollWidth > node.clientWidth + 1 &&
        node.tagName === "TH";
    }).map((node) => node.textContent)
"""
LINES_OF_A_SHOP = """
    (shop) => [...shop.childNodes].map((node) => {
      const range = document.createRange();
      range.selectNodeContents(node);
      return new Set([...range.getClientRects()].map((box) => box.top)).size;
    })
"""
HIGHEST_HEAD = "Math.max(...[...document.querySelectorAll('th.day')].map((node) => node.clientHeight))"


@pytest.mark.parametrize(("width", "height"), [(1440, 900), (390, 844)])
def test_both_weeks_can_be_read_day_by_day(browser, folder, width, height) -> None:
    """No word breaks within itself, no number or mark covers another, and no shop's name repeats the market's."""
    with opened(browser, folder / "fortnight.html", viewport={"width": width, "height": height}) as page:
        for period, days in (("week", 7), ("later", 8)):
            page.select_option("#weekend-days", period)
            assert page.locator("table.weekend").first.locator("th.day").count() == days
            assert page.evaluate(OUTSIDE_THEIR_CELL) == []
            assert page.evaluate(HIGHEST_HEAD) < 60  # at most two lines: "Sat" and "08 Aug"
            assert page.evaluate("document.documentElement.scrollWidth - innerWidth") == 0
        assert "The week after: Tue 11 Aug to Tue 18 Aug" in page.inner_text("#view-weekend")
        shop = page.locator("table.weekend tbody th", has_text="Wolverhampton").first
        assert shop.inner_text().split() == ["Wolverhampton", "shop", "2", "Tue", "+5", "%"]
        assert max(shop.evaluate(LINES_OF_A_SHOP)) == 1
        assert page.locator(".match-mark").first.inner_text() == "match 15:00"
        assert "All chains together: staff for" in page.inner_text("#view-coming thead")
        assert "even for a market's only shop" not in page.inner_text("#view-coming .hint")
        page.locator("#view-weekend tbody tr", has_text="Wolverhampton").first.locator("td a").first.click()
        page.wait_for_selector("#view-shop_day .legend")
        assert "during the match" not in page.inner_text("#view-shop_day .legend")


@pytest.mark.parametrize("width", [360, 390, 430, 768, 1024, 1440])
def test_no_number_of_a_weekend_covers_that_of_the_next_day(browser, folder, width) -> None:
    """At 390 px "18:00–19:00" was written over the next column's number."""
    with opened(browser, folder / "busy.html", viewport={"width": width, "height": 844}) as page:
        for period, days in (("weekend", 3), ("next", 3), ("week", 7)):
            page.select_option("#weekend-days", period)
            assert page.locator("table.weekend").first.locator("th.day").count() == days
            assert page.locator("td.day .people").count() > 0
            assert page.evaluate(OUTSIDE_THEIR_CELL) == []
            assert page.evaluate("document.documentElement.scrollWidth - innerWidth") == 0


def test_how_people_can_be_shown_is_told_where_a_real_shop_may_need_several(browser, folder) -> None:
    hint = "PIZZA_ORDERS_PER_PERSON"
    with opened(browser, folder / "unstaffed.html") as page:
        assert hint in page.inner_text("#view-weekend")
        choose(page, "source", "mock/real")
        assert hint not in page.inner_text("#view-weekend"), "invented shops need nobody"
    for name in ("quiet", "both"):
        with opened(browser, folder / f"{name}.html") as page:
            assert hint not in page.inner_text("#view-weekend")


def test_the_contents_open_every_view_by_keyboard(browser, folder) -> None:
    with opened(browser, folder / "both.html") as page:
        names = page.locator("#contents button")
        assert names.all_inner_texts() == [view.title for view in OVERVIEW]
        names.nth(len(OVERVIEW) - 1).focus()
        page.keyboard.press("Enter")
        last = OVERVIEW[-1].id
        assert page.evaluate("document.activeElement.id") == f"title-{last}"
        heading = page.locator(f"#title-{last}").bounding_box()
        assert page.locator(".filter-bar").bounding_box()["height"] <= heading["y"] < 900
        page.evaluate("location.hash = '#/match/m-0005'")
        page.wait_for_selector("#view-match h2:visible")
        assert page.locator("#contents").is_hidden()


def test_on_a_sunday_the_next_weekend_is_one_click_away(browser, folder) -> None:
    with opened(browser, folder / "fortnight.html", now="2026-08-09T10:00:00Z") as page:
        assert page.locator("th.day").all_inner_texts() == ["Sun 09 Aug"] * 2
        page.click("#next-weekend")
        assert page.locator("table.weekend").first.locator("th.day").all_inner_texts() == [
            "Fri 14 Aug", "Sat 15 Aug", "Sun 16 Aug",
        ]  # fmt: skip
        assert page.input_value("#weekend-days") == "next"
        assert page.locator("#next-weekend").count() == 0
    with opened(browser, folder / "both.html", now="2026-08-09T10:00:00Z") as page:
        assert page.locator("#next-weekend").count() == 0, "it is not forecast yet"


def test_a_title_says_what_was_found_until_a_filter_leaves_other_data(browser, folder) -> None:
    """A contents bar keeps the names, by which the docs call the views."""
    with opened(browser, folder / "both.html") as page:
        assert page.inner_text("#title-effects") == "Orders run 9.1\u00a0% above normal after the own team's match"
        assert "Forecasts around matches missed by" in page.inner_text("#title-accuracy")
        choose(page, "market", "Brentford")
        assert page.inner_text("#title-effects") == "Effect sizes"
        assert "Forecasts around matches missed by" in page.inner_text("#title-accuracy"), "it ignores the filter"
        choose(page, "market", "")
        page.select_option("#effects-about", "market")
        assert page.inner_text("#title-effects") == "Effect sizes"
    with opened(browser, folder / "tiny.html") as page:
        assert page.inner_text("#title-effects") == "Effect sizes"


def test_views_that_describe_the_data_have_a_title_of_what_is_shown(browser, folder) -> None:
    named = ("coming", "timeline", "calendar", "matches", "anomalies", "sources", "quality")
    names = {view.id: view.title for view in VIEWS}
    with opened(browser, folder / "both.html") as page:
        told = {name: page.inner_text(f"#title-{name}") for name in named}
        assert told["coming"].startswith("Football is expected to add")
        assert told["sources"] == "50\u00a0% of orders are mock, all matches are real"
        assert not [name for name in named if told[name] == names[name]]
        choose(page, "source", "mock/real")
        assert page.inner_text("#title-timeline").startswith("MOCK ORDERS: Orders of the last 4 weeks")
        assert page.inner_text("#title-sources") == names["sources"]
        choose(page, "source", "")
        choose(page, "from", "2025-09-09")
        dated = {name: page.inner_text(f"#title-{name}") for name in named if name != "coming"}
        assert not [name for name, title in dated.items() if title != names[name]]
    with opened(browser, folder / "both.html", now="2026-08-09T10:00:00Z") as page:
        assert page.inner_text("#title-coming") == names["coming"], "a match that counted has been played"


def test_the_calendar_is_in_the_page_and_offered_only_if_it_has_events(browser, folder) -> None:
    """It was a link to a file beside the page, which a page that is sent alone does not have."""
    with opened(browser, folder / "calendar.html") as page:
        with page.expect_download() as started:
            page.click("#view-coming .calendar-file")
        assert started.value.suggested_filename == "coming_matches.ics"
        assert Path(started.value.path()).read_text() == CALENDAR
        left, right = (page.locator(f"#view-coming .{name}").bounding_box() for name in ("download", "calendar-file"))
        assert right["x"] - left["x"] - left["width"] >= 8, "the buttons touched each other"
    with opened(browser, folder / "both.html") as page:
        assert page.locator("#view-coming .download").count() == 1
        assert page.locator("#view-coming .calendar-file").count() == 0


def test_one_market_alone_is_told_one_story(browser, folder) -> None:
    """Below the answer stood "25 of them without a known usual level", as if the answer rested on nothing."""
    with opened(browser, folder / "alone.html") as page:
        told = page.locator("#view-matches .hint").inner_text()
        assert "All matches together are compared with the rest of their days" in told
        assert "without a known usual level" not in told
        for view in ("outcomes", "calendar"):
            note = page.locator(f"#view-{view} .empty").inner_text()
            assert note.startswith("There is no other market to compare a single match with"), view
    with opened(browser, folder / "refused.html") as page:
        assert "without a known usual level" in page.locator("#view-matches .hint").inner_text()


def test_shops_are_sorted_by_the_percentage_that_they_show(browser, folder) -> None:
    with opened(browser, folder / "unusual.html") as page:
        shops = page.locator("table.weekend").first.locator("tbody th").all_inner_texts()
        assert [" ".join(shop.split()) for shop in shops] == [
            "Brentford shop 1 Sun −40 %",
            "Birmingham shop 1 Sat +5 %",
        ]


def test_the_order_of_the_shops_is_told_as_it_is(browser, folder) -> None:
    """One shop was said to come first, and a table sorted by a day to be sorted by percentages."""
    differs = "Shops come first whose day differs most"
    with opened(browser, folder / "both.html") as page:
        view = page.locator("#view-weekend")
        assert differs in view.inner_text()
        assert "Select a day to see its busiest shops first" in view.inner_text()
        assert "Busiest hour of the day" in page.inner_text("#view-coming thead")
        page.locator("table.weekend").first.locator("th.day button").nth(0).click()
        assert differs not in view.inner_text()
        assert "The busiest shops of Sat 08 Aug come first. Per cent: a day against the mean" in view.inner_text()
        choose(page, "market", "Brentford")
        for words_of_several in (differs, "come first", "busiest shops first"):
            assert words_of_several not in view.inner_text()
        assert page.locator("th.day button").count() == 0
        assert page.locator("table.weekend").first.locator("th.day").nth(0).inner_text() == "Sat 08 Aug"


def test_a_failed_source_is_told_without_the_words_of_the_network(browser, folder) -> None:
    with opened(browser, folder / "fortnight.html") as page:
        cell = page.locator("#view-quality td", has_text="openfootball failed").last
        assert cell.inner_text() == (
            "openfootball failed: no complete answer; check the network and the address; these matches are invented "
            "by mock"
        )
        assert cell.get_attribute("title") == UNREACHABLE


def test_a_cell_opens_the_hours_of_a_shop_as_a_table_and_back_returns_to_it(browser, folder) -> None:
    with opened(browser, folder / "both.html") as page:
        link = page.locator("#view-weekend td.day a").first
        address = link.get_attribute("href")
        link.click()
        wait_until_drawn(page, address)
        assert "Busiest from 18:00 to 19:00: staff for 49 orders, 7 people" in page.inner_text("#view-shop_day")
        assert page.locator("#view-shop_day tbody tr").count() == 5
        page.click("#back")
        wait_until_drawn(page)
        assert page.evaluate("document.activeElement.getAttribute('href')") == address


def test_after_the_last_hour_a_shop_is_closed_for_today(browser, folder) -> None:
    """Its business day runs on until the morning, and must show neither the whole day's orders nor a missing reason."""
    with opened(browser, folder / "both.html", now="2026-08-08T21:30:00Z") as page:
        saturday = page.locator("#view-weekend tbody tr td:nth-child(2)").all_inner_texts()
        assert set(saturday) == {"closed for today"}
        page.evaluate("location.hash = '#/day/real/real/Pizza%20Hut/Brentford/Brentford%201/2026-08-08'")
        page.wait_for_selector("#view-shop_day .empty")
        assert page.inner_text("#view-shop_day .empty") == "This shop is closed for today."


def test_what_a_match_adds_is_the_days_and_does_not_shrink_hour_by_hour(browser, folder) -> None:
    marks = []
    for now in ("2026-08-08T06:00:00Z", "2026-08-08T18:06:00Z"):
        with opened(browser, folder / "odd.html", now=now) as page:
            marks.append(page.locator("#view-weekend .match-mark").first.inner_text())
    assert marks == ["matches 15:00 and 20:00, +1 order"] * 2


def test_filters_are_in_the_address_and_survive_a_reload(browser, folder) -> None:
    with opened(browser, folder / "both.html") as page:
        choose(page, "market", "Brentford")
        assert page.evaluate("location.hash") == "#/?market=Brentford"
        page.reload()
        wait_until_drawn(page)
        assert page.input_value("#filter-market") == "Brentford"
        shops = page.locator("#view-weekend tbody th").all_inner_texts()
        assert shops
        assert all("Brentford" in name for name in shops)
        page.evaluate("location.hash = '#/?market=Nowhere'")
        page.wait_for_timeout(300)
        assert page.input_value("#filter-market") == ""


def test_a_link_to_what_the_page_does_not_have_says_so_until_something_is_chosen(browser, folder) -> None:
    with opened(browser, folder / "both.html", "#/?market=Nowhere&team=Nobody&chain=Pizza+Hut") as page:
        assert page.inner_text("#left-out") == (
            "The link asks for the team “Nobody” and the market “Nowhere”, which this page does not have: it is shown "
            "without that."
        )
        assert page.input_value("#filter-chain") == "Pizza Hut", "the rest of the link counts"
        assert page.evaluate("location.hash") == "#/?chain=Pizza+Hut"
        choose(page, "market", "Brentford")
        assert page.locator("#left-out").is_hidden()
    with opened(browser, folder / "both.html", "#/?market=%3Cb%3Ex%3C%2Fb%3E") as page:
        assert "“<b>x</b>”" in page.inner_text("#left-out")
    with opened(browser, folder / "both.html", "#/?market=Brentford") as page:
        assert page.locator("#left-out").is_hidden()


def test_a_link_with_filters_opens_filtered_the_overview_and_a_shops_day(browser, folder) -> None:
    chosen = "market=Brentford&chain=Pizza+Hut&source=real%2Freal&from=2025-09-01&to=2025-09-20&team=Brentford"
    for path in ("#/", "#/day/real/real/Pizza%20Hut/Brentford/Brentford%201/2026-08-08"):
        with opened(browser, folder / "both.html", f"{path}?{chosen}") as page:
            controls = ("market", "chain", "source", "from", "to", "team")
            assert [page.input_value(f"#filter-{name}") for name in controls] == [
                "Brentford", "Pizza Hut", "real/real", "2025-09-01", "2025-09-20", "Brentford",
            ]  # fmt: skip
            assert page.evaluate("Object.fromEntries(new URLSearchParams(location.hash.split('?')[1]))") == {
                "market": "Brentford", "chain": "Pizza Hut", "source": "real/real", "from": "2025-09-01",
                "to": "2025-09-20", "team": "Brentford",
            }  # fmt: skip
            if path == "#/":
                shops = page.locator("#view-weekend tbody th").all_inner_texts()
                assert [shop.split()[0] for shop in shops] == ["Brentford"]
                assert page.locator("#view-weekend h3").all_inner_texts()[0].startswith("Pizza Hut")


def test_three_weeks_later_nothing_that_has_passed_is_called_coming(browser, folder) -> None:
    """Also where an old link leads: to a fixture, and to a shop's day."""
    later = "2026-08-25T06:00:00Z"
    with opened(browser, folder / "both.html", now=later, viewport={"width": 390, "height": 844}) as page:
        note = page.locator(".age-note").bounding_box()
        assert note["y"] + note["height"] < 844
        assert page.locator("#view-weekend .staff").count() == 0
        assert page.locator("#view-coming a").count() == 0
        assert "Hull City" not in page.inner_text("#view-coming")
    with opened(browser, folder / "both.html", "#/coming/coming-real-0", now=later) as page:
        text = page.inner_text("#view-fixture")
        assert "time of this match has passed" in text
        assert page.locator("#view-fixture table, #view-fixture .chart").count() == 0
        assert page.locator(".age-note").count() == 1
    day = "#/day/real/real/Pizza%20Hut/Brentford/Brentford%201/2026-08-08"
    with opened(browser, folder / "both.html", day, now=later) as page:
        assert "This day has passed" in page.inner_text("#view-shop_day")


def test_old_orders_are_the_reason_when_nothing_is_forecast(browser, folder) -> None:
    """A monthly export: the page was collected today, and said "no market with orders follows a team"."""
    with opened(browser, folder / "outdated.html") as page:
        assert "The newest orders are from" in page.inner_text(".age-note")
        for view in ("weekend", "coming"):
            assert "forecasts reach 14 days beyond the newest orders" in page.inner_text(f"#view-{view}")
        assert "follows" not in page.inner_text("#view-coming")


@pytest.mark.parametrize(
    ("newest", "now", "why", "others"),
    [
        ("2026-08-03T22:00Z", "2026-08-06T06:00:00Z", "of the coming matches.", "2 more matches, of teams that no"),
        ("2026-07-26T22:00Z", NOW, "of the coming matches that forecasts reach.", "2 more matches without a forecast"),
    ],
)
def test_orders_of_two_days_ago_are_no_reason_for_a_missing_forecast(
    browser, tmp_path, newest: str, now: str, why: str, others: str
) -> None:
    """The page has a match that nobody follows on 8 August, and one on the 10th."""
    data = _outdated(sample_page_data(BOTH))
    demand = sample_page_data(BOTH).rows(DemandForecastExtract).assign(origin_at=pd.Timestamp(newest))
    made = replace(
        data,
        extracts={**data.extracts, DemandForecastExtract.table_name(): demand},
        collected_at=pd.Timestamp(now).to_pydatetime(),
    )
    file = tmp_path / "page.html"
    file.write_text(build_page(made), "utf-8")
    with opened(browser, file, now=now) as page:
        assert "The newest orders are from" in page.inner_text(".age-note")
        assert page.inner_text("#view-coming .empty") == f"No market with orders follows a team {why}"
        assert page.inner_text("#view-coming .others summary").startswith(others)


def test_an_old_page_says_so_and_calls_no_past_match_coming(browser, folder) -> None:
    with opened(browser, folder / "both.html") as page:
        assert page.locator(".age-note").count() == 0
    with opened(browser, folder / "both.html", now="2026-08-25T06:00:00Z") as page:
        assert "21 days ago" in page.inner_text(".age-note")
        assert "have been played since" in page.inner_text("#view-coming")
        assert "has passed" in page.inner_text("#view-weekend")


@pytest.mark.parametrize(("chains", "shops"), [(1, 1), (2, 6), (1, 40), (2, 40)])
def test_the_weekend_prints_on_one_page_for_each_chain(browser, tmp_path, chains: int, shops: int) -> None:
    file = tmp_path / "page.html"
    file.write_text(build_page(_with_shops(sample_page_data(Sample(weeks=4, markets=4)), chains, shops)), "utf-8")
    with opened(browser, file) as page:
        assert page.locator("table.weekend").count() == chains
        assert page.locator("table.weekend tbody tr").count() == chains * shops
        assert page.pdf(prefer_css_page_size=True).count(b"/Type /Page\n") == chains
        page.emulate_media(media="print")
        seen = page.inner_text("body")
    assert seen.count("to staff for in the busiest hour of each day") == chains
    assert seen.count("Data as of 4 Aug 2026, 05:00 UTC") == chains
    assert not re.search("Download|Select a|Coming matches|What we found", seen)


def _with_shops(data: PageData, chains: int, shops: int) -> PageData:
    """Friday to Sunday of so many shops, every other one with a match."""
    demand, day = data.rows(DemandForecastExtract), pd.Timedelta(days=1)
    own = demand[demand["chain"] == "Domino's"]
    saturday = own[own["business_date"] == "2026-08-08"]
    friday = saturday.assign(
        business_date="2026-08-07", starts_at=saturday["starts_at"] - day, ends_at=saturday["ends_at"] - day
    )
    days = pd.concat([friday, own])
    rows = [
        days[days["market"] == ("Birmingham", "Brentford")[number % 2]].assign(
            chain=f"Chain {chain}", market=f"Nottingham {number}", store_id=f"nottingham-{number}-1"
        )
        for chain in range(chains)
        for number in range(shops)
    ]
    extract = DemandForecastExtract.conform(pd.concat(rows, ignore_index=True))
    return replace(data, extracts={**data.extracts, DemandForecastExtract.table_name(): extract})


def test_the_coming_matches_are_downloaded_with_every_column_whoever_is_first(browser, folder) -> None:
    """The first match left, of Hull City and Millwall, is followed by no market, so it has no forecast."""
    with opened(browser, folder / "odd.html") as page:
        with page.expect_download() as started:
            page.click("#view-coming .download")
        text = Path(started.value.path()).read_bytes().decode()
    rows = list(csv.DictReader(io.StringIO(text, newline="")))
    assert [(row["home_team"], row["competition"], row["orders"] != "") for row in rows] == [
        ("Hull City", "'=Championship", False),
        ("Aston Villa", "FA Cup", True),
        ("Aston Villa", "FA Cup", True),
        ("Aston Villa", "FA Cup", False),
    ]
    assert all(row["kickoff_local"] and row["away_team"] for row in rows)


@pytest.mark.parametrize(
    ("view", "column"),
    [
        ("insights", "headline"), ("timeline", "covered_minutes"), ("kickoff", "minutes_from"), ("effects", "q_value"),
        ("results", "scope_value"), ("matches", "extra_orders_per_store_hour"), ("anomalies", "extra_orders"),
        ("accuracy", "evidence"), ("quality", "rejected_count"),
    ],
)  # fmt: skip
def test_what_a_view_shows_can_be_downloaded(browser, folder, view: str, column: str) -> None:
    with opened(browser, folder / "both.html") as page:
        with page.expect_download() as started:
            page.click(f"#view-{view} .download")
        rows = pd.read_csv(started.value.path())
    assert len(rows) > 1
    assert rows[column].notna().any()


def test_what_the_page_derives_of_matches_is_what_the_extract_has(browser, folder) -> None:
    """Each number as closely as it is shown: they are derived of expected orders with five digits."""
    key = ["match_id", "market", "side", "window", "order_source"]
    closely = {
        "uplift_pct": 0.05,
        "extra_orders": 0.005,
        "extra_orders_per_store_hour": 0.005,
        "extra_revenue_cents": 5,
        "extra_revenue_per_store_hour_cents": 2,
    }
    downloaded = []
    with opened(browser, folder / "both.html") as page:
        for window in ("pre", "during", "post"):
            page.select_option("#table-window", window)
            with page.expect_download() as started:
                page.click("#view-matches .download")
            downloaded.append(pd.read_csv(started.value.path()))
    found = pd.concat(downloaded).set_index(key)
    wanted = sample_page_data(BOTH).rows(MatchImpactExtract).set_index(key)
    assert found.index.is_unique
    assert set(found.index) == set(wanted.index)
    is_known = (wanted["status"] == "ok").to_numpy()
    assert 0 < is_known.sum() < len(is_known)
    for name, most in closely.items():
        derived = found.loc[wanted.index, name].to_numpy("float64")
        assert np.isnan(derived[~is_known]).all(), name
        assert np.abs(derived - wanted[name].to_numpy("float64"))[is_known].max() < most, name


def test_the_forecast_is_downloaded_as_csv_without_formulas(browser, folder) -> None:
    with opened(browser, folder / "both.html") as page:
        with page.expect_download() as started:
            page.click("#view-weekend .download")
        text = Path(started.value.path()).read_bytes().decode()
    header, *rows = text.split("\r\n")
    assert "chain,market,store_id,span,starts_at" in header
    assert any("2026-08-08T18:00:00.000Z" in row for row in rows)
