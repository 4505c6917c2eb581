"""The latest evaluation of a week counts, whatever other weeks it covered."""

import dagster as dg
from hypothesis import given
from hypothesis import strategies as st

from pizza_assets.orchestration.freshness.check_history import CheckHistory, weeks_metadata
from pizza_assets_tests.support.examples import examples

WEEKS = ["2026-08-04", "2026-08-11", "2026-08-18", "2026-08-25"]
KEY = dg.AssetCheckKey(dg.AssetKey("raw_orders"), "rows_are_valid")


@st.composite
def looks(draw: st.DrawFn) -> tuple[int, int, dict[int, str]]:
    """First and last week of an evaluation, and the outcomes of some of them."""
    first, last = sorted(draw(st.lists(st.integers(0, len(WEEKS) - 1), min_size=2, max_size=2)))
    wrong = draw(st.dictionaries(st.integers(first, last), st.sampled_from(["error", "warning"])))
    return first, last, wrong


def evaluated(instance: dg.DagsterInstance, number: int, look: tuple[int, int, dict[int, str]]) -> None:
    first, last, wrong = look

    def of(outcome: str) -> list[str]:
        return [WEEKS[week] for week in sorted(wrong) if wrong[week] == outcome]

    metadata = weeks_metadata(WEEKS[first : last + 1], of("error"), of("warning"))
    words = f"look {number}"
    instance.report_runless_asset_event(
        dg.AssetCheckEvaluation(KEY.asset_key, KEY.name, not wrong, metadata, description=words)
    )


# Property 18
@examples(100)
@given(st.lists(looks(), max_size=5))
def test_the_latest_evaluation_of_a_week_counts(drawn) -> None:
    with dg.DagsterInstance.ephemeral() as instance:
        for number, look in enumerate(drawn):
            evaluated(instance, number, look)
        history = CheckHistory(instance, [KEY])
        outcomes = {outcome.week: outcome for outcome in history.outcomes(WEEKS)}
        failed = {week: [check.is_error for check in history.failed("raw_orders", week)] for week in WEEKS}
    for position, week in enumerate(WEEKS):
        latest = [(n, look) for n, look in enumerate(drawn) if look[0] <= position <= look[1]][-1:]
        outcome = latest[0][1][2].get(position, "passed") if latest else "not_checked"
        found = outcomes[week]
        assert (found.asset, found.check, found.outcome) == (
            "raw_orders",
            "rows_are_valid",
            outcome,
        )
        assert found.description == (f"look {latest[0][0]}" if latest else None)
        assert failed[week] == {"error": [True], "warning": [False]}.get(outcome, [])


def test_results_under_the_earlier_name_of_a_check_count() -> None:
    """Weeks stored before the check was renamed keep their warning until they are checked again."""
    asset = dg.AssetKey("raw_matches")
    with dg.DagsterInstance.ephemeral() as instance:
        for name, warned in (("is_no_stand_in", WEEKS[:2]), ("comes_from_chosen_source", [])):
            weeks = WEEKS if warned else WEEKS[:1]
            metadata = weeks_metadata(weeks, in_warning=warned)
            instance.report_runless_asset_event(dg.AssetCheckEvaluation(asset, name, not warned, metadata))
        history = CheckHistory(instance, [dg.AssetCheckKey(asset, "comes_from_chosen_source")])
        outcomes = [outcome.outcome for outcome in history.outcomes(WEEKS[:3])]
    assert outcomes == ["passed", "warning", "passed"]
