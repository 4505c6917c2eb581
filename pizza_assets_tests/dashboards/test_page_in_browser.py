"""The page as people use it, in headless Chromium: filters, drill-down, Back, keyboard, phone, dark mode, safety."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from pizza_assets.dashboards.dashboard_page import PageData, build_page
from pizza_assets_tests.conftest import absent
from pizza_assets_tests.dashboards.sample import HOSTILE, Sample, sample_page_data

pytestmark = pytest.mark.integration
CHROMIUM = Path("/usr/bin/chromium")
FLAGS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
]  # fmt: skip
BOTH = Sample(weeks=8, markets=6, order_sources=("mock", "real"), match_sources=("real",), hostile_team=True)


@pytest.fixture(scope="module")
def browser():
    if not CHROMIUM.exists():
        absent(f"{CHROMIUM} is absent; install Chromium to test the page")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=str(CHROMIUM), args=FLAGS)
        yield started
        started.close()


@pytest.fixture(scope="module")
def folder(tmp_path_factory) -> Path:
    """The pages that the tests open, by name."""
    folder = tmp_path_factory.mktemp("pages")
    pages = {
        "both": sample_page_data(BOTH),
        "mock": sample_page_data(Sample(weeks=4, markets=4)),
        "tiny": sample_page_data(Sample(weeks=1, matches_per_week=3)),
        "empty": PageData(title="Pizza and football", data_as_of="no time yet"),
    }
    for name, data in pages.items():
        (folder / f"{name}.html").write_text(build_page(data), encoding="utf-8")
    return folder


@contextmanager
def opened(browser, file: Path, address: str = "", **options) -> Iterator:
    """An open page; afterwards it must have asked the network for nothing and complained about nothing."""
    page = browser.new_page(**{"viewport": {"width": 1280, "height": 900}, **options})
    page.set_default_timeout(15_000)
    troubles: list[str] = []
    page.on("console", lambda message: troubles.append(f"{message.type}: {message.text}"))
    page.on("pageerror", lambda error: troubles.append(str(error)))
    page.on("dialog", lambda dialog: (troubles.append("a dialog opened"), dialog.dismiss()))
    page.on(
        "request",
        lambda request: troubles.append(request.url) if not request.url.startswith(("file:", "data:")) else None,
    )
    page.goto(f"{file.as_uri()}{address}")
    wait_until_drawn(page, address or "#/")
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


def tile(page, name: str) -> str:
    return page.locator(".kpi", has=page.get_by_text(name, exact=True)).inner_text()


def test_every_chart_is_drawn_without_a_request_or_a_complaint(browser, folder):
    with opened(browser, folder / "both.html") as page:
        for chart in ("timeline", "effects-0", "effects-1", "quality"):
            holder = page.locator(f"#chart-{chart}")
            assert holder.locator("svg path").count() > 3
            assert len(holder.get_attribute("aria-label")) > 40


def test_a_hostile_name_stays_text(browser, folder):
    with opened(browser, folder / "both.html") as page:
        assert page.locator("img").count() == 0
        choose(page, "team", HOSTILE)
        assert HOSTILE in page.locator("#view-matches tbody tr a").first.inner_text()
        page.locator("#view-matches tbody tr a").first.click()
        page.wait_for_selector("#view-match h2:visible")
        assert HOSTILE in page.locator("#view-match").inner_text()
        assert page.locator("img").count() == 0


def test_each_filter_changes_what_it_should_and_says_what_it_cannot(browser, folder):
    with opened(browser, folder / "both.html") as page:
        all_orders, all_matches = tile(page, "Orders"), page.locator("#filter-count").inner_text()
        assert "mock orders" in all_orders
        assert "real orders" in all_orders
        choose(page, "source", "real/real")
        assert "mock orders" not in tile(page, "Orders")
        assert page.locator("#view-effects .badge.mock").count() == 0
        choose(page, "source", "")
        choose(page, "market", "Brentford")
        assert tile(page, "Orders") != all_orders
        assert "Not filtered by market" in page.locator("#view-effects .filter-note").inner_text()
        assert all("Brentford" in text for text in page.locator("#view-matches tbody tr").all_inner_texts())
        choose(page, "market", "")
        choose(page, "team", "Brighton & Hove Albion")
        assert page.locator("#filter-count").inner_text() != all_matches
        assert tile(page, "Orders") == all_orders
        assert "partly filtered by team" in page.locator("#view-timeline .filter-note").inner_text()
        choose(page, "team", "")
        choose(page, "from", "2025-09-01")
        assert tile(page, "Orders") != all_orders
        assert page.locator("#view-matches .filter-note").count() == 0


def test_clear_brings_everything_back(browser, folder):
    with opened(browser, folder / "both.html") as page:
        everything = page.locator("#overview").inner_text()
        choose(page, "market", "Brentford")
        page.evaluate("delete document.documentElement.dataset.drawn")
        page.click("#filter-clear")
        wait_until_drawn(page)
        assert page.locator("#overview").inner_text() == everything


def test_a_choice_without_matches_says_so(browser, folder):
    with opened(browser, folder / "both.html") as page:
        choose(page, "from", "2025-09-30")
        assert page.locator("#view-matches .empty").inner_text() == "No match for this choice of filters."


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
        assert page.locator("#chart-match-0 svg path").count() > 10
        page.go_back()
        wait_until_drawn(page)
        page.wait_for_selector(f'#view-matches a[href="{address}"]:focus')
        assert page.locator("#matches-range").inner_text() == range_text
        assert page.locator("#filter-market").input_value() == "Brentford"


def test_a_match_day_opens_by_address_and_an_unknown_one_says_so(browser, folder):
    with opened(browser, folder / "both.html", "#/match/m-0005") as page:
        assert page.locator("#view-match .market-day").count() == 4
        assert page.locator("#overview").is_hidden()
    with opened(browser, folder / "both.html", "#/match/nowhere") as page:
        assert "not among the data" in page.locator("#view-match").inner_text()


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


def test_dragging_across_the_overview_zooms_to_hours(browser, folder):
    with opened(browser, folder / "both.html") as page:
        page.locator("#chart-timeline").scroll_into_view_if_needed()
        before = page.locator("#chart-timeline svg").inner_html()
        box = page.locator("#chart-timeline svg").bounding_box()
        page.mouse.move(box["x"] + box["width"] * 0.4, box["y"] + box["height"] - 25)
        page.mouse.down()
        page.mouse.move(box["x"] + box["width"] * 0.5, box["y"] + box["height"] - 25, steps=5)
        page.mouse.up()
        page.wait_for_timeout(300)
        after = page.locator("#chart-timeline svg").inner_html()
        assert len(after) > len(before)


def test_only_mock_data_cannot_be_taken_for_real(browser, folder):
    with opened(browser, folder / "mock.html") as page:
        assert "Mock data: nothing on this page happened" in page.locator("#banner").inner_text()
        assert page.title().startswith("MOCK DATA")
        for view in ("insights", "kpis", "timeline", "effects", "matches", "quality"):
            assert page.locator(f"#view-{view} .view-head .badge.mock").count() == 1
        assert page.locator(".badge.real").count() == 0


def test_too_little_data_is_said_in_words_and_not_drawn(browser, folder):
    with opened(browser, folder / "tiny.html") as page:
        assert page.locator("#view-effects svg").count() == 0
        assert page.locator("#view-effects .unanswered li").count() == 3
        assert "fewer than 10 dates" in page.locator("#view-effects").inner_text()


def test_with_nothing_each_view_says_what_is_missing(browser, folder):
    with opened(browser, folder / "empty.html") as page:
        for view in ("insights", "timeline", "effects", "matches", "quality"):
            assert page.locator(f"#view-{view} .empty").is_visible()
        assert "no data yet" in page.locator("#banner").inner_text()


@pytest.mark.parametrize("address", ["", "#/match/m-0005"])
def test_a_phone_needs_no_sideways_scrolling(browser, folder, address):
    with opened(browser, folder / "both.html", address, viewport={"width": 390, "height": 844}) as page:
        assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 390])
@pytest.mark.parametrize("address", ["", "#/match/m-0005"])
def test_axe_finds_nothing_serious(browser, folder, scheme, width, address):
    axe = os.environ.get("PIZZA_AXE")
    if not axe or not Path(axe).is_file():
        absent("axe is absent; set PIZZA_AXE to axe.min.js of the npm package axe-core")
    with opened(
        browser, folder / "both.html", address, viewport={"width": width, "height": 900}, color_scheme=scheme
    ) as page:
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
