"""Windows that can't be attributed to one match, also because a second match may have been played."""

import pandas as pd
import pytest

from pizza_assets.analysis.overlaps import shared_windows
from pizza_assets.models import RawMatches
from pizza_assets.models.market import Market
from pizza_assets_tests.analysis.simulated_worlds import LENGTHS, match_row

MARKETS = (Market("London", "Europe/London", ("Arsenal FC", "Chelsea FC")),)
KICKOFF = pd.Timestamp("2025-09-06T14:00Z")


def listed(*others: dict) -> list[str]:
    """The windows of the match at KICKOFF that are listed beside the other matches."""
    matches = RawMatches.conform([match_row("known", KICKOFF, "Arsenal FC", "Visitors"), *others])
    shared = shared_windows(matches, MARKETS, LENGTHS)
    return list(shared.loc[shared["match_id"] == "known", "window"])


def doubtful(at: str, **changes: object) -> dict:
    status = {"status": "AWARDED", **changes}
    return {**match_row("doubtful", pd.Timestamp(at), "Chelsea FC", "Others"), **status}


@pytest.mark.parametrize(
    ("other", "windows"),
    [
        (doubtful("2025-09-06T19:55Z"), []),  # its windows start when those of the known match end
        (doubtful("2025-09-06T19:54Z"), ["post"]),
        (doubtful("2025-09-06T14:00Z"), ["pre", "during", "post"]),
        (doubtful("2025-09-06T08:05Z"), []),
        (doubtful("2025-09-06T08:06Z"), ["pre"]),
        (doubtful("2025-09-05T23:00Z", status="SCHEDULED", kickoff_is_fixed=False), ["pre", "during", "post"]),
        (doubtful("2025-09-06T14:00Z", status="POSTPONED"), []),
        ({**doubtful("2025-09-06T14:00Z"), "home_team": "Nobody FC"}, []),
    ],
)
def test_a_window_in_which_another_match_may_have_been_played_is_listed(other: dict, windows: list[str]) -> None:
    assert listed(other) == windows


def test_without_another_match_no_window_is_listed() -> None:
    assert listed() == []
