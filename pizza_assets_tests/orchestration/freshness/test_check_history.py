"""The latest verdict on a week counts, whatever other weeks were judged since, and only on the storage asked for."""

from uuid import uuid4

import dagster as dg
from hypothesis import given
from hypothesis import strategies as st

from pizza_assets.orchestration.freshness.check_history import (
    CheckHistory,
    Verdict,
    latest_verdicts,
    summary_metadata,
    week_metadata,
)
from pizza_assets_tests.support.check_results import store
from pizza_assets_tests.support.examples import examples

WEEKS = ["2026-08-04", "2026-08-11", "2026-08-18", "2026-08-25"]
KEY = dg.AssetCheckKey(dg.AssetKey("raw_orders"), "rows_are_valid")
STORAGES = ["/data/one", "/data/two"]


def report(instance: dg.DagsterInstance, storage: str, verdicts: dict[str, Verdict], *, has_summary: bool) -> None:
    """What a run of the check over these weeks stores; without a summary if it was killed before that."""
    run = uuid4().hex
    for week, verdict in verdicts.items():
        severity = dg.AssetCheckSeverity.ERROR if verdict.outcome == "error" else dg.AssetCheckSeverity.WARN
        evaluation = dg.AssetCheckEvaluation(
            KEY.asset_key,
            KEY.name,
            verdict.outcome == "passed",
            week_metadata(storage, verdict),
            severity=severity,
            description=verdict.description,
            partition=week,
        )
        store(instance, evaluation, run)
    if has_summary:
        known = {**latest_verdicts(instance, KEY, storage), **verdicts}
        metadata = summary_metadata(storage, known, "Europe/London")
        store(instance, dg.AssetCheckEvaluation(KEY.asset_key, KEY.name, False, metadata), run)


looks = st.tuples(
    st.sampled_from(STORAGES),
    st.dictionaries(st.sampled_from(WEEKS), st.sampled_from(["passed", "warning", "error"])),
    st.booleans(),
)


# Property 18
@examples(100)
@given(st.lists(looks, max_size=6))
def test_the_latest_verdict_on_a_week_counts(drawn: list[tuple[str, dict[str, str], bool]]) -> None:
    expected: dict[str, dict[str, Verdict]] = {storage: {} for storage in STORAGES}
    with dg.DagsterInstance.ephemeral() as instance:
        for number, (storage, outcomes, has_summary) in enumerate(drawn):
            verdicts = {week: Verdict(outcome, f"look {number}") for week, outcome in outcomes.items()}
            report(instance, storage, verdicts, has_summary=has_summary)
            expected[storage].update(verdicts)
        for storage in STORAGES:
            history = CheckHistory(instance, [KEY], storage)
            for outcome in history.outcomes(WEEKS):
                verdict = expected[storage].get(outcome.week)
                assert outcome.outcome == (verdict.outcome if verdict else "not_checked")
                failed = history.failed("raw_orders", outcome.week)
                if verdict is None or verdict.outcome == "passed":
                    assert failed == []
                else:
                    assert outcome.description == verdict.description
                    assert [(check.check, check.is_error) for check in failed] == [
                        ("rows_are_valid", verdict.outcome == "error")
                    ]


def test_verdicts_are_found_behind_hundreds_on_another_storage() -> None:
    with dg.DagsterInstance.ephemeral() as instance:
        report(instance, STORAGES[0], {WEEKS[0]: Verdict("error", "bad")}, has_summary=True)
        for _ in range(260):
            report(instance, STORAGES[1], {WEEKS[0]: Verdict("passed", "")}, has_summary=False)
        assert latest_verdicts(instance, KEY, STORAGES[0]) == {WEEKS[0]: Verdict("error", "bad")}


def test_a_verdict_that_a_concurrent_summary_has_missed_counts() -> None:
    with dg.DagsterInstance.ephemeral() as instance:
        report(instance, STORAGES[0], {WEEKS[0]: Verdict("passed", "")}, has_summary=True)
        known = latest_verdicts(instance, KEY, STORAGES[0])
        report(instance, STORAGES[0], {WEEKS[0]: Verdict("error", "bad")}, has_summary=False)
        metadata = summary_metadata(STORAGES[0], known, "Europe/London")
        store(instance, dg.AssetCheckEvaluation(KEY.asset_key, KEY.name, True, metadata), "another run")
        assert latest_verdicts(instance, KEY, STORAGES[0])[WEEKS[0]].outcome == "error"


def test_results_without_a_storage_do_not_count() -> None:
    """Those of earlier releases: nobody knows what they judged."""
    with dg.DagsterInstance.ephemeral() as instance:
        store(instance, dg.AssetCheckEvaluation(KEY.asset_key, KEY.name, False, {"first_week": WEEKS[0]}), "run")
        assert latest_verdicts(instance, KEY, STORAGES[0]) == {}
