"""The questions of a manager, an analyst and an engineer, each answered by clicks from the first screen.

Where the answer is elsewhere, docs/operations.md says so. `pytest -s` prints the clicks of each walk.
"""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest

from pizza_assets.dashboards.dashboard_page import PageData, build_page
from pizza_assets.models.demand import DemandForecastExtract
from pizza_assets_tests.dashboards.sample import sample_page_data
from pizza_assets_tests.dashboards.test_page_in_browser import (
    BOTH,
    SATURDAY_AFTERNOON,
    collected_on_saturday,
    opened,
    wait_until_drawn,
)

pytestmark = pytest.mark.integration
SCREENS = [(1440, 900), (390, 844)]


@pytest.fixture(scope="module")
def saturday(tmp_path_factory) -> Path:
    file = tmp_path_factory.mktemp("walks") / "saturday.html"
    file.write_text(
        build_page(_for_two_weekends(collected_on_saturday(sample_page_data(replace(BOTH, weeks=10))))),
        encoding="utf-8",
    )
    return file


def _for_two_weekends(data: PageData) -> PageData:
    """The weekend after is like this one; then Brentford is the busier market."""
    demand = data.rows(DemandForecastExtract)
    week = pd.Timedelta(days=7)
    later = demand.assign(
        starts_at=demand["starts_at"] + week,
        ends_at=demand["ends_at"] + week,
        business_date=(pd.to_datetime(demand["business_date"]) + week).dt.strftime("%Y-%m-%d"),
        match=None,
        match_id=None,
        match_window=None,
    )
    is_busier = later["market"] == "Brentford"
    later.loc[is_busier, "quantile_90"] += 20
    rows = DemandForecastExtract.conform(pd.concat([demand, later], ignore_index=True))
    return replace(data, extracts={**data.extracts, DemandForecastExtract.table_name(): rows})


class Walk:
    """Counts what a person clicks. A choice from a list is two clicks: the list, and the choice."""

    def __init__(self, page, width: int) -> None:
        self.page, self.is_phone, self.clicks = page, width < 720, 0

    def click(self, selector: str, text: str | None = None) -> None:
        found = self.page.locator(selector, has_text=text) if text else self.page.locator(selector)
        found.first.scroll_into_view_if_needed()
        found.first.click()
        self.clicks += 1

    def choose(self, selector: str, value: str) -> None:
        self.page.select_option(selector, value)
        self.clicks += 2

    def filter(self, name: str, value: str) -> None:
        if self.is_phone:
            self.click("#filter-fold summary")
        self.page.evaluate("delete document.documentElement.dataset.drawn")
        self.choose(f"#filter-{name}", value)
        wait_until_drawn(self.page)

    def contents(self, title: str) -> None:
        self.click("#contents button", title)

    def text(self, view: str) -> str:
        self.drawn(view)
        return self.page.inner_text(f"#view-{view}")

    def drawn(self, view: str) -> None:
        """Wait until the view is drawn: a click that leads to it returns before."""
        self.page.locator(f"#view-{view} > *").first.wait_for(state="attached")


def tonight_at_birmingham(walk: Walk) -> None:
    walk.click("#view-weekend tbody tr:has-text('Birmingham') td.day a")
    assert "Busiest from 18:00 to 19:00: staff for 49 orders, 7 people" in walk.text("shop_day")


def busiest_shop_next_saturday(walk: Walk) -> None:
    walk.choose("#weekend-days", "next")
    walk.click("#view-weekend th.day button", "Sat 15 Aug")
    assert walk.page.locator("#view-weekend tbody th").first.inner_text().startswith("Brentford")


def what_football_adds(walk: Walk) -> None:
    mark = walk.page.locator("#view-weekend .match-mark").first
    assert "match 15:00" in mark.inner_text()
    walk.click("#view-weekend tbody tr:has-text('Birmingham') td.day a")
    walk.drawn("shop_day")
    head, *lines = [row.inner_text() for row in walk.page.locator("#view-shop_day table tr").all()]
    assert "MATCH ADDS" in head.upper()
    assert any("+3.0" in line for line in lines)


def a_shop_without_a_match(walk: Walk) -> None:
    walk.click("#view-weekend tbody tr:has-text('Brentford') td.day a")
    assert "staff for" in walk.text("shop_day")
    assert "match adds is" not in walk.text("shop_day")


def tell_the_shops(walk: Walk) -> None:
    assert "print this page, or send it with “pizza digest --send”" in walk.text("weekend")
    with walk.page.expect_download():
        walk.click("#view-weekend .download")


def real_or_mock_and_how_sure(walk: Walk) -> None:
    walk.contents("What we found")
    first = walk.page.locator("#view-insights li").first.inner_text()
    assert "95\u00a0% interval" in first
    assert "expected false share" in first
    assert "real" in first


def one_market(walk: Walk) -> None:
    walk.filter("market", "Brentford")
    walk.contents("Effect sizes")
    assert "Brentford alone" in walk.text("effects")


def defend_a_number(walk: Walk) -> None:
    walk.contents("Effect sizes")
    walk.click("#view-effects summary", "All numbers, with method and checks")
    table = walk.text("effects")
    for name in ("Smallest detectable", "Leaving out any one market", "Dates without a match", "Method"):
        assert name.upper() in table.upper()


def one_match(walk: Walk) -> None:
    walk.click("#contents button >> text=/^Matches$/")
    walk.click("#view-matches td.match a")
    assert walk.page.inner_text("#view-match .scoreline") == "Bournemouth 0–1 Brighton & Hove Albion"
    assert "after the match\t27\t16.1\t+10.9\t+68\u00a0%" in walk.text("match")


def take_the_data(walk: Walk) -> None:
    walk.contents("Effect sizes")
    with walk.page.expect_download() as started:
        walk.click("#view-effects .download")
    assert b"uplift_pct" in Path(started.value.path()).read_bytes()


def which_weeks_are_mock_and_why(walk: Walk) -> None:
    walk.contents("Data behind the numbers")
    rows = walk.page.locator("#view-quality table:not(#checks) tbody tr").all_inner_texts()
    of_mock = [row for row in rows if "mock" in row]
    assert of_mock
    assert all("No orders were configured, so they are made up." in row for row in of_mock)


def what_failed(walk: Walk) -> None:
    """Failed checks are above everything else of the view; failed runs are in the UI and in `pizza status`."""
    walk.contents("Data behind the numbers")
    first = walk.page.locator("#view-quality table").first
    assert first.get_attribute("id") == "checks"
    assert "warning" in first.locator("tbody tr").first.inner_text()


def how_fresh(walk: Walk) -> None:
    assert "8 Aug 2026, 05:00 UTC" in walk.page.inner_text(".masthead")


def refused_rows(walk: Walk) -> None:
    walk.contents("Data behind the numbers")
    assert "REFUSED" in walk.text("quality").upper()
    assert walk.page.locator("#view-quality td.number.down").count()


def outages(walk: Walk) -> None:
    walk.contents("Outages and surges")
    assert "outage" in walk.text("anomalies")


WALKS: dict[Callable[[Walk], None], int] = {
    tonight_at_birmingham: 1,
    busiest_shop_next_saturday: 3,
    what_football_adds: 1,
    a_shop_without_a_match: 1,
    tell_the_shops: 1,
    real_or_mock_and_how_sure: 1,
    one_market: 4,
    defend_a_number: 2,
    one_match: 2,
    take_the_data: 2,
    which_weeks_are_mock_and_why: 1,
    what_failed: 1,
    how_fresh: 0,
    refused_rows: 1,
    outages: 1,
}
"""With the most clicks that each may take, on a phone too."""


@pytest.mark.parametrize(("width", "height"), SCREENS)
def test_every_answer_is_a_few_clicks_from_the_first_screen(browser, saturday, tmp_path, width, height) -> None:
    counted, lost = {}, []
    for walk_to, most in WALKS.items():
        with opened(browser, saturday, now=SATURDAY_AFTERNOON, viewport={"width": width, "height": height}) as page:
            walk = Walk(page, width)
            try:
                walk_to(walk)
            finally:
                page.screenshot(path=tmp_path / f"{width}-{walk_to.__name__}.png")
        counted[walk_to.__name__] = walk.clicks
        if walk.clicks > most:
            lost.append(f"{walk_to.__name__}: {walk.clicks} clicks, and {most} are enough")
    print(
        "\n".join([f"\n{width} x {height}, screenshots in {tmp_path}", *(f"{n} {name}" for name, n in counted.items())])
    )
    assert lost == []
