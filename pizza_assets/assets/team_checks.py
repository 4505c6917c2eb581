"""The check of team names: a club under two names, or a followed team without a match, is otherwise not noticed."""

import dagster as dg

from pizza_assets.models.market import Markets
from pizza_assets.models.week import MatchWeek
from pizza_assets.orchestration.partitions import weeks_of_run
from pizza_assets.orchestration.team_matching import stored_matches, warnings_about_teams, weeks_to_compare
from pizza_assets.settings import Settings
from pizza_assets.storage.tables import TableStore


def teams_are_matched(partitions: dg.WeeklyPartitionsDefinition, settings: Settings) -> dg.AssetChecksDefinition:
    """The check, on raw_matches."""

    @dg.asset_check(
        asset="raw_matches",
        name="teams_are_matched",
        description="Warns about names that may be one club, and about followed teams without a match in a season of a "
        "league that covers them; `pizza teams` lists all names.",
    )
    def check(
        context: dg.AssetCheckExecutionContext, tables: dg.ResourceParam[TableStore], markets: dg.ResourceParam[Markets]
    ) -> dg.AssetCheckResult:
        weeks = weeks_of_run(context.run.tags, partitions)
        return team_result(weeks, tables, markets, settings)

    return check


def team_result(weeks: list[str], tables: TableStore, markets: Markets, settings: Settings) -> dg.AssetCheckResult:
    """The result for a run of these weeks; for all stored weeks if the check runs alone."""
    weeks = weeks or tables.weeks("raw_matches")
    if not weeks:
        return dg.AssetCheckResult(
            passed=False,
            severity=dg.AssetCheckSeverity.WARN,
            description="no matches are stored yet, so no name was checked",
        )
    span = weeks_to_compare(*(MatchWeek(week, settings.timezone) for week in (weeks[0], weeks[-1])))
    matches = stored_matches(tables, span)
    warnings = warnings_about_teams(matches, markets, chosen_markets=settings.markets_file is not None)
    return dg.AssetCheckResult(
        passed=not warnings,
        severity=dg.AssetCheckSeverity.WARN,
        description="; ".join(warnings) or "no club has two names, and no followed team is missing",
        metadata={"warnings": len(warnings), "first_week": span[0], "last_week": span[-1]},
    )
