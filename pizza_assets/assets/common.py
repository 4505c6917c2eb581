"""What every asset definition shares: its description for the UI and the loop over weeks."""

from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Any

import dagster as dg

from pizza_assets.models.week import MatchWeek
from pizza_assets.orchestration.code_versions import CODE_VERSIONS
from pizza_assets.orchestration.week_inputs import WeekInputs
from pizza_assets.storage.io_manager import REPORTED_HERE, WeekOutput, WeekOutputs, column_schema

OWNERS = ["team:pizza_assets"]

REFRESHED_DAILY = dg.FreshnessPolicy.time_window(fail_window=timedelta(hours=50), warn_window=timedelta(hours=26))
"""Of what comes from outside and of what people look at: a missed refresh warns, a second one fails."""

_FRESH_GROUPS = frozenset({"raw", "dashboards"})


def with_freshness(assets: Sequence[dg.AssetsDefinition]) -> list[dg.AssetsDefinition]:
    """The assets, those of the fresh groups with the policy."""

    def fresh(spec: dg.AssetSpec) -> dg.AssetSpec:
        if spec.group_name not in _FRESH_GROUPS:
            return spec
        return dg.apply_freshness_policy(spec, REFRESHED_DAILY)

    return list(dg.map_asset_specs(fresh, assets))


def described(
    group: str, asset: str, *, has_columns: bool = True, kinds: tuple[str, ...] = ("python", "parquet")
) -> dict[str, Any]:
    """Arguments for `dg.asset`: group, kinds, owners, code version and the columns people read about."""
    arguments: dict[str, Any] = {
        "group_name": group,
        "kinds": set(kinds),
        "owners": OWNERS,
        "code_version": CODE_VERSIONS[asset],
    }
    if has_columns:
        arguments["metadata"] = {"dagster/column_schema": column_schema(asset)}
    return arguments


def weekly(partitions: dg.PartitionsDefinition) -> dict[str, Any]:
    """Arguments for a weekly asset: many weeks go in one run."""
    return {"partitions_def": partitions, "backfill_policy": dg.BackfillPolicy.single_run()}


def each_week(
    context: dg.AssetExecutionContext, inputs: WeekInputs, timezone: str, make: Callable[[MatchWeek], WeekOutput]
) -> dg.Output[WeekOutputs]:
    """The weeks of this run, each made by `make` when the IO manager comes to it; one that fails costs no other."""
    asset = context.asset_key.to_user_string()
    outputs = WeekOutputs(
        context.partition_keys,
        make=lambda key: make(MatchWeek(key, timezone)),
        fingerprint=lambda key: inputs.fingerprint(asset, MatchWeek(key, timezone)),
    )
    return dg.Output(outputs, metadata=REPORTED_HERE)
