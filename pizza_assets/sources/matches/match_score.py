"""The score of a match and the rules that every source's score must meet. The vendors' spellings do not belong here."""

from dataclasses import dataclass
from typing import Any

from pizza_assets.models.vocabulary import CompetitionType, DecidedBy, MatchStatus, Stage
from pizza_assets.sources.refusal import RefusedValueError

Pair = tuple[int, int]

_SINGLE_MATCHES = (Stage.FINAL, Stage.THIRD_PLACE)


@dataclass(frozen=True)
class Score:
    """The goals of play and, separately, of the shoot-out. None: not played, not given, or dropped as contradictory."""

    goals: Pair | None = None
    half_time: Pair | None = None
    shootout: Pair | None = None
    decided_by: DecidedBy | None = None

    def columns(self, status: MatchStatus) -> dict[str, Any]:
        """As columns of RawMatches."""
        nothing = (None, None)
        goals, half_time, shootout = self.goals or nothing, self.half_time or nothing, self.shootout or nothing
        return {
            "decided_by": self.decided_by if status is MatchStatus.FINISHED else None,
            "home_goals": goals[0],
            "away_goals": goals[1],
            "half_time_home_goals": half_time[0],
            "half_time_away_goals": half_time[1],
            "shootout_home_goals": shootout[0],
            "shootout_away_goals": shootout[1],
        }


def is_single_match(stage: Stage, kind: CompetitionType) -> bool:
    """Whether a match of this stage decides the tie alone. Others may be a leg, of which only the aggregate is level
    before a shoot-out: Arsenal - Porto 1-0 and 4-2 on penalties, after a first leg of 0-1.
    """
    return stage in _SINGLE_MATCHES or kind is CompetitionType.INTERNATIONAL


def refuse_shrinking(written: Any, earlier: Pair | None, later: Pair | None) -> None:
    """Raise RefusedValueError if a side has fewer goals later in the match."""
    if earlier and later and (earlier[0] > later[0] or earlier[1] > later[1]):
        raise RefusedValueError(
            "score", "goals_only_grow", written, "fewer goals at the end than before; the score is left empty"
        )


def refuse_uneven(written: Any, goals: Pair, is_single: bool) -> None:
    """Raise RefusedValueError if a shoot-out follows a match that was not level, and no other leg can explain it."""
    if is_single and goals[0] != goals[1]:
        raise RefusedValueError(
            "score", "is_level", written, "before a shoot-out the score is not level; the score is left empty"
        )


def shootout_with_winner(shootout: Pair | None) -> Pair | None:
    """A shoot-out has a winner: a level one was written down before its end."""
    return None if shootout is None or shootout[0] == shootout[1] else shootout
