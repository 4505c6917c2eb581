"""What the fingerprints of raw weeks are made of, source by source. Stored weeks carry them, so they never change."""

import hashlib
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from pizza_assets.models.week import MatchWeek
from pizza_assets.orchestration.freshness.week_inputs import WeekInputs
from pizza_assets.orchestration.sources import markets_of
from pizza_assets.sources.orders.file_import import PARSER_VERSION
from pizza_assets.sources.orders.mapping_reader import parse_mapping
from pizza_assets.storage.fingerprints import fingerprint, frame_fingerprint
from pizza_assets_tests.sources.orders.exports import HEADER, ORDER_ROWS, csv_text, order_files, write
from pizza_assets_tests.support.pipeline import Pipeline

WEEK = MatchWeek("2025-08-19", "Europe/London")
SETTLED = WEEK.ends_at + timedelta(days=30)
UNSETTLED = WEEK.starts_at + timedelta(days=2)
SEASONS = ("en.1 2024-25", "en.1 2025-26")

CONTRACT = """\
label = "real"
url = "https://orders.example.com"
chain = "dominos"
currency = "GBP"
[[store]]
id = "1"
market = "Leeds"
"""

Fingerprints = Callable[..., WeekInputs]


@pytest.fixture
def inputs(tmp_path: Path) -> Fingerprints:
    def build(**environ: str) -> WeekInputs:
        pipeline = Pipeline(tmp_path / "data", now=SETTLED, **environ)
        return WeekInputs(
            pipeline.tables, pipeline.settings, markets_of(pipeline.settings), pipeline.sources, lambda: pipeline.now
        )

    return build


@pytest.mark.parametrize(
    ("environ", "texts"),
    [
        (
            {"PIZZA_MATCHES": "openfootball"},
            ("openfootball", "https://raw.githubusercontent.com/openfootball/{repository}/master", *SEASONS),
        ),
        (
            {"PIZZA_MATCHES": "openfootball", "PIZZA_OPENFOOTBALL": "https://mirror.example.com/football/"},
            ("openfootball", "https://mirror.example.com/football/", *SEASONS),
        ),
        ({"PIZZA_MATCHES": "football-data"}, ("football-data", "https://api.football-data.org", *SEASONS)),
        (
            {
                "PIZZA_MATCHES": "football-data",
                "PIZZA_FOOTBALL_DATA": "https://proxy.example.com/",
                "PIZZA_COMPETITIONS": "en.1,uefa.cl",
            },
            ("football-data", "https://proxy.example.com", *SEASONS, "uefa.cl 2024-25", "uefa.cl 2025-26"),
        ),
    ],
)
def test_remote_matches_are_known_by_source_address_and_seasons(
    inputs: Fingerprints, environ: dict[str, str], texts: tuple[str, ...]
) -> None:
    found = inputs(**environ).fingerprint("raw_matches", WEEK)
    assert found == fingerprint("raw_matches", *texts, "settled")


def test_a_remote_week_that_is_not_settled_is_known_by_the_moment(tmp_path: Path) -> None:
    pipeline = Pipeline(tmp_path / "data", now=UNSETTLED, PIZZA_MATCHES="football-data")
    found = WeekInputs(pipeline.tables, pipeline.settings, (), pipeline.sources, lambda: pipeline.now)
    assert found.fingerprint("raw_matches", WEEK) == fingerprint(
        "raw_matches", "football-data", "https://api.football-data.org", *SEASONS, UNSETTLED.isoformat()
    )


def test_mock_matches_are_known_by_their_rows(tmp_path: Path) -> None:
    pipeline = Pipeline(tmp_path / "data", now=SETTLED)
    answer = pipeline.sources.matches.matches(WEEK)
    found = WeekInputs(pipeline.tables, pipeline.settings, (), pipeline.sources, lambda: pipeline.now)
    rows, rejected = frame_fingerprint(answer.rows), frame_fingerprint(answer.rejected)
    assert found.fingerprint("raw_matches", WEEK) == fingerprint("raw_matches", "mock", "mock", rows, rejected, "")


def test_mock_orders_leave_raw_orders_without_a_fingerprint(inputs: Fingerprints) -> None:
    assert inputs(PIZZA_ORDERS="mock").fingerprint("raw_orders", WEEK) is None


def test_orders_of_the_api_are_known_by_its_contract(inputs: Fingerprints, tmp_path: Path) -> None:
    path = tmp_path / "orders-api.toml"
    path.write_text(CONTRACT)
    found = inputs(PIZZA_ORDERS="api", PIZZA_ORDERS_API=str(path))
    assert found.fingerprint("raw_orders", WEEK) == fingerprint("orders API", CONTRACT, "settled")
    coming = MatchWeek.containing(SETTLED, WEEK.timezone).shifted(1)
    assert found.fingerprint("raw_orders", coming) is None


def test_orders_of_files_are_known_by_what_they_say(inputs: Fingerprints, tmp_path: Path) -> None:
    row = ["a1", "2025-08-20 18:00", "12.50", "2", "Leeds", "s1"]
    write(tmp_path / "in", "1.csv", csv_text(HEADER, [row]))
    mapping = write(tmp_path, "orders.toml", ORDER_ROWS)
    found = inputs(PIZZA_ORDERS="files", PIZZA_ORDERS_PATH=str(tmp_path / "in"), PIZZA_ORDERS_MAPPING=str(mapping))
    told = found.fingerprint("raw_orders", WEEK)
    answer = order_files(tmp_path / "in", parse_mapping(ORDER_ROWS, str(mapping)), lambda: SETTLED).orders(WEEK)
    (stored,) = (tmp_path / "data" / "staging").rglob(f"{WEEK.key}-*.parquet")
    digest = hashlib.sha256(f"{PARSER_VERSION} real {answer.covered} None".encode())
    digest.update(stored.name.encode())  # which names its content
    assert hashlib.sha256(stored.read_bytes()).hexdigest()[:16] in stored.name
    assert told == digest.hexdigest()[:32]
    assert found.fingerprint("raw_orders", WEEK.shifted(9)) is None
