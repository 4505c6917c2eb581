"""What `pizza status` says, as text and as JSON."""

import json
import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import dagster as dg

from pizza_assets.errors import Unreachable
from pizza_assets.orchestration.runs.status import (
    DatasetStatus,
    Status,
    WeekStatus,
    status_json,
    status_of,
    status_text,
)
from pizza_assets.sources.fallback import failure_text
from pizza_assets_tests.support.pipeline import WEEKS, Pipeline

NONE = DatasetStatus("mock", 10, 0, is_partial=False, reason=None, collected_at=None)
LONG = "openfootball: can't be reached at any of its addresses, so this week's matches are invented"


def week(key: str, failed: dict[str, str], stale: dict[str, str] | None = None) -> WeekStatus:
    return WeekStatus(key, NONE, NONE, stale or {}, failed)


def test_a_long_reason_is_printed_once_below_the_weeks() -> None:
    failed = {"raw_matches.comes_from_chosen_source": LONG}
    weeks = (
        week("2026-08-04", failed),
        week("2026-08-11", failed, {"raw_matches": "missing"}),
        week("2026-08-18", {"raw_matches.rows_are_valid": f"{LONG} twice"}),
        week("2026-08-25", {}),
    )
    text = status_text(Status("storage", weeks, ()), None)
    found = {line[:10]: line for line in text.splitlines()}
    assert found["2026-08-04"].endswith("  failed check raw_matches.comes_from_chosen_source (1)")
    assert found["2026-08-11"].endswith(
        "  stale: raw_matches (missing); failed check raw_matches.comes_from_chosen_source (1)"
    )
    assert found["2026-08-18"].endswith("  failed check raw_matches.rows_are_valid (2)")
    assert found["2026-08-25"].endswith("  ok")
    assert _notes(text) == [f"(1) {LONG}", f"(2) {LONG} twice"]


def test_a_stand_in_is_not_called_stale_and_its_cause_is_said_once() -> None:
    """Offline, making the week again changes nothing; a stale table of the same week is still stale."""
    why = {"raw_matches": "a stand-in for openfootball"}
    weeks = (
        replace(week("2026-08-04", {}), stand_ins={"raw_matches": LONG}),
        replace(week("2026-08-11", {}), stand_ins={"raw_matches": LONG, "raw_match_events": LONG}),
        replace(week("2026-08-18", {}, {"mock_orders": "missing"}), stand_ins=why),
    )
    text = status_text(Status("storage", weeks, ()), None)
    lines = text.splitlines()
    found = {line[:10]: line for line in lines}
    assert found["2026-08-04"].endswith("  mock stand-in for raw_matches (1)")
    assert found["2026-08-11"].endswith("  mock stand-in for raw_matches, raw_match_events (1)")
    assert found["2026-08-18"].endswith("  stale: mock_orders (missing); mock raw_matches: a stand-in for openfootball")
    assert _notes(text) == [f"(1) {LONG}"]
    assert "1 stale week, 0 with a failed check" in lines
    assert "3 weeks with mock stand-ins; once the source answers, collect again with: pizza backfill --stale-only" in (
        lines
    )


def test_the_reason_of_a_stand_in_has_no_brackets_in_brackets() -> None:
    """It said "(1) mock stand-in: raw_matches (openfootball failed (Unreachable: …: no complete answer (…); …); …)"."""
    unreachable = Unreachable("https://example.org/en.1.json: no complete answer (Name or service not known); check it")
    told = failure_text("openfootball", unreachable)
    weeks = tuple(replace(week(key, {}), stand_ins={"raw_matches": told}) for key in ("2026-08-04", "2026-08-11"))
    text = status_text(Status("storage", weeks, ()), None)
    assert not re.search(r"\([^()]*\(", text)
    assert " ".join(text.split()).count("Name or service not known") == 1
    assert max(len(line) for line in text.splitlines() if line[:1] in "( ") <= 100


def _notes(text: str) -> list[str]:
    """The numbered notes, each in one line."""
    return re.findall(r"^\(\d+\) .*$", re.sub(r"\n {4}", " ", text), re.MULTILINE)


def test_a_check_that_warned_did_not_fail() -> None:
    """It said "21 with a failed check" where the page said that no check failed and 3 warned."""
    warning = {"raw_orders.is_recent": "the newest order is old"}
    weeks = (
        replace(week("2026-08-04", {}), warnings=warning),
        replace(week("2026-08-11", {"raw_orders.rows_are_valid": "refused"}), warnings=warning),
    )
    text = status_text(Status("storage", weeks, ("insights",)), [])
    assert "  warning of raw_orders.is_recent: the newest order is old" in text
    assert "failed check raw_orders.rows_are_valid: refused; warning of raw_orders.is_recent" in text
    assert "0 stale weeks, 1 with a failed check, 1 in which checks only warned" in text
    assert "stale: 1 table is missing" in text
    assert text.endswith("\n0 damaged objects")
    assert json.loads(status_json(Status("storage", weeks, ()), None))["weeks"][0]["warnings"] == warning


def test_a_stand_in_is_no_failed_check_in_text_and_in_json(tmp_path: Path) -> None:
    """In the JSON, the check that says how the source failed counted as failed; in the text it did not."""
    environ = {"PIZZA_MATCHES": "openfootball", "PIZZA_OPENFOOTBALL": "http://127.0.0.2:9/seasons"}
    offline = Pipeline(tmp_path / "data", **environ)
    with dg.DagsterInstance.ephemeral() as instance:
        assert not offline.collect(instance, WEEKS[:1]).failures
        status = _status(offline, instance, datetime(2026, 11, 22, tzinfo=UTC))
    [told] = json.loads(status_json(status, None))["weeks"]
    assert (told["stale"], told["failed_checks"], told["warnings"]) == ({}, {}, {})
    assert "127.0.0.2:9" in told["stand_ins"]["raw_matches"], "the cause, not only that it is a stand-in"
    assert told["stand_ins"]["raw_match_events"] == told["stand_ins"]["raw_matches"]
    text = status_text(status, None)
    assert "  mock stand-in for raw_matches, raw_match_events (1)\n" in text
    assert "0 stale weeks, 0 with a failed check" in text


def test_the_running_week_is_not_called_stale(tmp_path: Path) -> None:
    running = Pipeline(tmp_path / "data", now=datetime(2026, 8, 20, 12, tzinfo=UTC))
    with dg.DagsterInstance.ephemeral() as instance:
        assert not running.collect(instance, WEEKS[:1]).failures
        later = Pipeline(tmp_path / "data", now=running.now + timedelta(hours=1))
        status = _status(later, instance, later.now)
        over = Pipeline(tmp_path / "data", now=running.now + timedelta(weeks=1))
        after = _status(over, instance, over.now)
    [week] = status.weeks
    assert (week.stale, "mock_orders" in week.unfinished) == ({}, True)
    text = status_text(status, None)
    assert "not over yet" in text
    assert "0 stale weeks" in text
    assert after.weeks[0].stale["mock_orders"] == "collected before the week was complete"
    assert "backfill --stale-only" in status_text(after, None)


def _status(pipeline: Pipeline, instance: dg.DagsterInstance, now: datetime) -> Status:
    assets = pipeline.backfill(instance).graph.assets
    return status_of(pipeline.tables, [pipeline.week(WEEKS[0])], assets, pipeline.staleness(instance), now)
