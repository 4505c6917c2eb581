"""Translates openfootball's names of rounds into stages. Scores and kick-offs do not belong here."""

import re
from collections.abc import Iterator

from pizza_assets.models.competitions import Competition
from pizza_assets.models.vocabulary import CompetitionType, Stage
from pizza_assets.sources.matches.season_calendar import round_number

_STAGES = {
    "final": Stage.FINAL,
    "thirdplace": Stage.THIRD_PLACE,
    "3rdplace": Stage.THIRD_PLACE,
    "thirdplaceplayoff": Stage.THIRD_PLACE,
    "3rdplaceplayoff": Stage.THIRD_PLACE,
    "thirdplacematch": Stage.THIRD_PLACE,
    "thirdplacefinal": Stage.THIRD_PLACE,
    "matchforthirdplace": Stage.THIRD_PLACE,
    "playoffforthirdplace": Stage.THIRD_PLACE,
    "semifinal": Stage.SEMI_FINALS,
    "semifinals": Stage.SEMI_FINALS,
    "quarterfinal": Stage.QUARTER_FINALS,
    "quarterfinals": Stage.QUARTER_FINALS,
    "roundof16": Stage.LAST_16,
    "last16": Stage.LAST_16,
    "eighthfinals": Stage.LAST_16,
    "18finals": Stage.LAST_16,
    "roundof32": Stage.LAST_32,
    "last32": Stage.LAST_32,
    "roundof64": Stage.LAST_64,
    "last64": Stage.LAST_64,
    "playoff": Stage.PLAYOFFS,
    "playoffs": Stage.PLAYOFFS,
    "playoffround": Stage.PLAYOFFS,
    "knockoutphaseplayoffs": Stage.PLAYOFFS,
    "knockoutroundplayoffs": Stage.PLAYOFFS,
    "promotionplayoffs": Stage.PLAYOFFS,
    "relegationplayoff": Stage.PLAYOFFS,
    "relegationplayoffs": Stage.PLAYOFFS,
    "relegation": Stage.PLAYOFFS,
    "qualifying": Stage.QUALIFYING,
    "qualification": Stage.QUALIFYING,
    "preliminaryround": Stage.QUALIFYING,
    "league": Stage.LEAGUE_STAGE,
    "leaguephase": Stage.LEAGUE_STAGE,
    "leaguestage": Stage.LEAGUE_STAGE,
    "groupstage": Stage.GROUP_STAGE,
    "regular": Stage.REGULAR_SEASON,
    "regularseason": Stage.REGULAR_SEASON,
}
_GROUP = re.compile(r"group[a-z0-9]{0,2}")
_QUALIFYING = re.compile(r"(?:[a-z]+|[1-4](?:[a-z]{2})?)?qualifying(?:round)?[1-4]?")
_PARTS = re.compile(r"[,;|›>()]|\s[-–—]\s")
_LEG = re.compile(r"\b(?:(?:1st|2nd|first|second)[\s-]+leg|leg\s*[12]|replay)\b", re.IGNORECASE)


def parse_stage(round_name: str | None, competition: Competition, in_group: bool = False) -> Stage:
    """The stage of a round: "Finals, Quarterfinals" is QUARTER_FINALS, only "Final" is FINAL.

    The legs of a tie and its replay are of the tie's stage: "Semi-finals, 2nd leg". Numbered and missing rounds are the
    regular season of a league and the group stage inside a group. Any other round is UNKNOWN.
    """
    for part in _reversed_parts(round_name):
        if part in _STAGES:
            return _STAGES[part]
        if _GROUP.fullmatch(part):
            return Stage.GROUP_STAGE
        if _QUALIFYING.fullmatch(part):
            return Stage.QUALIFYING
    is_numbered = round_name is None or round_number(_without_leg(round_name)) is not None
    if is_numbered and competition.type is CompetitionType.LEAGUE:
        return Stage.REGULAR_SEASON
    return Stage.GROUP_STAGE if is_numbered and in_group else Stage.UNKNOWN


def _without_leg(round_name: str) -> str:
    return _LEG.sub("", round_name).strip(" ,;|›>()-–—")


def _reversed_parts(round_name: str | None) -> Iterator[str]:
    """The parts of, e.g., "Finals, Round of 16" from last to first, in lower case without spaces and hyphens."""
    for part in reversed(_PARTS.split(_LEG.sub("", round_name or ""))):
        yield re.sub(r"[^a-z0-9]", "", part.lower())
