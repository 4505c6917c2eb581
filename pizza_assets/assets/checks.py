"""What the asset checks look for in a week. Bad rows are refused earlier, and a week with too many is not stored at all
(storage/refusals.py): a check runs too late for that.
"""

from datetime import timedelta

import dagster as dg
import pandas as pd

from pizza_assets.assets.merged import mock_dependencies
from pizza_assets.assets.weekly_checks import WeeklyCheck
from pizza_assets.escaping import printable
from pizza_assets.models import TABLES
from pizza_assets.models.orders import SUMS
from pizza_assets.models.vocabulary import DataSource
from pizza_assets.models.week import MatchWeek, weeks_between
from pizza_assets.orchestration.freshness.check_history import ERROR, PASSED, WARNING, Verdict
from pizza_assets.settings import Settings
from pizza_assets.storage.facts import Facts
from pizza_assets.storage.fingerprints import fingerprint, week_identity
from pizza_assets.storage.layout import PLACES
from pizza_assets.storage.refusals import RefusalLimits, RefusedRows
from pizza_assets.storage.tables import TableStore, Unreadable

SHOWN_PER_WEEK = 20
_BUSINESS_DAY = timedelta(hours=23)
"""The shortest one, on which clocks go forward."""
_BOUNDED_SOURCES = ("files", "sql")
"""Sources that say which hours they cover: OrderFiles.name and OrdersTable.name; their modules are slow to import."""
_COLUMNS = ["row_id", "origin", "line_number", "column", "check", "value", "reason"]


def build_checks(partitions: dg.WeeklyPartitionsDefinition, settings: Settings) -> list[dg.AssetChecksDefinition]:
    """The checks on weekly assets."""
    return [check.definition(partitions, settings) for check in weekly_checks(settings)]


def weekly_checks(settings: Settings) -> list[WeeklyCheck]:
    """Refused rows, sources and gaps of the raw assets; conservation of orders in the bins."""
    return [
        *(_rows_are_valid(asset, settings) for asset in ("raw_orders", "raw_matches", "raw_match_events")),
        *(_from_chosen_source(asset, settings) for asset in ("raw_orders", "mock_orders", "raw_matches")),
        _holds_rows("raw_orders", settings),
        _holds_rows("raw_matches", settings),
        _every_order_is_binned(),
    ]


def _rows_are_valid(asset: str, settings: Settings) -> WeeklyCheck:
    limits = RefusalLimits.from_settings(settings)
    return WeeklyCheck(
        asset,
        "rows_are_valid",
        "Lists a week's refused rows with key, column, check and value. Warns if there are any, and fails if there "
        "were so many that the week was not stored.",
        weeks=lambda tables: sorted({*tables.weeks(asset), *tables.weeks_with_refused_rows(asset)}),
        judge=lambda tables, week: _refused_rows(tables, asset, week, limits),
    )


def _refused_rows(tables: TableStore, asset: str, week: str, limits: RefusalLimits) -> Verdict:
    """At most 20 rows are shown, but all are counted and stored."""
    rows = tables.examine_refused_rows(asset, week)
    if isinstance(rows, Unreadable):
        return Verdict(WARNING, rows.why)
    if not rows.refused and not rows.reported:
        return Verdict(PASSED, "no row was refused")
    metadata = {
        "refused_rows": rows.refused,
        "offered_rows": rows.offered,
        "rows": _table(tables.rejected(asset, week).head(SHOWN_PER_WEEK)),
    }
    objection = limits.objection(asset, rows)
    if objection is None:
        return Verdict(WARNING, _refused_text(rows), metadata)
    return Verdict(ERROR, f"{objection}; {_outcome(tables.examine_week(asset, week))}", metadata)


def _outcome(stored: Facts | Unreadable | None) -> str:
    """What became of a week whose latest rows were refused."""
    if stored is None:
        return "the week is not stored"
    if isinstance(stored, Facts) and not stored.is_kept:
        return "it was stored under another limit, and is still used"
    return "the week stored before was kept"


def _refused_text(rows: RefusedRows) -> str:
    refused = f"{rows.refused:,} of {rows.offered:,} rows were refused, {rows.share:.1%}" if rows.refused else ""
    reported = f"{rows.reported:,} values left out of stored rows, or rows of no usable time" if rows.reported else ""
    return "; ".join(filter(None, [refused, reported]))


def _table(rejected: pd.DataFrame) -> dg.TableMetadataValue:
    texts = rejected[_COLUMNS].astype("string").fillna("").to_dict("records")
    return dg.MetadataValue.table(
        records=[dg.TableRecord({name: printable(text) for name, text in row.items()}) for row in texts]
    )


def _from_chosen_source(asset: str, settings: Settings) -> WeeklyCheck:
    chosen = settings.matches if asset == "raw_matches" else settings.orders
    return WeeklyCheck(
        asset,
        "comes_from_chosen_source",
        "Warns if a stored week is not complete data from the chosen source: mock after the source failed, "
        "a partial answer, an older week kept after a failed refresh, or a damaged file.",
        weeks=lambda tables: tables.weeks("raw_matches" if asset == "raw_matches" else "raw_orders"),
        judge=lambda tables, week: _source(tables, asset, week, chosen),
    )


def _source(tables: TableStore, asset: str, week: str, chosen: str) -> Verdict:
    facts = tables.examine_week(asset, week)
    if isinstance(facts, Unreadable):
        return Verdict(WARNING, facts.why)
    if facts is None:  # only of mock_orders, for a week of real orders
        return Verdict(PASSED, "no orders were invented for this week")
    if chosen != "mock" and facts.data_source == DataSource.MOCK and facts.source_name == "mock":
        return Verdict(WARNING, facts.reason or "labelled mock")
    if facts.is_partial:
        return Verdict(WARNING, facts.reason or "partial")
    return Verdict(PASSED, f"the week comes from {facts.source_name or facts.data_source}")


def _holds_rows(asset: str, settings: Settings) -> WeeklyCheck:
    return WeeklyCheck(
        asset,
        "holds_rows",
        "Warns about a week without stored rows between the first and the last stored one: to Dagster, a run that "
        "stored nothing for a week is a success, too. A week in which the source has no match passes.",
        weeks=lambda tables: _every_week(tables, settings.timezone),
        judge=lambda tables, week: _rows(tables, asset, week),
        additional_deps=mock_dependencies(settings) if asset == "raw_orders" else (),
    )


def _every_week(tables: TableStore, timezone: str) -> list[str]:
    """From the first week of orders or matches, stored or refused, to the last."""
    known = [
        week
        for asset in ("raw_orders", "raw_matches")
        for week in (*tables.weeks(asset), *tables.weeks_with_refused_rows(asset))
    ]
    if not known:
        return []
    return [week.key for week in weeks_between(MatchWeek(min(known), timezone), MatchWeek(max(known), timezone))]


def _rows(tables: TableStore, asset: str, week: str) -> Verdict:
    facts = tables.examine_week(asset, week)
    if isinstance(facts, Unreadable):
        return Verdict(WARNING, facts.why)
    if facts is None:
        return Verdict(WARNING, tables.why_missing(asset, week))
    if facts.row_count:
        return Verdict(PASSED, f"{facts.row_count:,} rows are stored")
    if asset == "raw_matches":
        return Verdict(PASSED, "the source has no match in this week")
    if why := _edge_of_export(tables, week, facts):
        return Verdict(PASSED, why)
    return Verdict(WARNING, "the source covers this week, but has no order in it")


def _edge_of_export(tables: TableStore, week: str, facts: Facts) -> str | None:
    """Why a week at the edge of an export or table has no order; None if that does not explain it.

    All orders come later or came earlier, and no whole business day of the week is covered: where the clock is not
    that of PIZZA_TIMEZONE, a business day may begin in one week and sell in the next.
    """
    if facts.source_name not in _BOUNDED_SOURCES:
        return None
    found = tables.read_week("raw_orders", week, [])
    covered = () if found is None else found.covered
    if not covered or any(period.ends_at - period.starts_at >= _BUSINESS_DAY for period in covered):
        return None
    others = {key: tables.week_facts("raw_orders", key) for key in tables.weeks("raw_orders")}
    selling = [key for key, known in others.items() if known is not None and known.row_count]
    if selling and week < min(selling):
        return "the first order comes after the hours covered here"
    if selling and week > max(selling):
        return "the last order came before the hours covered here"
    return None


def _every_order_is_binned() -> WeeklyCheck:
    return WeeklyCheck(
        "order_bins",
        "every_order_is_binned",
        "Orders, revenue and pizzas in the bins equal those in raw_orders.",
        weeks=lambda tables: tables.weeks("order_bins"),
        judge=_bins,
        blocking=True,
    )


def _bins(tables: TableStore, week: str) -> Verdict:
    facts = tables.week_facts("order_bins", week)
    orders = week_identity(tables, "raw_orders", week)
    if facts is not None and facts.input_fingerprint and facts.input_fingerprint != fingerprint(orders):
        return Verdict(WARNING, "other orders are stored than these bins were made of; make the week again")
    binned, collected = _totals(tables, "order_bins", week), _totals(tables, "raw_orders", week)
    if binned == collected:
        return Verdict(PASSED, f"all {collected['order_count']:,} orders are counted once")
    return Verdict(ERROR, f"the bins hold {_in_words(binned)}, but raw_orders {_in_words(collected)}; this is a bug")


def _in_words(totals: dict[str, int]) -> str:
    return ", ".join(f"{name} {count}" for name, count in totals.items())


def _totals(tables: TableStore, asset: str, week: str) -> dict[str, int]:
    columns = [name for name in SUMS if name in TABLES[PLACES[asset].table].column_names()]
    found = tables.read_week(asset, week, columns)
    if found is None:
        return dict.fromkeys(SUMS, 0)
    return {"order_count": len(found.rows), **{name: int(found.rows[name].sum()) for name in columns}}
