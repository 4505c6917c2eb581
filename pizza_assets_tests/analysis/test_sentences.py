"""Which sentence is true of a result: every template, and the contradictions that none of them may contain."""

import re
from itertools import product

import pandas as pd
import pytest

from pizza_assets.analysis.family_sentences import family_sentence, more_findings
from pizza_assets.analysis.kickoff_classes import AFTERNOON, EARLY, KICKOFF_CLASSES, LATE, MIDWEEK
from pizza_assets.analysis.moved_orders import MovedOrders
from pizza_assets.analysis.reasons import Reason
from pizza_assets.analysis.result_context import Context, context_of
from pizza_assets.analysis.sentences import (
    TEMPLATES,
    alarm_sentence,
    goal_sentence,
    own_seasons_of_each,
    sentence,
    template_of,
)
from pizza_assets.analysis.titles import accuracy_title, curve_title, effect_title, results_title
from pizza_assets.analysis.wording import METHODS
from pizza_assets_tests.analysis.test_insights import SEASONS, result, written

EXPLORATORY = {"role": "exploratory", "time_window": "pre"}
NOTHING = {"direction": "none", "uplift_pct": 1.0, "ci_low_pct": -3.0, "ci_high_pct": 5.2, "p_value": 0.6}
BESIDE_ZERO = {"direction": "none", "uplift_pct": 5.0, "ci_low_pct": 0.4, "ci_high_pct": 9.8, "p_value": 0.03}
BEGAN = {"hours_before_p_value": 0.01, "hours_before_uplift_pct": 8.0}
MISSING = {"status": "insufficient_data", "direction": "unknown", "reasons": Reason.TOO_FEW_DATES.value}


@pytest.mark.parametrize(
    ("changes", "name"),
    [
        pytest.param(MISSING, "unanswered", id="no answer"),
        pytest.param({}, "finding", id="a finding"),
        pytest.param({"direction": "down", "uplift_pct": -12.0}, "finding", id="a finding downwards"),
        pytest.param({"mde_80_pct": 101.0}, "finding", id="a finding of few orders"),
        pytest.param(NOTHING, "nothing_found", id="nothing"),
        pytest.param({**NOTHING, "mde_80_pct": 30.0}, "nothing_found", id="nothing, at the limit"),
        pytest.param({**NOTHING, "mde_80_pct": 30.1}, "too_few", id="nothing, of few orders"),
        pytest.param({**BESIDE_ZERO, "mde_80_pct": 40.0}, "too_few", id="an interval beside 0, of few orders"),
        pytest.param(BESIDE_ZERO, "not_significant", id="an interval beside 0, but p by permutation"),
        pytest.param({**BESIDE_ZERO, **EXPLORATORY}, "not_among_all", id="an interval beside 0 among many claims"),
        pytest.param(
            {**BESIDE_ZERO, "ci_low_pct": -9.0, "ci_high_pct": -0.4, **EXPLORATORY}, "not_among_all", id="below 0"
        ),
    ],
)
def test_the_template_is_the_one_that_is_true(changes: dict, name: str) -> None:
    assert template_of(result(**changes)) == name


@pytest.mark.parametrize(
    ("direction", "low", "role", "mde", "p_value", "method"),
    list(
        product(("up", "none"), (-2.0, 0.5), ("primary", "exploratory"), (4.0, 101.0), (0.01, 0.2), ("-", "same_day"))
    ),
)
def test_no_sentence_contradicts_its_numbers(direction, low, role, mde, p_value, method) -> None:
    numbers = {"uplift_pct": 6.0, "ci_low_pct": low, "ci_high_pct": 11.5, "mde_80_pct": mde, "p_value": p_value}
    told_by = METHODS["same_day"]["method"] if method == "same_day" else "-"
    row = result(direction=direction, role=role, method=told_by, **numbers)
    told = sentence(row, "after it")
    if "No effect found" in told:
        assert low < 0, "no effect beside an interval that excludes 0"
        assert mde <= 30
    if "run" in told.split():
        assert direction == "up"
        assert ("interval includes 0" in told) == (low < 0)
        assert ("probably too large" in told) == (mde > 30)
    else:
        assert direction == "none"
    assert f"95 % interval {low:.1f} to 12 %" in told
    began = sentence(row | BEGAN, "after it")
    assert began.startswith("Hours before kick-off") == (direction == "up")
    assert "run" not in began.split()


FAMILY = {"family_id": "exploratory_outcomes.x", "subject": "draw", **EXPLORATORY}
KICKOFFS = result(subject="kickoff_time", direction="differs", **EXPLORATORY)
LATE_EFFECT = result(scope="kickoff", scope_value="midweek", **EXPLORATORY)
SOME_TIMES = Context(kickoff_times=(LATE_EFFECT,), kickoffs_without=(EARLY,), kickoffs_untold=(AFTERNOON, LATE))
WHOLE = result(**{**NOTHING, **EXPLORATORY, "time_window": "match"})
POINT = {**BESIDE_ZERO, "status": "ok", "n_goals": 80}


def about(**changes: object) -> str:
    return sentence(result(**changes), "after it")


def of_family(*rows: dict) -> str:
    return family_sentence(pd.DataFrame([result(**FAMILY | row) for row in rows]))[1]


def moved(low: float, **changes: object) -> str:
    return sentence(WHOLE | changes, "around it", context=Context(MovedOrders(("during",), ("pre",), low, 1.0, 0.03)))


BY_RESULT = [
    result(scope="result", scope_value=value, **changes) for value, changes in (("win", {}), ("draw", NOTHING))
]
ERRORS = {
    "span": "match", "evidence": "backtest", "until_date": "2026-07-01", "error_pct": 12.0, "error_of_mean_pct": 14.0,
    "scored_forecasts": 30, "order_source": "mock", "match_source": "real",
}  # fmt: skip


def minute(first: int, low: float, high: float, **changes: object) -> dict:
    """A quarter of an hour of the curve around kick-off, with its band."""
    point = {
        "series": "own_match", "minutes_from": first, "minutes_to": first + 15, "ci_low_pct": low, "ci_high_pct": high,
        "status": "ok", "is_calibrated": True, "band": "simultaneous", "order_source": "real", "match_source": "real",
    }  # fmt: skip
    return point | changes


EXAMPLES = {
    "unanswered": lambda: about(**MISSING),
    "too_few": lambda: about(**NOTHING | {"mde_80_pct": 40.0}),
    "nothing_found": lambda: about(**NOTHING),
    "not_significant": lambda: about(**BESIDE_ZERO),
    "not_among_all": lambda: about(**BESIDE_ZERO | EXPLORATORY),
    "finding": about,
    "by_permutation": lambda: about(ci_low_pct=-0.3),
    "too_large": lambda: about(mde_80_pct=40.0),
    "hours_before": lambda: about(**BEGAN),
    "own_seasons": lambda: about(**SEASONS),
    "own_seasons_of_each": lambda: own_seasons_of_each([result(**SEASONS)]),
    "own_seasons_by_span": lambda: own_seasons_of_each([result(**SEASONS), result(time_window="pre")]),
    "average": lambda: sentence(result(), "after it", context=Context(do_kickoffs_differ=True)),
    "moved": lambda: moved(-1.2),
    "moved_unknown": lambda: moved(-5.0),
    "kickoffs_unanswered": lambda: sentence(KICKOFFS | MISSING, "after it"),
    "kickoffs_alike": lambda: sentence(KICKOFFS | {"direction": "none"}, "after it"),
    "kickoffs_differ": lambda: sentence(KICKOFFS, "after it", context=Context(kickoff_times=(LATE_EFFECT,))),
    "kickoffs_differ_somehow": lambda: sentence(KICKOFFS, "after it"),
    "kickoffs_without": lambda: sentence(KICKOFFS, "after it", context=SOME_TIMES),
    "kickoffs_untold": lambda: sentence(KICKOFFS, "after it", context=SOME_TIMES),
    "kickoff": lambda: sentence(KICKOFFS, "after it", context=Context(kickoff_times=(LATE_EFFECT,))),
    "family_unanswered": lambda: of_family(MISSING),
    "family_too_few": lambda: of_family(NOTHING | {"mde_80_pct": 40.0}),
    "family_nothing_found": lambda: of_family(NOTHING, MISSING),
    "family_none_sure": lambda: of_family(NOTHING, BESIDE_ZERO),
    "family_more": lambda: more_findings(pd.DataFrame([result(**FAMILY)]), 3),
    "goal_unanswered": lambda: goal_sentence(POINT | MISSING, "", is_finding=False)[1],
    "goal_nothing_found": lambda: goal_sentence(POINT | NOTHING, "", is_finding=False)[1],
    "goal_not_sure": lambda: goal_sentence(POINT, "", is_finding=False)[1],
    "goal_finding": lambda: goal_sentence(POINT, "", is_finding=True)[1],
    "alarms": lambda: alarm_sentence({"low": 2, "high": 1}, 0.08, 1),
    "title_finding": lambda: effect_title(result()),
    "title_hours_before": lambda: effect_title(result(**BEGAN)),
    "title_nothing_found": lambda: effect_title(result(**NOTHING)),
    "title_contrast_nothing_found": lambda: effect_title(result(subject="total_goals", **NOTHING)),
    "title_results": lambda: results_title(BY_RESULT),
    "title_result": lambda: results_title(BY_RESULT),
    "title_result_nothing_found": lambda: results_title(BY_RESULT),
    "title_curve": lambda: curve_title([minute(-30, 1.0, 9.0)]),
    "title_curve_nothing_found": lambda: curve_title([minute(-30, -1.0, 9.0)]),
    "title_accuracy": lambda: accuracy_title([ERRORS]),
}


def test_every_template_has_an_example() -> None:
    assert set(EXAMPLES) == set(TEMPLATES)


@pytest.mark.parametrize("name", EXAMPLES)
def test_the_template_is_told_where_it_is_true_and_filled(name: str) -> None:
    told = EXAMPLES[name]()
    pattern = "(.*)".join(re.escape(part) for part in re.split(r"\{\w+\}", TEMPLATES[name]))
    assert re.search(pattern, told), told
    assert not re.search(r"[{}]|\bnan\b|\bNone(?! of)", told), told


def test_seasons_of_single_markets_are_told_with_every_number_of_the_match() -> None:
    words = (
        "At these hours Leeds, Hull keep a season of their own, which is not the match's: this number may be off by "
        "1.2 %."
    )
    assert sentence(result(**SEASONS), "after it").endswith(words)
    assert words not in sentence(result(**SEASONS | NOTHING), "after it"), "said in the caveat"
    assert words in written(result(**SEASONS | NOTHING)).iloc[0]["caveat"]
    alone = SEASONS | {"own_season_markets": "Leeds"}
    assert "At these hours Leeds keeps a season of its own" in sentence(result(**alone), "after it")
    assert "season" not in sentence(result(), "after it")
    assert moved(-1.2, **SEASONS).endswith(words), "it is a finding, whose caveat doesn't say it"
    assert "season" not in moved(-1.2)


@pytest.mark.parametrize(
    ("by_window", "told"),
    [
        pytest.param(
            {"pre": "Leeds", "during": None, "post": "Hull"},
            "These markets have seasonal patterns of their own that are not due to the match: Leeds before it; Hull "
            "after it. The number of each may be off by up to 1.2 %.",
            id="other windows",
        ),
        pytest.param(
            {"pre": "Leeds; Hull", "during": "Leeds", "post": None, "match": "Leeds"},
            "These markets have seasonal patterns of their own that are not due to the match: Leeds before and during "
            "it and over the match as a whole; Hull before it. The number of each may be off by up to 1.2 %.",
            id="several windows",
        ),
        pytest.param(
            {"pre": None, "post": "Leeds"},
            "This market has a seasonal pattern of its own that is not due to the match: Leeds after it. The number "
            "of this market may be off by up to 1.2 %.",
            id="one of two windows",
        ),
        pytest.param(
            {"pre": "Leeds", "post": "Leeds"},
            "At these hours Leeds keeps a season of its own, which is not the match's: the number of this market may "
            "be off by up to 1.2 %.",
            id="all windows",
        ),
        pytest.param({"pre": None, "post": None}, "", id="none"),
    ],
)
def test_markets_with_a_season_are_named_by_the_windows_that_have_it(by_window: dict[str, str], told: str) -> None:
    """All of them stood behind "at these hours", whichever window each was found for."""
    rows = [result(**SEASONS | {"time_window": of, "own_season_markets": names}) for of, names in by_window.items()]
    assert own_seasons_of_each(rows) == told


def test_words_of_a_primary_that_permutation_does_not_confirm() -> None:
    assert sentence(result(**{**BESIDE_ZERO, "p_value": 0.061}), "after it") == (
        "Orders were 5.0 % above normal after it (95 % interval 0.4 to 9.8 %, 19 matches), but the test does not "
        "confirm it (p = 0.061)."
    )


def test_a_finding_of_few_orders_says_what_its_smallest_detectable_change_means() -> None:
    found = {"uplift_pct": 60.0, "ci_low_pct": 12.0, "ci_high_pct": 128.0, "mde_80_pct": 101.0}
    assert "mostly show only changes of 101 % or more, so this one is probably too large." in sentence(
        result(**found), "after it"
    )
    assert "too large" not in sentence(result(**{**found, "uplift_pct": 140.0}), "after it")


def test_too_few_orders_name_what_would_show() -> None:
    row = result(**{**NOTHING, "mde_80_pct": 101.0})
    assert "Too few orders or matches to tell" in sentence(row, "after it")
    by_day = row | {"method": METHODS["same_day"]["method"]}
    assert sentence(by_day, "after it").startswith(
        "Too few orders to tell whether anything happens after it: only a change of 101 % or more would show"
    )


@pytest.mark.parametrize(
    ("rows", "kind", "words"),
    [
        ([MISSING, MISSING], "insufficient_data", "Not enough data for any of 2 claims about how the match ended: "),
        ([{**NOTHING, "mde_80_pct": 40.0}] * 2, "insufficient_data", "Too few orders for any of 2 claims"),
        ([NOTHING, MISSING], "nothing_found", "No effect found in any of 2 claims about how the match ended (1 could"),
        ([NOTHING, BESIDE_ZERO], "nothing_found", "None of 2 claims about how the match ended is a finding (2 could be "
         "answered): 1 interval lies beside 0 taken alone, which may be chance among so many"),
    ],
)  # fmt: skip
def test_a_family_without_a_finding(rows: list[dict], kind: str, words: str) -> None:
    family = pd.DataFrame([result(**FAMILY | row) for row in rows])
    assert family_sentence(family)[0] == kind
    assert family_sentence(family)[1].startswith(words)


@pytest.mark.parametrize(
    ("changes", "is_finding", "words"),
    [
        ({}, True, "Orders run 5.0 % higher in the quarter of an hour"),
        ({}, False, "Orders were 5.0 % higher in the quarter of an hour"),
        ({"ci_low_pct": -0.4}, False, "No effect found in the quarter of an hour"),
        ({"status": "insufficient_data", "reasons": Reason.NO_GOAL_MINUTES.value}, False, "Not enough data"),
    ],
)
def test_goals(changes: dict, is_finding: bool, words: str) -> None:
    told = goal_sentence(POINT | changes, "", is_finding=is_finding)[1]
    assert told.startswith(words)
    if "reasons" in changes:
        assert "the minutes of the goals are not known" in told
        assert "no goal fell" not in told, "unknown minutes are not goals that did not fall"


def test_the_overall_effect_is_an_average_where_times_of_kick_off_differ() -> None:
    differ = Context(do_kickoffs_differ=True)
    assert "after it, on average over kick-off times that differ (95 %" in sentence(
        result(), "after it", context=differ
    )
    assert "on average" not in sentence(result(**EXPLORATORY), "before it", context=differ)


@pytest.mark.parametrize(
    ("directions", "others"),
    [
        (dict.fromkeys(KICKOFF_CLASSES, "up"), ""),
        (
            {MIDWEEK: "up", LATE: "down", EARLY: "none", AFTERNOON: "none"},
            "; none was found at weekends before 14:30 or at weekends from 14:30 to 17:00",
        ),
        (
            {LATE: "up", MIDWEEK: "none"},
            "; none was found midweek; too few dates or orders to tell at weekends before 14:30 or at weekends from "
            "14:30 to 17:00",
        ),
        (
            {LATE: "up", MIDWEEK: "down", EARLY: "unknown", AFTERNOON: "up"},
            "; too few dates or orders to tell at weekends before 14:30",
        ),
    ],
)
def test_each_time_of_kick_off_is_told_as_what_it_is(directions: dict[str, str], others: str) -> None:
    """It said "none was found at the other times" when all had an effect, and of those never estimated."""
    rows = [
        result(scope="kickoff", scope_value=name, direction=direction, **EXPLORATORY)
        for name, direction in directions.items()
    ]
    told = sentence(KICKOFFS, "after it", context=context_of([KICKOFFS, *rows]))
    assert told.count("+12 % (6.2 to 18)") == sum(direction in ("up", "down") for direction in directions.values())
    assert told.endswith(f"(6.2 to 18){others} (19 matches, 95 % intervals).")


def test_times_are_told_to_differ_only_if_that_is_a_finding() -> None:
    told = sentence(KICKOFFS | {"direction": "unknown"}, "after it")
    assert told == "The effect after it was not found to differ by time of kick-off (19 matches)."


def test_more_than_one_direction_is_told_only_with_the_whole_match() -> None:
    wide = Context(MovedOrders(("during",), ("pre",), -5.0, 1.0, 0.03))
    assert sentence(WHOLE, "around it", context=wide).endswith("can't be said.")
    assert "can't be said" not in sentence(WHOLE | {"scope": "market"}, "around it", context=wide)
