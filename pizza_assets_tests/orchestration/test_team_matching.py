"""Who is matched to what, and which followed team is missing."""

from datetime import UTC, datetime
from pathlib import Path

import dagster as dg
import pytest

from pizza_assets.assets.team_checks import team_result
from pizza_assets.cli import main
from pizza_assets.models import RawMatches
from pizza_assets.models.market import Market
from pizza_assets.orchestration.team_matching import absences, stored_matches, team_rows, unknown_chains
from pizza_assets.storage.local_folder import LocalFolder
from pizza_assets.storage.tables import TableStore
from pizza_assets.storage.week_writer import Origin
from pizza_assets_tests.analysis.tables import a_match
from pizza_assets_tests.support.stored_week import write_week

MARKETS = (Market("Nord", "Europe/Paris", ("RC Lens", "Metz")), Market("Sud", "Europe/Paris", ("Marseil",)))
WEEK = "2025-03-04"


@pytest.mark.parametrize(
    ("named", "known", "told"),
    [
        pytest.param(
            ["domino"], {"dominos", "Uno"},
            ["chain 'domino' of the markets table has no order (did you mean 'dominos'?); chains with orders: Uno, "
             "dominos"],
            id="misspelt",
        ),
        pytest.param(
            ["Zebra"], {"Uno"}, ["chain 'Zebra' of the markets table has no order; chains with orders: Uno"],
            id="unlike",
        ),
        pytest.param(["Uno"], {"Uno"}, [], id="known"),
        pytest.param(["Uno"], set(), [], id="no order yet"),
        pytest.param([], {"Uno"}, [], id="none named"),
    ],
)  # fmt: skip
def test_a_chain_without_orders_is_named_with_the_one_that_may_be_meant(
    named: list[str], known: set[str], told: list[str]
) -> None:
    """Its people to staff were silently those of PIZZA_ORDERS_PER_PERSON."""
    assert unknown_chains(named, known) == told


def season(name: str, *teams: str, competition: str = "Ligue 1") -> list[dict]:
    """Every team at home against every other one."""
    return [
        a_match(
            match_id=f"{competition} {name} {home} {away}",
            kickoff_at=datetime(2025, 3, 8, 15, tzinfo=UTC),
            competition=competition,
            season=name,
            home_team=home,
            away_team=away,
        )
        for home in teams
        for away in teams
        if home != away
    ]


TEAMS_2023 = ("RC Lens", "Lille OSC", "OGC Nice", "Metz")
RENAMED = ("Lens Artois", "Lille OSC", "OGC Nice", "Metz")


def test_teams_are_listed_with_seasons_matches_and_markets() -> None:
    rows = team_rows(RawMatches.conform(season("2023-24", *TEAMS_2023) + season("2024-25", *TEAMS_2023)), MARKETS)
    assert [
        (row.team, row.seasons, row.matches, row.markets) for row in rows if row.team in ("RC Lens", "OGC Nice")
    ] == [
        ("OGC Nice", ("2023-24", "2024-25"), 12, ()),
        ("RC Lens", ("2023-24", "2024-25"), 12, ("Nord",)),
    ]


def test_a_followed_team_without_a_match_is_missed_once_per_season() -> None:
    matches = RawMatches.conform(season("2023-24", *TEAMS_2023) + season("2024-25", *RENAMED))
    (warning,) = absences(matches, MARKETS)
    assert warning.startswith("Ligue 1 2024-25: no match of 'RC Lens' (market 'Nord'); ")


def test_nobody_is_missed_in_a_season_of_few_matches_or_after_a_relegation_within_the_collected_leagues() -> None:
    assert absences(RawMatches.conform(season("2024-25", "Lille OSC", "OGC Nice")), MARKETS) == []
    english = (Market("Leeds", "Europe/London", ("Leeds United",)),)
    second = season("2023-24", "Leeds United", "Hull City", "Watford", "Millwall", competition="Championship")
    first = season("2023-24", "Arsenal", "Chelsea", "Everton", "Fulham", competition="Premier League")
    assert absences(RawMatches.conform(first + second), english) == []
    assert len(absences(RawMatches.conform(first), english)) == 1


@pytest.fixture
def tables(tmp_path: Path) -> TableStore:
    store = TableStore(LocalFolder(tmp_path / "data"), lambda: datetime(2026, 8, 12, tzinfo=UTC))
    rows = RawMatches.conform(season("2024-25", *RENAMED))
    write_week(store, "raw_matches", WEEK, rows, Origin("real", "1", "run", "openfootball"))
    return store


def test_the_check_warns_about_a_renamed_club_and_its_missing_follower(tables: TableStore) -> None:
    result = team_result(tables, MARKETS, chosen_markets=True)
    assert (result.passed, result.severity) == (False, dg.AssetCheckSeverity.WARN)
    assert "'Lens Artois' may be 'RC Lens'" in (result.description or "")
    assert "no match of 'RC Lens'" in (result.description or "")
    built_in = team_result(tables, MARKETS, chosen_markets=False)
    assert "no match of" not in (built_in.description or "")


def test_without_stored_matches_nothing_passes(tmp_path: Path) -> None:
    empty = TableStore(LocalFolder(tmp_path), lambda: datetime(2026, 8, 12, tzinfo=UTC))
    result = team_result(empty, MARKETS, chosen_markets=False)
    assert (result.passed, result.description) == (False, "no matches are stored yet, so no name was checked")


def test_invented_matches_are_not_compared(tables: TableStore) -> None:
    mock = RawMatches.conform(season("2024-25", *TEAMS_2023)).assign(match_source="mock")
    write_week(tables, "raw_matches", "2025-03-11", mock, Origin("mock", "1", "run", "mock"))
    assert set(stored_matches(tables, [WEEK, "2025-03-11"])["home_team"]) == set(RENAMED)


@pytest.mark.parametrize(
    ("chosen", "next_step"),
    [
        ("mock", "Next, for real matches: unset PIZZA_MATCHES, which is mock; then pizza backfill --stale-only\n"),
        (
            "openfootball",
            "Next, for real matches: pizza backfill --stale-only, once openfootball has some\n"
            "To list those of other weeks without storing them: pizza teams --from DATE\n",
        ),
    ],
)
def test_where_only_mock_matches_are_stored_the_command_lists_them_and_says_what_to_do(
    chosen: str, next_step: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """It said "no real match is stored" and no more, although the first run had stored mock ones."""
    store = TableStore(LocalFolder(tmp_path / "data"), lambda: datetime(2026, 8, 12, tzinfo=UTC))
    teams = ("Arsenal", "Chelsea", "Everton")
    mock = RawMatches.conform(season("2024-25", *teams, competition="Premier League")).assign(match_source="mock")
    write_week(store, "raw_matches", "2025-03-11", mock, Origin("mock", "1", "run", "mock"))
    monkeypatch.setenv("PIZZA_STORAGE", str(tmp_path / "data"))
    monkeypatch.setenv("PIZZA_MATCHES", chosen)
    assert main(["teams"]) == 0
    printed = capsys.readouterr().out
    assert printed.startswith(
        "No real match is stored, only MOCK ones, which are invented:\n\nMOCK Premier League\n"
        "  Arsenal                       4 MOCK matches  2024-25  followed by North London West\n"
    )
    assert "\n3 teams, 6 MOCK matches, weeks 2025-03-11 to 2025-03-11\n" in printed
    assert printed.endswith(next_step)
    assert main(["teams", "--market", "West London"]) == 0
    printed = capsys.readouterr().out
    assert ("Chelsea" in printed, "Arsenal" in printed) == (True, False)


def test_one_team_and_one_match_are_not_called_teams_and_matches(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    store = TableStore(LocalFolder(tmp_path / "data"), lambda: datetime(2026, 8, 12, tzinfo=UTC))
    one = season("2024-25", "Arsenal", "Chelsea", competition="Premier League")[:1]
    mock = RawMatches.conform(one).assign(match_source="mock")
    write_week(store, "raw_matches", "2025-03-11", mock, Origin("mock", "1", "run", "mock"))
    monkeypatch.setenv("PIZZA_STORAGE", str(tmp_path / "data"))
    monkeypatch.setenv("PIZZA_MATCHES", "mock")
    assert main(["teams", "--market", "West London"]) == 0
    printed = capsys.readouterr().out
    assert "  Chelsea                       1 MOCK match    2024-25  followed by West London\n" in printed
    assert "\n1 team, 1 MOCK match, weeks 2025-03-11" in printed


def test_where_no_match_is_stored_the_command_says_what_to_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PIZZA_STORAGE", str(tmp_path / "data"))
    assert main(["teams"]) == 0
    assert capsys.readouterr().out.startswith("No match is stored.\n\nNext, for real matches: pizza run\n")


def test_the_command_lists_teams_followers_and_possible_splits(
    tables: TableStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    markets = tmp_path / "markets.toml"
    markets.write_text(
        '[[market]]\nname = "Nord"\ntimezone = "Europe/Paris"\nteams = ["Racing Club de Lens", "Metz"]\n'
    )
    monkeypatch.setenv("PIZZA_STORAGE", str(tmp_path / "data"))
    monkeypatch.setenv("PIZZA_MARKETS", str(markets))
    assert main(["teams"]) == 1
    printed = capsys.readouterr().out
    for words in (
        "Ligue 1\n  Lens Artois ",
        "6 matches  2024-25  followed by Nord",
        "RC Lens                     no match",
        "4 teams, 12 matches, 1 possible split",
        "Warning  Ligue 1 2024-25: 'Lens Artois' may be 'RC Lens'",
        "no match of 'RC Lens' (market 'Nord')",
    ):
        assert words in printed
    assert main(["teams", "--market", "Nord"]) == 1
    assert "OGC Nice" not in capsys.readouterr().out.splitlines()[1]
    assert main(["teams", "--market", "Sud"]) == 2
