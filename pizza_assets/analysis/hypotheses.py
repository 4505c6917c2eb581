"""The hypotheses to test, declared before any data are seen, and the families in which they are corrected.

One is primary. All others are exploratory, whatever their q-values. Answering them does not belong here.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from pizza_assets.analysis import wording
from pizza_assets.analysis.outcome_effects import OUTCOMES, Outcome
from pizza_assets.models.vocabulary import (
    GOAL_OF_OPPONENT,
    GOAL_OF_OWN_TEAM,
    KICKOFF_TIME,
    OWN_TEAM_MATCH,
    SHARED_MATCH,
    Scope,
    Span,
    Window,
)

SCOPED_OUTCOME_WINDOW = Window.POST
"""For parts of the business, outcomes are tested in the declared window only, which keeps the families small."""


@dataclass(frozen=True)
class Hypothesis:
    """A claim to test. The hypotheses of a family are corrected together, for each pair of sources.

    window: one of the three, or Span.MATCH for all of them together. outcome: None for the effect of the match itself.
    scope_value: the part of the business, None for all of it.
    is_shared: about matches that every market follows. is_same_day: about the own team's match where no market can
    serve as control, so that the rest of the day does; is_of_each: for each market by itself, as their teams differ.
    goal: the subject of a hypothesis about goals. by_kickoff: that the effect of the match differs by time of kick-off.
    """

    window: Window | Span
    outcome: Outcome | None = None
    scope: Scope = Scope.OVERALL
    scope_value: str | None = None
    is_shared: bool = False
    is_same_day: bool = False
    is_of_each: bool = False
    goal: str | None = None
    by_kickoff: bool = False

    @property
    def subject(self) -> str:
        if self.goal:
            return self.goal
        if self.by_kickoff:
            return KICKOFF_TIME
        if self.is_shared:
            return SHARED_MATCH
        return self.outcome.name if self.outcome else OWN_TEAM_MATCH

    @property
    def role(self) -> str:
        is_about_match = self.subject == OWN_TEAM_MATCH and self.scope == Scope.OVERALL
        return "primary" if is_about_match and self.window == PRIMARY_WINDOW else "exploratory"

    @property
    def family(self) -> str:
        """The primary hypothesis is a family of its own, so its q-value is its p-value."""
        if self.role == "primary":
            return "primary"
        if self.goal:
            return "exploratory_goals"
        if self.by_kickoff:
            return "exploratory_kickoff_times"
        if self.is_shared:
            return "exploratory_shared_matches"
        kind = "outcomes" if self.outcome else "windows"
        return f"exploratory_{kind}" if self.scope == Scope.OVERALL else f"exploratory_{kind}_by_{self.scope}"

    @property
    def name(self) -> str:
        """Unique among all hypotheses."""
        part = "" if self.scope_value is None else f".{self.scope}={self.scope_value}"
        return f"{self.subject}.{self.window}{part}"

    @property
    def _match_in_words(self) -> str:
        return wording.own_match(is_same_day=self.is_same_day, is_of_each=self.is_of_each)

    @property
    def statement(self) -> str:
        where = wording.place(self.scope, self.scope_value)
        if self.goal:
            return f"Orders {wording.PERIODS_OF_GOALS[self.goal]} differ from those at the same minute without one."
        if self.by_kickoff:
            return f"The effect on orders {wording.PERIODS[self.window]} differs by time of kick-off."
        if self.outcome is None:
            period = wording.period(self.subject, self.window, self._match_in_words)
            when = period + wording.circumstance(self.scope, self.scope_value)
            return f"Orders{where} depart from normal {when}."
        return f"Orders{where} {wording.PERIODS[self.window]} differ {wording.CONTRASTS[self.subject]}."


PRIMARY_WINDOW = Window.POST
"""The one hypothesis declared in advance is about orders after the own team's match."""
PRIMARY_HYPOTHESIS = Hypothesis(PRIMARY_WINDOW)
_IN_ORDER: tuple[Window | Span, ...] = (PRIMARY_WINDOW, Window.PRE, Window.DURING, Span.MATCH)
WINDOW_HYPOTHESES = tuple(Hypothesis(window) for window in _IN_ORDER)
SAME_DAY_HYPOTHESES = tuple(Hypothesis(window, is_same_day=True) for window in _IN_ORDER)
"""The same hypotheses where all markets follow the same teams: one market alone, for example."""
OF_EACH_HYPOTHESES = tuple(Hypothesis(window, is_same_day=True, is_of_each=True) for window in _IN_ORDER)
"""The same hypotheses for two markets that follow different teams."""
SHARED_HYPOTHESES = tuple(Hypothesis(window, is_shared=True) for window in Window)
KICKOFF_HYPOTHESIS = Hypothesis(PRIMARY_WINDOW, by_kickoff=True)
FOLLOW_UPS = {f"exploratory_windows_by_{Scope.KICKOFF}": KICKOFF_HYPOTHESIS.family}
"""Families without a budget of their own: findings only if the hypothesis of the other family, a single one, is."""
GOAL_HYPOTHESES = {
    "own_goal_0_15": Hypothesis(Window.DURING, goal=GOAL_OF_OWN_TEAM),
    "opponent_goal_0_15": Hypothesis(Window.DURING, goal=GOAL_OF_OPPONENT),
}
"""By series of the event study. Its other series are checks and a curve, which claim nothing."""


def outcome_hypotheses() -> Iterator[Hypothesis]:
    """Every outcome in every window, over the whole business."""
    return (Hypothesis(window, outcome) for outcome in OUTCOMES for window in Window)


def kickoff_class_hypothesis(kickoff_class: str) -> Hypothesis:
    """The effect of matches with this class of kick-off."""
    return Hypothesis(PRIMARY_WINDOW, None, Scope.KICKOFF, kickoff_class)


def scoped_hypotheses(scope: Scope, value: str) -> tuple[Hypothesis, ...]:
    """The hypotheses about one part of the business. Matches with the same result are not tested by outcome."""
    outcomes = () if scope == Scope.RESULT else OUTCOMES
    return (
        *(Hypothesis(window, None, scope, value) for window in Window),
        *(Hypothesis(SCOPED_OUTCOME_WINDOW, outcome, scope, value) for outcome in outcomes),
    )
