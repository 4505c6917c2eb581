"""The two sides of a match: one that is missing or contradictory costs only itself. Scores do not belong here."""

from dataclasses import dataclass
from typing import Any

from pizza_assets.sources.matches.team_names import canonical_name
from pizza_assets.sources.refusal import RefusedValueError, text

UNDECIDED = "(undecided)"
"""The name of a side that is not known: of a knockout match to come, or because the source's name can't be read."""
LONGEST_NAME = 200


@dataclass(frozen=True)
class Sides:
    """The canonical names. refusal: why one of them is not known although the source wrote something.

    is_certain: False if the match is known for one side only because the source contradicts itself. The market of that
    side is then neither free nor exposed: the match has the status UNKNOWN.
    """

    home: str
    away: str
    refusal: RefusedValueError | None = None
    is_certain: bool = True


def read_sides(written: dict[str, Any]) -> Sides:
    """The sides from the two written names by their column; UNDECIDED stands for a side that is not known yet.

    A name that can't be read is dropped, and so is the second of two equal ones. Raises RefusedValueError if no side
    is left: nobody's match can't be kept.
    """
    (home_column, home_written), (away_column, away_written) = written.items()
    home, away = _name(home_written), _name(away_written)
    if home is None and away is None:
        raise RefusedValueError(
            home_column, "has_name", home_written, f"{home_column} and {away_column} have no readable name"
        )
    if home is None or away is None:
        column, value = (home_column, home_written) if home is None else (away_column, away_written)
        refusal = RefusedValueError(column, "has_name", value, f"{column} is missing or not a readable name")
        return Sides(home or UNDECIDED, away or UNDECIDED, refusal)
    if home == away and home != UNDECIDED:
        reason = "a team can't play against itself; only one side is kept"
        return Sides(home, UNDECIDED, RefusedValueError(away_column, "two_teams", away_written, reason), False)
    return Sides(home, away)


def _name(written: Any) -> str | None:
    if written == UNDECIDED:
        return UNDECIDED
    name = text(written)
    return None if name is None or len(name) > LONGEST_NAME else canonical_name(name)
