"""What every asset definition shares: its description for the UI and the loop over weeks."""

from collections.abc import Callable
from typing import Any

import dagster as dg

from pizza_assets.models.week import MatchWeek
from pizza_assets.storage.io_manager import WeekOutput, WeekOutputs, column_schema

OWNERS = ["team:pizza_assets"]


def described(
    group: str, *, columns_of: str | None = None, kinds: tuple[str, ...] = ("python", "parquet")
) -> dict[str, Any]:
    """Arguments for `dg.asset`: group, kinds, owners, code version and the columns people read about."""
    arguments: dict[str, Any] = {"group_name": group, "kinds": set(kinds), "owners": OWNERS, "code_version": "1"}
    if columns_of is not None:
        arguments["metadata"] = {"dagster/column_schema": column_schema(columns_of)}
    return arguments


def weekly(partitions: dg.PartitionsDefinition) -> dict[str, Any]:
    """Arguments for a weekly asset: many weeks go in one run."""
    return {"partitions_def": partitions, "backfill_policy": dg.BackfillPolicy.single_run()}


def each_week(context: dg.AssetExecutionContext, timezone: str, make: Callable[[MatchWeek], WeekOutput]) -> WeekOutputs:
    """The weeks of this run, each made by `make` when the IO manager comes to it; one that fails costs no other."""
    return WeekOutputs(context.partition_keys, lambda key: make(MatchWeek(key, timezone)))


def neighbours(week: MatchWeek) -> list[str]:
    """The keys of the week before, the week and the week after."""
    return [week.shifted(n).key for n in (-1, 0, 1)]
