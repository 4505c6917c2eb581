"""When a source fails: labelled mock data or a clear failure, by policy. A bug is always raised."""

from dataclasses import replace
from typing import Literal

from pizza_assets.errors import SourceError
from pizza_assets.models.week import MatchWeek
from pizza_assets.sources.base import MatchSource, SourceResult

FallbackPolicy = Literal["mock", "fail"]


def matches_or_mock(
    source: MatchSource, stand_in: MatchSource, week: MatchWeek, policy: FallbackPolicy
) -> SourceResult:
    """The week's matches of `source`; under "mock", those of `stand_in` if `source` raises a SourceError.

    The stand-in's rows keep their own label, and `reason` says which source failed and why. A real answer without
    matches stays real and empty. Under "fail" the SourceError is raised; any other exception always is.
    """
    try:
        return source.matches(week)
    except SourceError as error:
        if policy == "fail":
            raise
        mock = stand_in.matches(week)
        failure = failure_text(source.name, error)
        parts = (failure, f"these matches are invented by {stand_in.name}", mock.reason)
        return replace(mock, reason="; ".join(part for part in parts if part), failure=failure)


def failure_text(source: str, error: SourceError) -> str:
    """A source's failure in words."""
    return f"{source} failed: {error}"
