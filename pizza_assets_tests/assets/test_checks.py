"""What the checks say of single weeks, and that a run of a check looks at every week that it can judge."""

from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

import dagster as dg
import pytest

from pizza_assets.assets.checks import SHOWN_PER_WEEK, weekly_checks
from pizza_assets.assets.weekly_checks import NOTHING_TO_JUDGE, WeeklyCheck, evaluations
from pizza_assets.orchestration.freshness.check_history import Verdict, latest_verdicts
from pizza_assets.settings import Settings
from pizza_assets.storage.local_folder import LocalFolder
from pizza_assets.storage.refusals import RefusalLimits
from pizza_assets.storage.tables import TableStore
from pizza_assets.storage.week_writer import Origin
from pizza_assets_tests.support.check_results import store
from pizza_assets_tests.support.match_rows import matches, refused

WEEKS = ["2026-08-04", "2026-08-11", "2026-08-18", "2026-08-25"]
REAL = Settings(matches="openfootball", orders="mock")


def check(asset: str, name: str, settings: Settings = REAL) -> WeeklyCheck:
    (found,) = [known for known in weekly_checks(settings) if (known.asset, known.name) == (asset, name)]
    return found


@pytest.fixture
def tables(tmp_path: Path) -> TableStore:
    limits = RefusalLimits.from_settings(Settings())
    return TableStore(LocalFolder(tmp_path), lambda: datetime(2026, 8, 12, tzinfo=UTC), limits=limits)


@pytest.fixture
def instance() -> dg.DagsterInstance:
    return dg.DagsterInstance.ephemeral()


def collect(tables: TableStore, week: str, good: int, bad: int, origin: Origin | None = None) -> None:
    with tables.writing_week("raw_matches", week) as writer:
        writer.write(matches(good), origin or Origin("real", "1", "run", "openfootball"), rejected=refused(bad))


def run(check: WeeklyCheck, tables: TableStore, instance: dg.DagsterInstance, *asked: str) -> dict[str | None, str]:
    """Run the check as Dagster does; returns the outcome by week, and of the summary (None)."""
    found, run_id = {}, uuid4().hex
    try:
        for evaluation in evaluations(check, asked, instance, tables, "Europe/London"):
            store(instance, evaluation, run_id)
            is_error = evaluation.severity == dg.AssetCheckSeverity.ERROR
            found[evaluation.partition] = "passed" if evaluation.passed else "error" if is_error else "warning"
    except dg.Failure as failure:
        found["failure"] = str(failure.description)
    return found


def test_what_is_said_of_refused_rows(tables: TableStore) -> None:
    collect(tables, WEEKS[0], 10, 0)
    collect(tables, WEEKS[1], 99, 1)
    collect(tables, WEEKS[2], 10, 30)
    rows_are_valid = check("raw_matches", "rows_are_valid")
    assert rows_are_valid.weeks(tables) == WEEKS[:3]
    good, few, many = (rows_are_valid.judge(tables, week) for week in WEEKS[:3])
    assert good == Verdict("passed", "no row was refused")
    assert few == Verdict("warning", "1 of 100 rows were refused, 1.0%")
    (record,) = few.metadata["rows"].records
    assert {"column": "date", "value": "2026-02-30", "reason": "no such day"}.items() <= record.data.items()
    assert many.outcome == "error"
    assert "30 of 40 matches were refused" in many.description
    assert many.description.endswith("the week is not stored")
    assert (many.metadata["refused_rows"], many.metadata["offered_rows"]) == (30, 40)
    assert len(many.metadata["rows"].records) == SHOWN_PER_WEEK


def test_the_earlier_week_that_was_kept_is_named(tables: TableStore) -> None:
    collect(tables, WEEKS[0], 10, 0)
    collect(tables, WEEKS[0], 5, 5)
    verdict = check("raw_matches", "rows_are_valid").judge(tables, WEEKS[0])
    assert verdict.description.startswith("5 of 10 matches were refused")
    assert verdict.description.endswith("the week stored before was kept")
    source = check("raw_matches", "comes_from_chosen_source").judge(tables, WEEKS[0])
    assert source.outcome == "warning"
    assert "kept from before" in source.description


def test_run_alone_a_check_looks_at_every_week(tables: TableStore, instance: dg.DagsterInstance) -> None:
    collect(tables, WEEKS[0], 10, 0)
    collect(tables, WEEKS[1], 10, 30)
    collect(tables, WEEKS[3], 99, 1)
    found = run(check("raw_matches", "rows_are_valid"), tables, instance)
    failure = found.pop("failure")
    assert found == {WEEKS[0]: "passed", WEEKS[1]: "error", WEEKS[3]: "warning", None: "error"}
    assert f"1 of 3 weeks failed: {WEEKS[1]}: 30 of 40 matches were refused" in failure


def test_a_healthy_week_never_turns_the_error_of_another_green(
    tables: TableStore, instance: dg.DagsterInstance
) -> None:
    rows_are_valid = check("raw_matches", "rows_are_valid")
    collect(tables, WEEKS[0], 10, 30)
    assert run(rows_are_valid, tables, instance, WEEKS[0])[None] == "error"
    collect(tables, WEEKS[1], 10, 0)
    found = run(rows_are_valid, tables, instance, WEEKS[1])
    assert found == {WEEKS[1]: "passed", None: "error"}, "the run of the healthy week itself succeeds"
    collect(tables, WEEKS[0], 10, 0)
    assert run(rows_are_valid, tables, instance, WEEKS[0]) == {WEEKS[0]: "passed", None: "passed"}


def test_weeks_that_were_never_judged_are_judged_by_the_next_run(
    tables: TableStore, instance: dg.DagsterInstance
) -> None:
    collect(tables, WEEKS[0], 10, 30)
    collect(tables, WEEKS[1], 10, 0)
    found = run(check("raw_matches", "rows_are_valid"), tables, instance, WEEKS[1])
    assert found == {WEEKS[0]: "error", WEEKS[1]: "passed", None: "error"}


@pytest.mark.parametrize("known", weekly_checks(REAL), ids=lambda known: f"{known.asset}.{known.name}")
def test_no_check_passes_on_zero_weeks(known: WeeklyCheck, tables: TableStore, instance: dg.DagsterInstance) -> None:
    for asked in ([], WEEKS[:1]):
        (summary,) = evaluations(known, asked, instance, tables, "Europe/London")
        assert (summary.passed, summary.description) == (False, NOTHING_TO_JUDGE)


def test_another_storage_in_the_same_instance_is_not_judged(
    tables: TableStore, instance: dg.DagsterInstance, tmp_path: Path
) -> None:
    rows_are_valid = check("raw_matches", "rows_are_valid")
    collect(tables, WEEKS[0], 10, 30)
    run(rows_are_valid, tables, instance)
    other = TableStore(LocalFolder(tmp_path / "other"), lambda: datetime(2026, 8, 12, tzinfo=UTC))
    collect(other, WEEKS[0], 10, 0)
    assert run(rows_are_valid, other, instance) == {WEEKS[0]: "passed", None: "passed"}
    assert latest_verdicts(instance, rows_are_valid.key, tables.objects.uri(""))[WEEKS[0]].outcome == "error"
    assert latest_verdicts(instance, rows_are_valid.key, other.objects.uri(""))[WEEKS[0]].outcome == "passed"


def test_weeks_without_rows_are_told(tables: TableStore, instance: dg.DagsterInstance) -> None:
    collect(tables, WEEKS[0], 10, 0)
    collect(tables, WEEKS[1], 0, 0)
    collect(tables, WEEKS[3], 10, 30)
    found = run(check("raw_matches", "holds_rows"), tables, instance)
    assert found == {
        WEEKS[0]: "passed",
        WEEKS[1]: "passed",  # a summer week without a match
        WEEKS[2]: "warning",  # a gap
        WEEKS[3]: "warning",  # withheld
        None: "warning",
    }
    judge = check("raw_matches", "holds_rows").judge
    assert judge(tables, WEEKS[2]).description == "nothing is stored for this week: not covered, not run, or failed"
    assert judge(tables, WEEKS[3]).description.startswith("withheld: 30 of 40 matches were refused; correct them")


def test_a_reason_of_many_weeks_is_said_once(tables: TableStore, instance: dg.DagsterInstance) -> None:
    for week in (WEEKS[0], WEEKS[1], WEEKS[3]):
        collect(tables, week, 10, 0, Origin("mock", "1", "run", "mock", reason="openfootball failed"))
    summary = list(
        evaluations(check("raw_matches", "comes_from_chosen_source"), [], instance, tables, "Europe/London")
    )[-1]
    assert summary.description == "3 of 3 weeks failed: 2026-08-04 to 2026-08-11, 2026-08-25: openfootball failed"


def test_a_stand_in_is_told(tables: TableStore) -> None:
    collect(tables, WEEKS[0], 10, 0, Origin("mock", "1", "run", "mock", reason="openfootball failed"))
    verdict = check("raw_matches", "comes_from_chosen_source").judge(tables, WEEKS[0])
    assert (verdict.outcome, verdict.description) == ("warning", "openfootball failed")
    chosen = check("raw_matches", "comes_from_chosen_source", Settings(matches="mock")).judge(tables, WEEKS[0])
    assert chosen.outcome == "passed"
