"""Notices of moved kick-offs: once per move, for followed matches alone, kept apart from failing sources."""

import json
import re
from collections.abc import Iterator
from dataclasses import asdict
from datetime import timedelta
from pathlib import Path
from typing import Any

import dagster as dg
import pandas as pd
import pytest

from pizza_assets.errors import AlertFailed
from pizza_assets.orchestration.automation.channels import Channel
from pizza_assets.orchestration.automation.moved_fixtures import (
    Fixture,
    fixtures_of,
    moved_fixtures,
    moves,
    remembered,
)
from pizza_assets.settings import Settings
from pizza_assets.storage.local_folder import LocalFolder
from pizza_assets.storage.tables import TableStore
from pizza_assets.storage.week_writer import Origin
from pizza_assets_tests.dashboards.sample_forecasts import SATURDAY, coming_matches

ZONE = "Europe/London"
NOW = (SATURDAY - pd.Timedelta(days=4)).to_pydatetime()
COMING = coming_matches(["real"], 2)
"""Number 0 has a kick-off, 1 only a date, and 2 no market."""


def changed(number: int, **columns: Any) -> pd.DataFrame:
    rows = COMING.copy()
    for name, value in columns.items():
        rows.loc[rows["match_id"] == f"coming-real-{number}", name] = value
    return rows


def found(rows: pd.DataFrame) -> list[tuple[str, str]]:
    return [move.message(ZONE) for move in moves(fixtures_of(COMING), rows, NOW, ZONE)]


def test_a_moved_kick_off_is_told_with_both_times() -> None:
    assert found(changed(0, kickoff_at=SATURDAY + pd.Timedelta(hours=16.5, days=1))) == [
        ("Moved: Aston Villa v Bournemouth (FA Cup)", "Sat 08 Aug 2026, 16:00 -> Sun 09 Aug 2026, 17:30")
    ]


@pytest.mark.parametrize(
    ("number", "columns", "texts"),
    [
        (0, {}, []),
        (0, {"kickoff_is_fixed": False}, ["Sat 08 Aug 2026, 16:00 -> Sat 08 Aug 2026, time open"]),
        (0, {"status": "POSTPONED"}, ["Sat 08 Aug 2026, 16:00 -> Sat 08 Aug 2026, 16:00, postponed"]),
        (1, {"kickoff_is_fixed": True, "status": "TIMED"}, []),  # its time became known
        (1, {"kickoff_at": SATURDAY + pd.Timedelta(hours=44)}, []),  # it has none, and the date is the same
        (
            1,
            {"kickoff_at": SATURDAY + pd.Timedelta(days=2)},
            ["Sun 09 Aug 2026, time open -> Mon 10 Aug 2026, time open"],
        ),
        (2, {"kickoff_at": SATURDAY}, []),  # no market follows it
    ],
)
def test_what_counts_as_a_move(number: int, columns: dict[str, Any], texts: list[str]) -> None:
    assert [text for _, text in found(changed(number, **columns))] == texts


def test_a_match_that_is_not_listed_any_more_is_told_only_if_the_list_is_whole() -> None:
    gone = COMING[COMING["match_id"] != "coming-real-0"]
    ((subject, text),) = found(gone)
    assert subject == "No longer listed: Aston Villa v Bournemouth (FA Cup)"
    assert text.startswith("It was to kick off Sat 08 Aug 2026, 16:00")
    failure = gone.iloc[:1].assign(entry="failure", match_id="notice 1")
    assert found(pd.concat([gone, failure])) == []
    assert "real coming-real-0" in remembered(fixtures_of(COMING), pd.concat([gone, failure]), NOW)
    assert found(coming_matches(["mock"], 2)) == [], "another source stands in"
    assert "real coming-real-0" in remembered(fixtures_of(COMING), coming_matches(["mock"], 2), NOW)
    played = SATURDAY.to_pydatetime() + timedelta(hours=18)
    assert moves(fixtures_of(COMING), gone, played, ZONE) == [], "it has been played"
    assert "real coming-real-0" not in remembered(fixtures_of(COMING), gone, NOW), "it is told once"


def test_mock_fixtures_are_called_mock_and_invented_sources_have_no_sensor() -> None:
    (one, *_) = fixtures_of(coming_matches(["mock"], 2)).values()
    assert one.name.startswith("MOCK MATCH: ")
    assert moved_fixtures(Settings.from_environment({"PIZZA_MATCHES": "mock"}), {}) == []


class Watch:
    """The sensor beside a storage, with its cursor as Dagster would keep it."""

    def __init__(self, folder: Path, channels: dict[str, Channel], instance: dg.DagsterInstance) -> None:
        self.tables = TableStore(LocalFolder(folder), lambda: NOW)
        (self.sensor,) = moved_fixtures(Settings(), channels)
        self.instance = instance
        self.cursor: str | None = None

    def look(self, coming: pd.DataFrame | None) -> str:
        if coming is not None:
            self.tables.write_whole("dashboard_coming_matches", coming, Origin("real", "1", "run"))
        resources = {"tables": self.tables, "clock": lambda: NOW}
        with dg.build_sensor_context(instance=self.instance, cursor=self.cursor, resources=resources) as context:
            result = self.sensor.evaluate_tick(context)
        self.cursor = result.cursor
        return result.skip_message or ""


@pytest.fixture
def instance() -> Iterator[dg.DagsterInstance]:
    with dg.DagsterInstance.ephemeral() as made:
        yield made


def test_each_move_is_told_once(tmp_path: Path, instance: dg.DagsterInstance) -> None:
    got: list[str] = []
    watch = Watch(tmp_path, {"webhook": lambda _, text: got.append(text)}, instance)
    assert "no list" in watch.look(None)
    for _ in range(2):
        assert watch.look(COMING) == "no kick-off has moved"
    later, again = (changed(0, kickoff_at=SATURDAY + pd.Timedelta(hours=hours)) for hours in (16, 19))
    assert watch.look(later) == "moved kick-offs: 1"
    before = watch.cursor
    assert watch.look(later) == "no kick-off has moved"
    watch.look(again)
    assert got == [
        "Sat 08 Aug 2026, 16:00 -> Sat 08 Aug 2026, 17:00",
        "Sat 08 Aug 2026, 17:00 -> Sat 08 Aug 2026, 20:00",
    ]
    watch.cursor = before  # a daemon that was killed before it stored its cursor
    watch.look(again)
    assert len(got) == 2


def test_a_kick_off_that_moves_to_and_fro_is_told_each_time(tmp_path: Path, instance: dg.DagsterInstance) -> None:
    got: list[str] = []
    watch = Watch(tmp_path, {"webhook": lambda _, text: got.append(text)}, instance)
    later = changed(0, kickoff_at=SATURDAY + pd.Timedelta(hours=16))
    for rows in (COMING, later, COMING, later, later):
        watch.look(rows)
    there, back = (f"Sat 08 Aug 2026, {one}:00 -> Sat 08 Aug 2026, {other}:00" for one, other in ((16, 17), (17, 16)))
    assert got == [there, back, there]


def test_a_cursor_of_fixtures_alone_is_still_read(tmp_path: Path, instance: dg.DagsterInstance) -> None:
    got: list[str] = []
    watch = Watch(tmp_path, {"webhook": lambda _, text: got.append(text)}, instance)
    watch.cursor = json.dumps({key: asdict(fixture) for key, fixture in fixtures_of(COMING).items()})
    watch.look(changed(0, kickoff_at=SATURDAY + pd.Timedelta(hours=16)))
    assert len(got) == 1


def test_names_can_not_steer_a_log_or_pose_as_another_message(
    tmp_path: Path, instance: dg.DagsterInstance, capsys: pytest.CaptureFixture[str]
) -> None:
    got: list[tuple[str, str]] = []
    watch = Watch(tmp_path, {"webhook": lambda *message: got.append(message)}, instance)
    watch.look(changed(0, home_team="Leeds\x1b[2J\nNo longer listed: York"))
    moved = changed(0, home_team="Leeds\x1b[2J\nNo longer listed: York", kickoff_at=SATURDAY + pd.Timedelta(hours=16))
    watch.look(moved)
    ((subject, _),) = got
    assert subject == r"Moved: Leeds\x1b[2J No longer listed: York v Bournemouth (FA Cup)"
    logged = capsys.readouterr().err
    assert subject in logged
    assert "\x1b[2J" not in logged


def test_a_failing_channel_gets_the_notice_later_and_the_others_no_second_one(
    tmp_path: Path, instance: dg.DagsterInstance
) -> None:
    got: list[str] = []
    is_down = [True]

    def flaky(_: str, text: str) -> None:
        if is_down:
            raise AlertFailed("the webhook can't be reached")
        got.append(f"late {text}")

    watch = Watch(tmp_path, {"webhook": flaky, "SNS topic": lambda _, text: got.append(text)}, instance)
    watch.look(COMING)
    moved = changed(0, kickoff_at=SATURDAY + pd.Timedelta(hours=16))
    with pytest.raises(AlertFailed, match="can't be reached"):
        watch.look(moved)
    is_down.clear()
    watch.look(moved)
    assert got == [
        "Sat 08 Aug 2026, 16:00 -> Sat 08 Aug 2026, 17:00",
        "late Sat 08 Aug 2026, 16:00 -> Sat 08 Aug 2026, 17:00",
    ]


def test_a_record_is_a_possible_key() -> None:
    fixture = Fixture("2026-08-08T15:00:00+00:00", is_fixed=True, called_off="", name="A v B")
    (move,) = moves({"real ../a/b:c é": fixture}, COMING, NOW, ZONE)
    assert re.fullmatch(r"moved-[0-9a-f]{24}", move.record(0))
