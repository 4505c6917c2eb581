"""One name per club through all seasons and sources."""

import json
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pizza_assets.models.competitions import COMPETITIONS
from pizza_assets.models.market import DEFAULT_MARKETS
from pizza_assets.sources.matches import team_names
from pizza_assets.sources.matches.club_similarity import possible_splits
from pizza_assets.sources.matches.openfootball_format import parse_competition
from pizza_assets.sources.matches.team_names import canonical_name, is_known, known_clubs, slug
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
    clubs: dict[str, str] = {}
    for table in team_names._tables().values():
        for name, spellings in table.items():
            assert is_known(name)
            for spelling in (name, *spellings):
                assert canonical_name(spelling) == name
                assert clubs.setdefault(slug(spelling), name) == name, f"{spelling} is of two clubs"


PUBLIC_SPELLINGS = {
    "1. FC Heidenheim": "1. FC Heidenheim 1846; 1. FC Heidenheim; Heidenheim",
    "1. FC Kaiserslautern": "1. FC Kaiserslautern; FC Kaiserslautern; Kaiserslautern",
    "1. FC Köln": "1. FC Köln; FC Köln; 1. FC Koln",
    "1. FC Nürnberg": "1. FC Nürnberg; FC Nürnberg; Nürnberg",
    "1. FC Union Berlin": "1. FC Union Berlin; Union Berlin",
    "1. FSV Mainz 05": "1. FSV Mainz 05; FSV Mainz 05; Mainz 05; Mainz",
    "Arminia Bielefeld": "Arminia Bielefeld; DSC Arminia Bielefeld; Bielefeld",
    "Bayer Leverkusen": "Bayer 04 Leverkusen; Bayer Leverkusen; Bayer 04 Leverkusen (GER); Leverkusen",
    "Bayern München": "Bayern München; FC Bayern München; Bayern Munich; FC Bayern Munich; Bayern",
    "Borussia Mönchengladbach": "Borussia Mönchengladbach; Bor. Mönchengladbach; Borussia M'gladbach; M'gladbach",
    "Eintracht Frankfurt": "Eintracht Frankfurt; SG Eintracht Frankfurt; Eintr. Frankfurt",
    "Hannover 96": "Hannover 96; Hannover",
    "Hertha BSC": "Hertha BSC; Hertha; Hertha Berlin; Hertha BSC Berlin",
    "Hoffenheim": "TSG 1899 Hoffenheim; 1899 Hoffenheim; TSG Hoffenheim; Hoffenheim; 1899 Hoffenheim (GER)",
    "SV Darmstadt 98": "SV Darmstadt 98; Darmstadt 98; Darmstadt",
    "St. Pauli": "FC St. Pauli; FC St. Pauli 1910; St. Pauli; St Pauli",
    "VfL Bochum": "VfL Bochum 1848; VfL Bochum; Bochum",
    "Werder Bremen": "SV Werder Bremen; Werder Bremen; Bremen",
    "Almería": "UD Almería; Almería; UD Almeria",
    "Athletic Club": "Athletic Club; Athletic Club Bilbao; Athletic Bilbao; Ath Bilbao",
    "Atlético Madrid": "Club Atlético de Madrid; Atlético Madrid; Atlético de Madrid; Club Atlético de Madrid (ESP); "
    "Atletico Madrid; Ath Madrid",
    "Barcelona": "FC Barcelona; Barcelona; FC Barcelona (ESP)",
    "CA Osasuna": "CA Osasuna; Osasuna",
    "Celta Vigo": "RC Celta de Vigo; Celta Vigo; RC Celta; Celta",
    "Deportivo Alavés": "Deportivo Alavés; Alavés; CD Alavés; Alaves",
    "Deportivo La Coruña": "RC Deportivo La Coruña; Deportivo La Coruña; RC Deportivo de La Coruña; La Coruna",
    "Espanyol": "RCD Espanyol de Barcelona; RCD Espanyol; Espanyol; Espanyol Barcelona; Espanol",
    "Levante": "Levante UD; Levante; UD Levante",
    "Mallorca": "RCD Mallorca; Real Mallorca; Mallorca",
    "Racing Santander": "Real Racing Club de Santander; Racing Santander; Real Racing Santander; Santander",
    "Rayo Vallecano": "Rayo Vallecano de Madrid; Rayo Vallecano; Vallecano",
    "Real Betis": "Real Betis Balompié; Real Betis; Betis",
    "Real Madrid": "Real Madrid CF; Real Madrid; Real Madrid CF (ESP)",
    "Real Sociedad": "Real Sociedad de Fútbol; Real Sociedad; Sociedad",
    "Real Valladolid": "Real Valladolid CF; Real Valladolid; Valladolid",
    "Sporting Gijón": "Real Sporting de Gijón; Sporting Gijón; Sp Gijon",
    "AS Monaco": "AS Monaco; AS Monaco FC; Monaco; AS Monaco FC (MCO)",
    "AS Saint-Étienne": "AS Saint-Étienne; Saint-Étienne; St Etienne",
    "Angers SCO": "Angers SCO; Angers; SCO Angers",
    "EA Guingamp": "EA Guingamp; En Avant de Guingamp; Guingamp",
    "ESTAC Troyes": "ESTAC Troyes; ES Troyes AC; Troyes",
    "Girondins de Bordeaux": "FC Girondins de Bordeaux; Girondins de Bordeaux; Bordeaux",
    "Le Havre AC": "Le Havre AC; Le Havre; Havre AC",
    "Lille OSC": "Lille OSC; LOSC Lille; Lille OSC (FRA); Lille; LOSC",
    "Montpellier HSC": "Montpellier HSC; Montpellier; Montpellier Hérault SC",
    "OGC Nice": "OGC Nice; Nice",
    "Olympique Lyonnais": "Olympique Lyonnais; Lyon; Olympique Lyon",
    "Olympique de Marseille": "Olympique de Marseille; Olympique Marseille; Marseille",
    "Paris FC": "Paris FC; Paris FC 98",
    "Paris Saint-Germain": "Paris Saint-Germain; Paris Saint-Germain FC; Paris SG; PSG; Paris Saint Germain",
    "RC Lens": "RC Lens; Racing Club de Lens; Lens",
    "RC Strasbourg": "RC Strasbourg; RC Strasbourg Alsace; Strasbourg",
    "Stade Brestois 29": "Stade Brestois 29; Stade Brestois; Brest",
    "Stade Rennais": "Stade Rennais FC 1901; Stade Rennais; Stade Rennais FC; Rennes",
    "Stade de Reims": "Stade de Reims; Reims; Stade Reims",
    "AC Milan": "AC Milan; Milan; AC Milan (ITA)",
    "ACF Fiorentina": "ACF Fiorentina; Fiorentina; AC Fiorentina",
    "AS Roma": "AS Roma; Roma",
    "Bologna": "Bologna FC 1909; Bologna; Bologna FC",
    "Cagliari": "Cagliari Calcio; Cagliari",
    "Chievo": "AC Chievo Verona; Chievo; Chievo Verona; AC ChievoVerona",
    "Como": "Como 1907; Como; Calcio Como",
    "Genoa": "Genoa CFC; Genoa",
    "Hellas Verona": "Hellas Verona FC; Hellas Verona; Verona",
    "Inter": "FC Internazionale Milano; Inter; Inter Milan; Internazionale",
    "Juventus": "Juventus FC; Juventus; Juventus Torino",
    "Lazio": "SS Lazio; Lazio; Lazio Roma; S.S. Lazio",
    "Parma": "Parma Calcio 1913; Parma FC; Parma",
    "SSC Napoli": "SSC Napoli; Napoli",
    "Salernitana": "US Salernitana 1919; US Salernitana; Salernitana",
    "Sassuolo": "US Sassuolo Calcio; US Sassuolo; Sassuolo",
    "Udinese": "Udinese Calcio; Udinese",
    "AFC Wimbledon": "AFC Wimbledon",
    "Manchester City": "Manchester City FC; Manchester City; Man City",
    "Manchester United": "Manchester United FC; Manchester United; Man United; Man Utd",
    "Nottingham Forest": "Nottingham Forest FC; Nottingham Forest; Nott'm Forest",
    "Queens Park Rangers": "Queens Park Rangers FC; Queens Park Rangers; QPR",
    "Tottenham Hotspur": "Tottenham Hotspur FC; Tottenham Hotspur; Tottenham; Spurs",
    "West Bromwich Albion": "West Bromwich Albion FC; West Bromwich Albion; West Brom",
    "Wolverhampton Wanderers": "Wolverhampton Wanderers FC; Wolverhampton Wanderers; Wolves",
}
"""Names in season files of football.json since 2010, in football-data.org's answers and in openfootball/clubs."""


def test_public_spellings_since_2010_have_one_name_per_club() -> None:
    spellings = [(written, name) for name, all_of_it in PUBLIC_SPELLINGS.items() for written in all_of_it.split("; ")]
    assert len(spellings) >= 150
    assert {written: canonical_name(written) for written, _ in spellings} == dict(spellings)


def test_english_clubs_are_known_in_every_english_league_and_others_in_theirs() -> None:
    assert known_clubs("en.1") == known_clubs("en.2")
    assert "RC Lens" in known_clubs("fr.1")
    assert known_clubs("pt.1") == frozenset()


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


def test_in_no_shared_season_two_names_look_like_one_club(shared_data: Path) -> None:
    files = sorted((shared_data / "openfootball").rglob("*.json"))
    assert len(files) == 35
    seasons = []
    for file in files:
        season, code = file.name.removesuffix(".json").split(".", 1)
        seasons.append(parse_competition(file.read_bytes(), file.name, COMPETITIONS[code], season).matches)
    matches = pd.concat(seasons)
    assert possible_splits(matches) == []
    clubs = matches[matches["competition_type"] == "league"].groupby("competition")["home_team"].nunique()
    assert clubs.to_dict() == {
        "Bundesliga": 22,
        "Championship": 33,
        "Ligue 1": 23,
        "Premier League": 34,
        "Primera División": 24,
        "Serie A": 26,
    }
