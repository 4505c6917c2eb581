"""The check of team names: a club under two names, or a followed team without a match, is otherwise not noticed."""

import dagster as dg

from pizza_assets.escaping import printable
from pizza_assets.models.market import Markets
from pizza_assets.orchestration.team_matching import stored_matches, warnings_about_teams
from pizza_assets.settings import Settings
from pizza_assets.storage.tables import TableStore


def teams_are_matched(settings: Settings) -> dg.AssetChecksDefinition:
    """The check, on raw_matches. It compares seasons, so it always judges all stored weeks together."""

    @dg.asset_check(
        asset="raw_matches",
        name="teams_are_matched",
        description="Warns about names that may be one club, and about followed teams without a match in a season of a "
        "league that covers them; `pizza teams` lists all names.",
    )
    def check(tables: dg.ResourceParam[TableStore], markets: dg.ResourceParam[Markets]) -> dg.AssetCheckResult:
        return team_result(tables, markets, chosen_markets=settings.markets_file is not None)

    return check


def team_result(tables: TableStore, markets: Markets, *, chosen_markets: bool) -> dg.AssetCheckResult:
    """The result for all stored weeks; chosen_markets as in `warnings_about_teams`."""
    weeks = tables.weeks("raw_matches")
    matches = stored_matches(tables, weeks)
    warnings = warnings_about_teams(matches, markets, chosen_markets=chosen_markets)
    if not weeks:
        warnings = ["no matches are stored yet, so no name was checked"]
    fine = "no club has two names, and no followed team is missing" if len(matches) else "all matches are mock"
    return dg.AssetCheckResult(
        passed=not warnings,
        severity=dg.AssetCheckSeverity.WARN,
        description=printable("; ".join(warnings))
        or (fine if len(matches) else "all stored matches are mock: no names to compare"),
        metadata={"warnings": len(warnings), "matches": len(matches)},
    )
