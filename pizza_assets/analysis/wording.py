"""Words for results: sources, sizes of effects, periods, places. Sentences belong to sentences.py."""

from collections.abc import Collection, Mapping, Sequence

from pizza_assets.analysis.kickoff_classes import AFTERNOON, EARLY, LATE, MIDWEEK
from pizza_assets.counted_noun import counted_noun
from pizza_assets.models.vocabulary import (
    GOAL_OF_OPPONENT,
    GOAL_OF_OWN_TEAM,
    SHARED_MATCH,
    DataSource,
    Scope,
    Span,
    Window,
)

ESTIMAND = "effect of the own team's match on a market's orders, beyond what football does to everyone at that hour"
SHARED_ESTIMAND = "effect of a match that every market follows on all orders, against the rest of its day"
SAME_DAY_ESTIMAND = "effect of your team's match on all orders, against the rest of its day and days without a match"
OF_EACH_ESTIMAND = (
    "effect of a market's own team's match on its orders, against the rest of its day and its days without a match"
)
GOAL_ESTIMAND = "effect of a goal on a market's orders in the next 15 minutes, against the same minute without one"
KICKOFF_ESTIMAND = "whether the effect of the own team's match is the same at all times of kick-off"
OUTCOME_ESTIMAND = (
    "difference in a market's orders relative to normal, between matches of one weekday and hour that ended differently"
)
METHODS = {
    "window": {
        "method": "log of observed to expected orders; errors clustered by date, with the baseline's own error",
        "controls": "market x local quarter-hour of the week; quarter-hour common to all markets; market x week",
        "cluster_by": "date",
    },
    "outcome": {
        "method": "regression of the log departure on the outcome; whole matches permuted within weekday and hour",
        "controls": "those of the expected orders; weekday and hour of kick-off; playing at home",
        "cluster_by": "match",
    },
    "same_day": {
        "method": "departure from what the rest of the day suggests, against dates without a match at the same hour; "
        "dates permuted",
        "controls": "market x local quarter-hour of the week; market x week (its other days); the day's other hours",
        "cluster_by": "date",
    },
    "same_day_of_each": {
        "method": "departure of each market from what the rest of its day suggests, against its dates without a match "
        "at the same hour; errors clustered by date",
        "controls": "market x local quarter-hour of the week; market x week (its other days); the day's other hours",
        "cluster_by": "date",
    },
    "goal": {
        "method": "Poisson regression on goals within each match; errors clustered by date",
        "controls": "the match; the minute of the match clock; the opponent's goals",
        "cluster_by": "date",
    },
    "kickoff": {
        "method": "Hotelling's test of equal effects by time of kick-off; errors clustered by date, with the "
        "baseline's own error",
        "controls": "market x local quarter-hour of the week; quarter-hour common to all markets; market x week",
        "cluster_by": "date",
    },
    "by_date": {
        "method": "Welch's t on means per date; dates permuted",
        "controls": "those of the expected orders; not the weekday and hour, which go with the outcome",
        "cluster_by": "date",
    },
}
CONTRASTS = {
    "own_win": "if the own team won rather than not",
    "home_win": "if the home side won rather than not",
    "away_win": "if the away side won rather than not",
    "draw": "if it was a draw rather than not",
    "total_goals": "per additional goal in the match",
    "high_scoring": "if four or more goals were scored rather than fewer",
    "goal_difference": "per goal of difference in the own team's favour",
    "tournament": "if the match was in a cup or tournament rather than a league",
    "final": "if the match was a final rather than not",
}
"""The comparison that each outcome makes, by its name."""
FAMILIES = {
    "exploratory_outcomes": "how the match ended",
    "exploratory_goals": "goals",
    "exploratory_shared_matches": "matches that every market follows",
    **{
        f"exploratory_{kind}_by_{scope}": f"{about}, {scope} by {scope}"
        for scope in Scope
        for kind, about in (("windows", "the matches"), ("outcomes", "how the matches ended"))
    },
}
"""The topics of families of hypotheses, except those with one insight per hypothesis."""
ALARMS = {
    "low": ("outage", "outages"),
    "high": ("surge", "surges"),
    "missing_day": ("day without any order", "days without any order"),
}
_PLACES = {
    Scope.COMPETITION: " around matches of the {}",
    Scope.TEAM: " of markets that follow {}",
    Scope.MARKET: " in {}",
    Scope.CHAIN: " of {}",
}
_RESULTS = {"win": " when it was won", "draw": " when it was drawn", "loss": " when it was lost"}
KICKOFFS = {
    MIDWEEK: "midweek",
    EARLY: "at weekends before 14:30",
    AFTERNOON: "at weekends from 14:30 to 17:00",
    LATE: "at weekends from 17:00 on",
}
PERIODS = {
    Window.PRE.value: "before the own team's match",
    Window.DURING.value: "during the own team's match",
    Window.POST.value: "after the own team's match",
    Span.MATCH.value: "before, during and after the own team's match taken together",
}
WINDOW_WORDS = {Window.PRE.value: "before", Window.DURING.value: "during", Window.POST.value: "after"}

PERIODS_OF_GOALS = {
    GOAL_OF_OWN_TEAM: "in the quarter of an hour after a goal of the own team",
    GOAL_OF_OPPONENT: "in the quarter of an hour after a goal of the opponent",
}


def spans_in_words(spans: Collection[str]) -> str:
    """Some windows of a match that was named, and the match as a whole: "before and after it"."""
    windows = [WINDOW_WORDS[span] for span in WINDOW_WORDS if span in spans]
    whole = ["over the match as a whole"] if Span.MATCH.value in spans else []
    return joined_words([*([f"{joined_words(windows)} it"] if windows else []), *whole])


def counted_alarms(counts: Mapping[str, int]) -> list[str]:
    """The number of alarms of each kind that occurs. counts: by kind."""
    return [counted_noun(int(counts[kind]), *nouns) for kind, nouns in ALARMS.items() if kind in counts]


def own_match(*, is_same_day: bool, is_of_each: bool) -> str:
    """The own team's match in words, as the owner calls it where no other market is the control."""
    if is_of_each:
        return "your teams' matches"
    return "your team's match" if is_same_day else "the own team's match"


def period(subject: str, window: str, match: str = "the own team's match") -> str:
    """The period in words. match: `own_match`."""
    if subject in PERIODS_OF_GOALS:
        return PERIODS_OF_GOALS[subject]
    if subject == SHARED_MATCH:
        match = "a match that every market follows"
    return PERIODS[window].replace("the own team's match", match)


def is_same_day(result: Mapping) -> bool:
    """Whether a row of CorrelationResults rests on the rest of the day, because there is no control market."""
    return result["method"] == METHODS["same_day"]["method"] or is_of_each(result)


def is_of_each(result: Mapping) -> bool:
    """Whether it rests on each market's own days, because two markets follow different teams."""
    return result["method"] == METHODS["same_day_of_each"]["method"]


def period_of(result: Mapping) -> str:
    """The period of a row of CorrelationResults in words."""
    return period(result["subject"], result["time_window"], match_of(result))


def match_of(result: Mapping) -> str:
    """The match that a row of CorrelationResults is about, in words."""
    return own_match(is_same_day=is_same_day(result), is_of_each=is_of_each(result))


def source_prefix(order_source: str, match_source: str) -> str:
    """A prefix that names mock data in capitals; empty if all data are real."""
    if order_source == match_source == DataSource.MOCK:
        return "MOCK DATA: "
    if order_source == DataSource.MOCK:
        return "MOCK ORDERS, real matches: "
    if match_source == DataSource.MOCK:
        return "Real orders, MOCK MATCHES: "
    return ""


def order_prefix(order_source: str) -> str:
    """The prefix of a statement about orders, without matches."""
    return "MOCK ORDERS: " if order_source == DataSource.MOCK else ""


def match_prefix(match_source: str) -> str:
    """The prefix of a statement about a single match, without orders."""
    return "MOCK MATCH: " if match_source == DataSource.MOCK else ""


def number(value: float) -> str:
    """One decimal below ten, none above; never negative zero."""
    digits = 1 if abs(value) < 9.95 else 0
    return f"{round(value, digits) + 0.0:.{digits}f}"


def interval(low_pct: float, high_pct: float) -> str:
    return f"95 % interval {number(low_pct)} to {number(high_pct)} %"


def change(uplift_pct: float) -> str:
    return f"{number(abs(uplift_pct))} % {'above' if uplift_pct >= 0 else 'below'} normal"


def difference(uplift_pct: float) -> str:
    return f"{number(abs(uplift_pct))} % {'higher' if uplift_pct >= 0 else 'lower'}"


def joined_words(parts: Sequence[str]) -> str:
    """One or more parts as "a, b and c"."""
    *first, last = parts
    return f"{', '.join(first)} and {last}" if first else last


def explanations(reasons: list[str]) -> str:
    """The reasons in words, without their codes."""
    return "; ".join(reason.partition(": ")[2] or reason for reason in reasons)


def place(scope: str, value: str | None) -> str:
    """The part of the business, to follow the word "orders"; empty for the whole business."""
    return _PLACES[Scope(scope)].format(value) if scope in _PLACES else ""


def circumstance(scope: str, value: str | None) -> str:
    """The subset of the own team's matches, to follow the period; empty for all of them."""
    if scope == Scope.KICKOFF:
        return f" that kicked off {KICKOFFS[str(value)]}"
    return _RESULTS[str(value)] if scope == Scope.RESULT else ""


def signed(value: float) -> str:
    """`number` with a plus sign if it is above zero."""
    return f"+{number(value)}" if value > 0 else number(value)
