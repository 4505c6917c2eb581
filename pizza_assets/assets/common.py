"""Shared by all asset definitions: arguments for the decorators and the loop over weeks."""

from collections.abc import Callable, Iterable, Sequence
from typing import TypedDict

import dagster as dg

from pizza_assets.models.week import MatchWeek
from pizza_assets.orchestration.freshness.daily_refresh import FAILED_AFTER, WARNED_AFTER
from pizza_assets.orchestration.freshness.week_inputs import WeekInputs
from pizza_assets.storage.facts import Facts
from pizza_assets.storage.io_manager import READS_NEIGHBOURS, REPORTED_HERE, WeekOutput, WeekOutputs, column_schema
from pizza_assets.storage.layout import CODE_VERSIONS, PLACES
from pizza_assets.storage.tables import WeekTables
from pizza_assets.threads import AT_ONCE

OWNERS = ["team:pizza_assets"]

WRITTEN_DAILY = dg.FreshnessPolicy.time_window(fail_window=FAILED_AFTER, warn_window=WARNED_AFTER)
"""For dashboards only. Of weekly assets, a policy would call all weeks fresh if any is: they have a check instead."""

MOST_ORDERS_IN_PARALLEL = 500_000
"""Weeks with more orders are made one at a time to limit memory."""


def with_freshness(assets: Sequence[dg.AssetsDefinition]) -> list[dg.AssetsDefinition]:
    """The assets, with the freshness policy on dashboards."""

    def fresh(spec: dg.AssetSpec) -> dg.AssetSpec:
        return dg.apply_freshness_policy(spec, WRITTEN_DAILY) if spec.group_name == "dashboards" else spec

    return list(dg.map_asset_specs(fresh, assets))


class _Described(TypedDict):
    group_name: str
    kinds: set[str]
    owners: list[str]
    code_version: str
    metadata: dict[str, dg.TableSchema] | None


class _Weekly(TypedDict):
    partitions_def: dg.PartitionsDefinition
    backfill_policy: dg.BackfillPolicy


def described(group: str, asset: str) -> _Described:
    """Arguments for `dg.asset`: group, kinds, owners, code version and, for a table, its column descriptions."""
    return {
        "group_name": group,
        "kinds": {"python", PLACES[asset].suffix},
        "owners": OWNERS,
        "code_version": CODE_VERSIONS[asset],
        "metadata": {"dagster/column_schema": column_schema(asset)} if PLACES[asset].is_table else None,
    }


def weekly(partitions: dg.PartitionsDefinition) -> _Weekly:
    """Arguments for a weekly asset: one run can cover many weeks."""
    return {"partitions_def": partitions, "backfill_policy": dg.BackfillPolicy.single_run()}


def neighbouring_weeks() -> dg.AssetIn:
    """An input of which the asset also reads the weeks before and after its own, because windows can cross the edge.

    Dagster itself is told of the same week only (decision 0032), so a backfill of many assets is one run.
    """
    return dg.AssetIn(metadata={READS_NEIGHBOURS: True})


def weeks_at_once(context: dg.AssetExecutionContext, orders: WeekTables) -> int:
    """How many weeks to make in parallel: one if any week of orders is so large that it uses both threads itself."""
    stored = (orders.examine(week) for week in context.partition_keys)
    return at_once_of_weeks(facts.row_count for facts in stored if isinstance(facts, Facts))


def at_once_of_weeks(order_counts: Iterable[int]) -> int:
    """Like `weeks_at_once`, for weeks with these numbers of orders."""
    return AT_ONCE if max(order_counts, default=0) <= MOST_ORDERS_IN_PARALLEL else 1


def weekly_output(
    context: dg.AssetExecutionContext,
    inputs: WeekInputs,
    timezone: str,
    make: Callable[[MatchWeek], WeekOutput],
    at_once: int = 1,
) -> dg.Output[WeekOutputs]:
    """The output of a weekly asset: the IO manager calls `make` for each week of the run, so weeks fail separately.

    at_once: see WeekOutputs.
    """
    asset = context.asset_key.to_user_string()
    outputs = WeekOutputs(
        context.partition_keys,
        make=lambda key: make(MatchWeek(key, timezone)),
        fingerprint=lambda key: inputs.fingerprint(asset, MatchWeek(key, timezone)),
        at_once=at_once,
    )
    return dg.Output(outputs, metadata=REPORTED_HERE)
