"""The analysis follows every way of collecting, once: declarative automation on the events of stored weeks.

All assets over all weeks have one condition. It is true once a weekly asset was stored, until they are requested, and
only while nothing is running: so they are requested together, after the last of the weeks.
"""

from collections.abc import Sequence
from functools import reduce
from operator import or_

import dagster as dg

from pizza_assets.orchestration.jobs import ANALYSE, JOB_TAG, WHOLE_GROUPS
from pizza_assets.orchestration.run_target import ANALYSES_ITSELF, run_tags
from pizza_assets.settings import Settings

SECONDS_BETWEEN_CHECKS = 30


def analyse_after_collecting(settings: Settings) -> dg.AutomationConditionSensorDefinition:
    """The sensor that evaluates the condition and launches the analysis."""
    return dg.AutomationConditionSensorDefinition(
        "analyse_after_collecting",
        target=dg.AssetSelection.groups(*WHOLE_GROUPS),
        run_tags={JOB_TAG: ANALYSE, **run_tags(settings)},
        default_status=dg.DefaultSensorStatus.RUNNING,
        minimum_interval_seconds=SECONDS_BETWEEN_CHECKS,
        description="One analysis after weeks were stored, however they were collected, once nothing is running.",
    )


def with_analysis_condition(assets: Sequence[dg.AssetsDefinition]) -> list[dg.AssetsDefinition]:
    """The assets, with the condition on those over all weeks."""
    specs = [spec for definition in assets for spec in definition.specs]
    condition = _condition(
        weekly=[spec.key for spec in specs if spec.group_name not in WHOLE_GROUPS],
        all_assets=[spec.key for spec in specs],
    )

    def automated(spec: dg.AssetSpec) -> dg.AssetSpec:
        if spec.group_name not in WHOLE_GROUPS:
            return spec
        return spec.replace_attributes(automation_condition=condition)

    return list(dg.map_asset_specs(automated, assets))


def _condition(weekly: Sequence[dg.AssetKey], all_assets: Sequence[dg.AssetKey]) -> dg.AutomationCondition:
    """Stored weeks that await an analysis, while nothing is running.

    Anything running counts, not only what is upstream: of a running analysis, single assets are idle in turn, and would
    be requested one by one.
    """
    condition = dg.AutomationCondition
    is_stored = condition.newly_updated() & ~condition.all_new_updates_have_run_tags(tag_values=ANALYSES_ITSELF)
    has_new_weeks = reduce(or_, (condition.asset_matches(key, is_stored) for key in weekly))
    is_busy = reduce(or_, (condition.asset_matches(key, condition.in_progress()) for key in all_assets))
    # Only the request resets it: a week that is stored while the analysis runs awaits the next one. A request is seen
    # at the tick after it, so weeks that were stored in between must outlive that reset.
    is_requested = condition.newly_requested() & ~has_new_weeks
    awaits = has_new_weeks.since(is_requested | condition.initial_evaluation())
    return awaits.with_label("weeks were stored since the last analysis") & ~is_busy.with_label("something is running")
