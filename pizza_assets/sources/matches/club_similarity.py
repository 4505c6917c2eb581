"""Names that may be one club under two names. Markets, storage and the table of clubs' content do not belong here."""

import difflib
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import combinations

import pandas as pd

from pizza_assets.models.competitions import COMPETITIONS
from pizza_assets.sources.matches.sides import UNDECIDED
from pizza_assets.sources.matches.team_names import is_known, known_clubs, slug

ALIKE = 0.8
"""The least ratio of difflib.SequenceMatcher for two spellings of one name: Dinamo Kiev, Dynamo Kyiv."""
_COMMON = (
    "ac aca acf ad afc aj ao as bc bk bsc ca calcio cd ce cf cfc club de del der di do du e ec es ev fc fk football "
    "fsv futbol ga hsc if ik j kf kv la le les nk ogc osc pfc rc rcd rsc sa sc sco sd sk sl sport sporting "
    "sportverein ss ssc ssv stade sv the tsg tsv tus uc ud us usc utd v vfb vfl vv y"
)
_COMMON_WORDS = frozenset(_COMMON.split())
"""Words of many clubs' names, which alone make no two clubs alike."""
_CODES = {competition.name: code for code, competition in COMPETITIONS.items()}


@dataclass(frozen=True, order=True)
class PossibleSplit:
    """Two canonical names in one competition that may be the same club.

    first_season: the newest season of `name`. other_season: that of `other`; None if it is only in the table of clubs.
    """

    competition: str
    name: str
    season: str
    other: str
    other_season: str | None

    def __str__(self) -> str:
        where = f"which has played in {self.other_season}" if self.other_season else "a club known in this competition"
        return (
            f"{self.competition} {self.season}: {self.name!r} may be {self.other!r}, {where}; they never share a "
            "season. If so, give one of the names as a spelling of the other in club_names.toml, or report it"
        )


def possible_splits(matches: pd.DataFrame) -> list[PossibleSplit]:
    """The pairs of names that look alike, never share a season of the competition, and therefore never meet.

    matches: of RawMatches, the columns competition, season, home_team and away_team, in canonical names. Two clubs of
    the table are known to be different. A name that is in no table is also compared with the clubs that the table has
    for its competition.
    """
    found: list[PossibleSplit] = []
    for competition, rows in matches.groupby("competition", sort=True):
        seasons = _seasons(rows)
        in_table = known_clubs(_CODES.get(str(competition), ""))
        for one, other in combinations(sorted(seasons.keys() | in_table), 2):
            if is_known(one) and is_known(other):
                continue
            name, known = (other, one) if one not in seasons or (is_known(one) and other in seasons) else (one, other)
            if not seasons[name].isdisjoint(seasons.get(known, frozenset())) or not are_alike(name, known):
                continue
            last = max(seasons[known]) if known in seasons else None
            found.append(PossibleSplit(str(competition), name, max(seasons[name]), known, last))
    return sorted(found, key=lambda split: (split.competition, split.name, split.other))


def _seasons(matches: pd.DataFrame) -> Mapping[str, set[str]]:
    """The seasons of every name."""
    seasons: dict[str, set[str]] = defaultdict(set)
    for side in ("home_team", "away_team"):
        for name, season in matches[[side, "season"]].drop_duplicates().itertuples(index=False):
            if name != UNDECIDED:
                seasons[str(name)].add(str(season))
    return seasons


def are_alike(one: str, other: str) -> bool:
    """Whether the names differ by common words, numbers or spelling only: Lens and Racing Club de Lens."""
    words, other_words = _own_words(one), _own_words(other)
    if not words or not other_words:
        return slug(one) == slug(other)
    if words <= other_words or other_words <= words:
        return True
    spelt, other_spelt = (" ".join(sorted(own)) for own in (words, other_words))
    return difflib.SequenceMatcher(None, spelt, other_spelt, autojunk=False).ratio() >= ALIKE


def _own_words(name: str) -> frozenset[str]:
    return frozenset(word for word in slug(name).split("-") if word not in _COMMON_WORDS and not word.isdigit())
