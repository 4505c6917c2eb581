"""Asset checks, which report problems and may block downstream assets. Bad rows are refused earlier, before they are
stored: a check runs too late for that.
"""

from collections.abc import Sequence

import dagster as dg
import pandas as pd

from pizza_assets.assets.team_checks import teams_are_matched
from pizza_assets.models import TABLES
from pizza_assets.models.orders import SUMS
from pizza_assets.models.vocabulary import DataSource
from pizza_assets.orchestration.freshness.check_history import weeks_metadata
from pizza_assets.orchestration.partitions import weeks_of_run
from pizza_assets.settings import Settings
from pizza_assets.storage.facts import Facts
from pizza_assets.storage.layout import PLACES
from pizza_assets.storage.tables import TableStore, Unreadable

SHOWN_PER_WEEK = 20
RAW_ASSETS = ("raw_orders", "raw_matches")
NON_BLOCKING = "raw_match_events"
"""Its refused rows block nothing: no weekly asset depends on it."""


def build_checks(partitions: dg.WeeklyPartitionsDefinition, settings: Settings) -> list[dg.AssetChecksDefinition]:
    """Refused rows and sources of every raw asset; conservation of orders in the bins; names of teams."""
    return [
        *(_rows_are_valid(asset, partitions, settings) for asset in (*RAW_ASSETS, NON_BLOCKING)),
        *(_from_chosen_source(asset, partitions, settings) for asset in ("raw_orders", "mock_orders", "raw_matches")),
        _every_order_is_binned(partitions),
        teams_are_matched(partitions, settings),
    ]


def _rows_are_valid(
    asset: str, partitions: dg.WeeklyPartitionsDefinition, settings: Settings
) -> dg.AssetChecksDefinition:
    @dg.asset_check(
        asset=asset,
        name="rows_are_valid",
        blocking=asset != NON_BLOCKING,
        description="Lists refused rows by week with key, column, check and value. Warns if there are any"
        + ("." if asset == NON_BLOCKING else ", and fails above PIZZA_REJECT_ERROR_SHARE of a week's rows."),
    )
    def rows_are_valid(
        context: dg.AssetCheckExecutionContext, tables: dg.ResourceParam[TableStore]
    ) -> dg.AssetCheckResult:
        return refused_rows_result(asset, weeks_of_run(context.run.tags, partitions), tables, settings)

    return rows_are_valid


def refused_rows_result(
    asset: str, weeks: Sequence[str], tables: TableStore, settings: Settings
) -> dg.AssetCheckResult:
    """The result for these weeks; at most 20 rows per week are shown, but all are counted and stored."""
    shown: list[pd.DataFrame] = []
    counts: dict[str, int] = {}
    shares: dict[str, float] = {}
    for week in weeks:
        rejected = tables.rejected(asset, week)
        if rejected.empty:
            continue
        facts = tables.week_facts(asset, week)
        counts[week] = rejected.groupby(["origin", "line_number", "row_id"], dropna=False).ngroups
        shares[week] = counts[week] / (counts[week] + (facts.row_count if facts else 0))
        shown.append(rejected.head(SHOWN_PER_WEEK).assign(week=week))
    most = 1.0 if asset == NON_BLOCKING else settings.reject_error_share
    in_error = [week for week, share in shares.items() if share > most]
    return dg.AssetCheckResult(
        passed=not counts,
        severity=dg.AssetCheckSeverity.ERROR if in_error else dg.AssetCheckSeverity.WARN,
        description=_refused_text(counts, max(shares.values(), default=0.0), most),
        metadata={
            "refused_rows": sum(counts.values()),
            **weeks_metadata(weeks, in_error, [week for week in counts if week not in in_error]),
            **({"rows": _table(pd.concat(shown))} if shown else {}),
        },
    )


def _refused_text(counts: dict[str, int], worst_share: float, most: float) -> str:
    if not counts:
        return "no row was refused"
    rows, weeks = sum(counts.values()), len(counts)
    text = (
        f"{rows} row{'s' * (rows > 1)} refused in {weeks} week{'s' * (weeks > 1)}, at most {worst_share:.1%} of a week"
    )
    if worst_share <= most:
        return text
    return f"{text}; correct them, or raise PIZZA_REJECT_ERROR_SHARE above {most:g}"


def _table(rejected: pd.DataFrame) -> dg.TableMetadataValue:
    columns = ["week", "row_id", "origin", "line_number", "column", "check", "value", "reason"]
    texts = rejected[columns].astype("string").fillna("").to_dict("records")
    return dg.MetadataValue.table(records=[dg.TableRecord(dict(row)) for row in texts])


def _from_chosen_source(
    asset: str, partitions: dg.WeeklyPartitionsDefinition, settings: Settings
) -> dg.AssetChecksDefinition:
    chosen = settings.matches if asset == "raw_matches" else settings.orders

    @dg.asset_check(
        asset=asset,
        name="comes_from_chosen_source",
        description="Warns if a stored week is not complete data from the chosen source: mock after the source failed, "
        "a partial answer, an older week kept after a failed refresh, or a damaged file.",
    )
    def comes_from_chosen_source(
        context: dg.AssetCheckExecutionContext, tables: dg.ResourceParam[TableStore]
    ) -> dg.AssetCheckResult:
        weeks = weeks_of_run(context.run.tags, partitions)
        examined = {week: tables.examine_week(asset, week) for week in weeks}
        damaged = {week: found.why for week, found in examined.items() if isinstance(found, Unreadable)}
        facts = {week: found for week, found in examined.items() if isinstance(found, Facts)}
        stand_ins = {
            week: found.reason or "labelled mock"
            for week, found in facts.items()
            if chosen != "mock" and found.data_source == DataSource.MOCK and found.source_name == "mock"
        }
        partial = {week: found.reason or "partial" for week, found in facts.items() if found.is_partial}
        reasons = sorted({*stand_ins.values(), *partial.values(), *damaged.values()})
        return dg.AssetCheckResult(
            passed=not reasons,
            severity=dg.AssetCheckSeverity.WARN,
            description="; ".join(reasons) or "every stored week comes from the chosen source",
            metadata={
                "weeks_of_stand_ins": len(stand_ins),
                "partial_weeks": len(partial),
                **weeks_metadata(weeks, in_warning=sorted({*stand_ins, *partial, *damaged})),
            },
        )

    return comes_from_chosen_source


def _every_order_is_binned(partitions: dg.WeeklyPartitionsDefinition) -> dg.AssetChecksDefinition:
    @dg.asset_check(
        asset="order_bins",
        name="every_order_is_binned",
        blocking=True,
        description="Orders, revenue and pizzas in the bins equal those in raw_orders, week by week.",
    )
    def every_order_is_binned(
        context: dg.AssetCheckExecutionContext, tables: dg.ResourceParam[TableStore]
    ) -> dg.AssetCheckResult:
        weeks = weeks_of_run(context.run.tags, partitions)
        different = [
            week for week in weeks if _totals(tables, "raw_orders", week) != _totals(tables, "order_bins", week)
        ]
        return dg.AssetCheckResult(
            passed=not different,
            description=f"weeks that differ: {', '.join(different)}" if different else "all orders are counted once",
            metadata=weeks_metadata(weeks, in_error=different),
        )

    return every_order_is_binned


def _totals(tables: TableStore, asset: str, week: str) -> dict[str, int]:
    columns = [name for name in SUMS if name in TABLES[PLACES[asset].table].column_names()]
    found = tables.read_week(asset, week, columns)
    if found is None:
        return dict.fromkeys(SUMS, 0)
    return {"order_count": len(found.rows), **{name: int(found.rows[name].sum()) for name in columns}}
