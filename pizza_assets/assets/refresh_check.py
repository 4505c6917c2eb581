"""The check of the daily refresh, for people who look; the sensor refresh_is_on_time evaluates it while nobody does."""

import dagster as dg

from pizza_assets.orchestration.freshness.daily_refresh import CHECK, REFRESHED_ASSETS, refresh_evaluation
from pizza_assets.settings import Settings
from pizza_assets.sources.base import Clock


def refresh_checks(settings: Settings) -> list[dg.AssetChecksDefinition]:
    """One on each collected asset; none if the refresh is not Dagster's, since this instance does not see it then."""
    if settings.daily_refresh != "dagster":
        return []
    return [_is_refreshed_daily(asset, settings.timezone) for asset in REFRESHED_ASSETS]


def _is_refreshed_daily(asset: str, timezone: str) -> dg.AssetChecksDefinition:
    @dg.asset_check(
        asset=asset,
        name=CHECK,
        description="Warns if the newest match week was not collected for 26 hours, and fails after 50. Older weeks "
        "that were collected meanwhile do not count.",
    )
    def check(context: dg.AssetCheckExecutionContext, clock: dg.ResourceParam[Clock]) -> dg.AssetCheckResult:
        found = refresh_evaluation(context.instance, asset, clock(), timezone)
        return dg.AssetCheckResult(passed=found.passed, severity=found.severity, description=found.description)

    return check
