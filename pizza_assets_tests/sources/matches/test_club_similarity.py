"""Names that may be one club under two names."""

import pandas as pd
import pytest

from pizza_assets.sources.matches.club_similarity import are_alike, possible_splits

COLUMNS = ["competition", "season", "home_team", "away_team"]


def _matches(*rows: tuple[str, str, str]) -> pd.DataFrame:
    return pd.DataFrame([("Ligue 1", *row) for row in rows], columns=COLUMNS)


@pytest.mark.parametrize(
    ("one", "other", "alike"),
    [
        ("Lens", "Racing Club de Lens", True),
        ("Union Musterstadt", "1. FC Union Musterstadt 1910", True),
        ("Dinamo Kiev", "Dynamo Kyiv", True),
        ("Deportivo Alavés", "Alaves", True),
        ("Manchester United", "Manchester City", False),
        ("Real Madrid", "Atlético Madrid", False),
        ("Sheffield United", "Sheffield Wednesday", False),
        ("Sporting", "Stade", False),
        ("FC", "FC", True),
    ],
)
def test_names_are_alike_by_their_own_words(one: str, other: str, alike: bool) -> None:
    assert are_alike(one, other) == are_alike(other, one) == alike


def test_a_renamed_club_in_no_table_is_found_with_both_seasons() -> None:
    (split,) = possible_splits(
        _matches(("2023-24", "Musterville", "Lille OSC"), ("2024-25", "Lille OSC", "Racing Club de Musterville"))
    )
    assert (split.name, split.other) == ("Musterville", "Racing Club de Musterville")
    assert str(split).startswith("Ligue 1 2023-24: 'Musterville' may be 'Racing Club de Musterville', which has played")


def test_a_new_spelling_of_a_club_in_the_table_is_found_within_one_season() -> None:
    (split,) = possible_splits(_matches(("2024-25", "Lens Artois", "Lille OSC")))
    assert (split.name, split.other, split.other_season) == ("Lens Artois", "RC Lens", None)


def test_clubs_that_share_a_season_or_are_both_in_the_table_are_two() -> None:
    shared = _matches(("2024-25", "Musterville", "Lille OSC"), ("2024-25", "Lille OSC", "Racing Musterville"))
    assert possible_splits(shared) == []
    two = _matches(("2023-24", "Paris Saint-Germain", "RC Lens"), ("2024-25", "Paris FC", "RC Lens"))
    assert possible_splits(two) == []


def test_sides_that_are_not_known_are_no_clubs() -> None:
    assert possible_splits(_matches(("2023-24", "(undecided)", "Lille OSC"), ("2024-25", "Lille OSC", "Metz"))) == []
