"""An export of another country: the settings that it needs, and no week or warning that comes of the clock alone."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from pizza_assets.assets.checks import weekly_checks
from pizza_assets.cli.check_report import next_steps, report_text
from pizza_assets.models.coverage import CoveredPeriod
from pizza_assets.models.market import Market
from pizza_assets.models.week import MatchWeek
from pizza_assets.orchestration.freshness.check_history import Verdict
from pizza_assets.orchestration.own_export.export_check import check_export
from pizza_assets.orchestration.own_export.place_settings import place_settings
from pizza_assets.orchestration.sources import span_of_orders
from pizza_assets.settings import Settings
from pizza_assets.storage.local_folder import LocalFolder
from pizza_assets.storage.tables import TableStore
from pizza_assets.storage.week_writer import Origin
from pizza_assets_tests.sources.orders.exports import HEADER, NOW, ORDER_ROWS, csv_text, mapping, order_files, write

SUMMER = (datetime(2025, 8, 5, 10, tzinfo=UTC), datetime(2025, 8, 18, 20, tzinfo=UTC))
REAL = Settings(matches="openfootball")
MADRID = Market("Sevilla", "Europe/Madrid", ("Sevilla",))
LEEDS = Market("Leeds", "Europe/London", ("Leeds United",))


@pytest.mark.parametrize(
    ("markets", "settings", "needed"),
    [
        pytest.param(
            [MADRID], REAL, {"PIZZA_TIMEZONE": "Europe/Madrid", "PIZZA_COMPETITIONS": "es.1"}, id="one shop in Spain"
        ),
        pytest.param(
            [Market("Las Palmas", "Atlantic/Canary", ())], REAL, {"PIZZA_COMPETITIONS": "es.1"}, id="London's clock"
        ),
        pytest.param(
            [Market("Brooklyn", "America/New_York", ())], REAL, {"PIZZA_TIMEZONE": "America/New_York"}, id="no league"
        ),
        pytest.param(
            [LEEDS, MADRID, replace(MADRID, name="Málaga")], REAL, {"PIZZA_COMPETITIONS": "en.1,es.1"}, id="two clocks"
        ),
        pytest.param(
            [replace(LEEDS, teams=("Barcelona",))], REAL, {"PIZZA_COMPETITIONS": "en.1,es.1"}, id="a team from abroad"
        ),
        pytest.param(
            [Market("Lille", "Europe/Paris", ()), Market("Köln", "Europe/Berlin", ())],
            replace(REAL, competitions=("uefa.cl", "en.1")),
            {"PIZZA_TIMEZONE": "Europe/Paris", "PIZZA_COMPETITIONS": "uefa.cl,fr.1,de.1"},
            id="two countries beside a cup",
        ),
        pytest.param([MADRID], replace(REAL, timezone="Europe/Madrid", competitions=("es.1",)), {}, id="already set"),
        pytest.param([LEEDS], REAL, {}, id="England"),
        pytest.param([LEEDS], replace(REAL, competitions=("en.2",)), {}, id="another English league"),
        pytest.param([MADRID], Settings(matches="mock"), {"PIZZA_TIMEZONE": "Europe/Madrid"}, id="invented matches"),
        pytest.param([], REAL, {}, id="no order"),
    ],
)
def test_what_the_place_of_the_markets_needs(markets: list[Market], settings: Settings, needed: dict[str, str]) -> None:
    assert place_settings(markets, SUMMER, settings) == needed


def export(folder: Path, city: str, days: range) -> Path:
    rows = [
        (f"A{day}-{hour}", f"2025-08-{day:02} {hour}:30", "10.00", 1, city, "s1")
        for day in days
        for hour in range(12, 23)
    ]
    return write(folder / "in", "1.csv", csv_text(HEADER, rows)).parent


SPAIN = (ORDER_ROWS, 'timezone = "Europe/London"', 'timezone = "Europe/Madrid"')


def test_the_check_prints_the_settings_as_lines_to_type(tmp_path: Path) -> None:
    """An owner in Seville got the matches of England, and a market that follows nobody."""
    folder, spanish = export(tmp_path, "Sevilla", range(5, 19)), mapping(SPAIN[0], SPAIN[1:])
    settings = replace(REAL, openfootball=str(tmp_path), fallback="fail")
    checked = check_export(folder, spanish, tmp_path / "staging", settings, lambda: NOW)
    report = report_text(checked, spanish, None, settings)
    steps = next_steps(
        checked, {"PIZZA_ORDERS": "files"}, Path("o.toml"), (), unusable=None, is_doubtful=False, again=None
    )
    for text in (report, steps):
        assert "  export PIZZA_TIMEZONE=Europe/Madrid" in text
        assert "  export PIZZA_COMPETITIONS=es.1" in text
    assert "# the setting lacks es.1, the league of these markets or of their teams" in report
    assert "Sevilla follows Sevilla" in report
    assert "plays none of these matches" not in report
    assert "2 match weeks, 2 of them with orders" in report
    of_two = report_text(replace(checked, place={"PIZZA_COMPETITIONS": "en.1,fr.1,de.1"}), spanish, None, settings)
    assert "# the setting lacks fr.1 and de.1, the leagues of these markets or of their teams" in of_two
    assert "country" not in of_two, "a shop in Leeds may follow Barcelona"


@pytest.mark.parametrize(
    ("zone", "days", "first", "last"),
    [
        pytest.param("Europe/Madrid", range(5, 19), "2025-08-05", "2025-08-12", id="an hour ahead, from a Tuesday"),
        pytest.param("Europe/Madrid", range(8, 13), "2025-08-05", "2025-08-12", id="an hour ahead, from a Friday"),
        pytest.param("Asia/Dubai", range(5, 12), "2025-08-05", "2025-08-05", id="hours ahead"),
        pytest.param("Europe/London", range(5, 19), "2025-08-05", "2025-08-12", id="the same clock"),
        pytest.param("America/New_York", range(5, 12), "2025-08-05", "2025-08-05", id="hours behind"),
    ],
)
def test_only_weeks_with_orders_are_run(tmp_path: Path, zone: str, days: range, first: str, last: str) -> None:
    files = order_files(export(tmp_path, "Sevilla", days), mapping(ORDER_ROWS, (SPAIN[1], f'timezone = "{zone}"')))
    assert span_of_orders(files) == (MatchWeek(first, "Europe/London"), MatchWeek(last, "Europe/London"))


def test_files_that_cover_weeks_without_orders_have_no_span(tmp_path: Path) -> None:
    files = order_files(export(tmp_path, "Sevilla", range(5, 12)), mapping(ORDER_ROWS))
    assert span_of_orders(files) is not None
    files.facts.weeks.clear()
    assert span_of_orders(files) is None


def verdicts(tmp_path: Path, zone: str, days: list[int], weeks: list[str]) -> list[str]:
    """What holds_rows says of these weeks, with the orders of an export."""
    rows = [
        (f"A{day}-{hour}", f"2025-08-{day:02} {hour}:30", "10.00", 1, "Sevilla", "s1")
        for day in days
        for hour in (12, 20)
    ]
    folder = write(tmp_path / "in", "1.csv", csv_text(HEADER, rows)).parent
    files = order_files(folder, mapping(ORDER_ROWS, (SPAIN[1], f'timezone = "{zone}"')))
    tables = TableStore(LocalFolder(tmp_path / "data"), lambda: NOW)
    for key in weeks:
        answer = files.orders(MatchWeek(key, "Europe/London"))
        if answer.is_covered:
            with tables.writing_week("raw_orders", key) as writer:
                writer.write(answer.frame, Origin("real", "1", "run", "files"), covered=answer.covered)
    return [holds_rows(tables, week).outcome for week in weeks]


def holds_rows(tables: TableStore, week: str) -> Verdict:
    [check] = [one for one in weekly_checks(REAL) if (one.asset, one.name) == ("raw_orders", "holds_rows")]
    return check.judge(tables, week)


WEEKS = ["2025-07-29", "2025-08-05", "2025-08-12", "2025-08-19"]


@pytest.mark.parametrize(
    ("zone", "days", "expected"),
    [
        pytest.param(
            "Europe/Madrid", [5, 6, 12], ["passed", "passed", "passed", "warning"], id="an hour of the week before"
        ),
        pytest.param(
            "Asia/Dubai", [5, 6, 12], ["passed", "passed", "passed", "warning"], id="hours of the week before"
        ),
        pytest.param("Europe/London", [5, 6, 12], ["warning", "passed", "passed", "warning"], id="not covered at all"),
        pytest.param(
            "Europe/Madrid", [5, 6, 19], ["passed", "passed", "warning", "passed"], id="a week lost in between"
        ),
        pytest.param("America/New_York", [5, 11], ["warning", "passed", "warning", "warning"], id="clocks behind"),
    ],
)
def test_hours_before_the_first_order_are_no_loss(
    tmp_path: Path, zone: str, days: list[int], expected: list[str]
) -> None:
    assert verdicts(tmp_path, zone, days, WEEKS) == expected


def test_a_week_is_at_the_edge_only_of_orders(tmp_path: Path) -> None:
    """Where nothing sold in any week, nothing was ever lost."""
    assert verdicts(tmp_path, "Europe/Madrid", [5, 6, 12], WEEKS[:1]) == ["warning"]


@pytest.mark.parametrize(
    ("sold_in", "hours", "told"),
    [
        pytest.param(2, 3, "the first order comes after the hours covered here", id="orders come later"),
        pytest.param(0, 3, "the last order came before the hours covered here", id="orders came earlier"),
        pytest.param(2, 0, "the source covers this week, but has no order in it", id="no hour is covered"),
        pytest.param(2, 24, "the source covers this week, but has no order in it", id="a whole day is covered"),
    ],
)
def test_a_week_without_orders_says_on_which_side_they_lie(tmp_path: Path, sold_in: int, hours: int, told: str) -> None:
    files = order_files(export(tmp_path, "Sevilla", range(5, 12)), mapping(ORDER_ROWS))
    sold = files.orders(MatchWeek(WEEKS[1], "Europe/London")).frame
    tables = TableStore(LocalFolder(tmp_path / "data"), lambda: NOW)
    begin = datetime(2025, 8, 6, 5, tzinfo=UTC)
    period = CoveredPeriod("Sevilla", "Domino's", "EUR", begin, begin + timedelta(hours=hours))
    for key, rows, covered in ((WEEKS[1], sold[:0], [period] if hours else []), (WEEKS[sold_in], sold, [])):
        with tables.writing_week("raw_orders", key) as writer:
            writer.write(rows, Origin("real", "1", "run", "files"), covered=covered)
    assert holds_rows(tables, WEEKS[1]).description == told
