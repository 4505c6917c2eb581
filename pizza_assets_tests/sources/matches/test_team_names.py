"""One name per club through all seasons and sources."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pizza_assets.models.market import DEFAULT_MARKETS
from pizza_assets.sources.matches import team_names
from pizza_assets.sources.matches.team_names import canonical_name, slug
from pizza_assets_tests.support.examples import examples

MARKET_TEAMS = [team for market in DEFAULT_MARKETS for team in market.teams]

ENGLISH_CLUBS_2015_TO_2026 = {
    *MARKET_TEAMS,
    "Cardiff City",
    "Huddersfield Town",
    "Hull City",
    "Ipswich Town",
    "Leicester City",
    "Luton Town",
    "Middlesbrough",
    "Norwich City",
    "Sheffield United",
    "Southampton",
    "Stoke City",
    "Swansea City",
    "Watford",
    "West Bromwich Albion",
}


@pytest.mark.parametrize(
    ("written", "name"),
    [
        ("Manchester United", "Manchester United"),
        ("Manchester United FC", "Manchester United"),
        ("AFC Bournemouth", "Bournemouth"),
        ("Sunderland AFC", "Sunderland"),
        ("Wolverhampton Wanderers FC", "Wolverhampton Wanderers"),
        ("Brighton & Hove Albion FC", "Brighton & Hove Albion"),
        ("Brighton and Hove Albion", "Brighton & Hove Albion"),
        ("Real Madrid (ESP)", "Real Madrid"),
        ("Real Madrid CF (ESP)", "Real Madrid"),
        ("Club Atlético de Madrid (ESP)", "Atlético Madrid"),
        ("Atle\u0301tico Madrid (ESP)", "Atlético Madrid"),
        ("FC Barcelona", "Barcelona"),
        ("FC Internazionale Milano (ITA)", "Inter"),
        ("AC Milan (ITA)", "AC Milan"),
        ("Bologna FC 1909 (ITA)", "Bologna"),
        ("Sport Lisboa e Benfica (POR)", "Benfica"),
        ("Korea Republic", "South Korea"),
        ("  Leeds   United  ", "Leeds United"),
        ("FC", "FC"),
        ("(ESP)", "(ESP)"),
    ],
)
def test_names_as_written_and_as_stored(written: str, name: str) -> None:
    assert canonical_name(written) == name


def test_the_alias_table_leads_to_canonical_names() -> None:
    for alias, name in team_names._ALIASES.items():
        assert canonical_name(alias) == canonical_name(name) == name


@examples(300)
@given(st.lists(st.sampled_from(["FC", "AFC", "CF", "and", "&", "(ESP)", "Real", "é", "1909", " ", "x"]), max_size=6))
def test_a_canonical_name_is_its_own(words: list[str]) -> None:
    name = canonical_name(" ".join(words))
    assert canonical_name(name) == name


@examples(200)
@given(
    st.sampled_from(sorted(ENGLISH_CLUBS_2015_TO_2026)),
    st.sampled_from(["", "FC ", "AFC "]),
    st.sampled_from(["", " FC", " AFC"]),
    st.sampled_from(["", " (ENG)"]),
)
def test_a_club_is_known_however_it_is_dressed(club: str, before: str, after: str, country: str) -> None:
    assert canonical_name(before + club + after + country) == club


@pytest.mark.parametrize(
    ("name", "part"),
    [
        ("West Ham United", "west-ham-united"),
        ("Brighton & Hove Albion", "brighton-and-hove-albion"),
        ("Bayern München", "bayern-munchen"),
        ("Nott'm_Forest", "nott-m-forest"),
        ("Динамо", "динамо"),
    ],
)
def test_slugs(name: str, part: str) -> None:
    assert slug(name) == part


def test_every_english_club_has_one_name_through_all_seasons(shared_data: Path) -> None:
    seen: set[str] = set()
    files = sorted((shared_data / "openfootball" / "england").glob("*.en.1.json"))
    assert len(files) == 11
    for file in files:
        matches = json.loads(file.read_bytes())["matches"]
        clubs = {canonical_name(match[side]) for match in matches for side in ("team1", "team2")}
        assert len(clubs) == 20, file.name
        seen |= clubs
    assert seen == ENGLISH_CLUBS_2015_TO_2026


def test_the_markets_follow_the_clubs_of_2025_26(shared_data: Path) -> None:
    file = shared_data / "openfootball" / "england" / "2025-26.en.1.json"
    matches = json.loads(file.read_bytes())["matches"]
    assert {canonical_name(match["team1"]) for match in matches} == set(MARKET_TEAMS)


def test_no_club_of_the_champions_league_has_two_names(shared_data: Path) -> None:
    clubs = {
        canonical_name(match[side])
        for file in (shared_data / "openfootball" / "uefa").glob("*.json")
        for match in json.loads(file.read_bytes())["matches"]
        for side in ("team1", "team2")
    }
    assert ENGLISH_CLUBS_2015_TO_2026 & clubs == {
        "Arsenal",
        "Aston Villa",
        "Chelsea",
        "Leicester City",
        "Liverpool",
        "Manchester City",
        "Manchester United",
        "Tottenham Hotspur",
    }
    assert len(clubs) == 77  # 95 spellings; the list of names was read by eye
