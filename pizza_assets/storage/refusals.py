"""How many rows of a week were refused, and how many may be before the week is not stored.

Which rows are refused is decided in the sources; what happens to the week in week_writer.py.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd

from pizza_assets.escaping import printable
from pizza_assets.models.orders import OF_NO_WEEK, ONLY_THE_VALUE
from pizza_assets.settings import Settings
from pizza_assets.storage.layout import PLACES

_REFUSED, _OFFERED, _REPORTED = "refused_rows", "offered_rows", "reported_values"
_SOURCE_ROW = ["origin", "line_number", "row_id"]


@dataclass(frozen=True)
class RefusedRows:
    """How many rows of a week the source offered, and how many of them were refused.

    reported: what is listed with the week but does not count: values left out of rows that are stored, and rows without
    a usable time, which need not belong to the week.
    """

    refused: int = 0
    offered: int = 0
    reported: int = 0

    @classmethod
    def of(cls, rejected: pd.DataFrame, accepted: int) -> "RefusedRows":
        """The counts for a table of RejectedRows, in which a row may occur once per rule that it broke."""
        is_report = rejected["check"].str.startswith((ONLY_THE_VALUE, OF_NO_WEEK))
        refused = rejected[~is_report].groupby(_SOURCE_ROW, dropna=False).ngroups
        return cls(refused, refused + accepted, int(is_report.sum()))

    @classmethod
    def from_metadata(cls, metadata: Mapping[str, str]) -> "RefusedRows | None":
        """The inverse of `metadata`; None if earlier releases wrote the object, without counts."""
        if _REFUSED not in metadata:
            return None
        return cls(*(int(metadata[name]) for name in (_REFUSED, _OFFERED, _REPORTED)))

    @property
    def metadata(self) -> dict[str, str]:
        """The counts as they are kept with the refused rows."""
        return {_REFUSED: str(self.refused), _OFFERED: str(self.offered), _REPORTED: str(self.reported)}

    @property
    def share(self) -> float:
        return self.refused / self.offered if self.offered else 0.0


def broken_rules(rejected: pd.DataFrame) -> str:
    """The rule that most of the refused rows broke, in words, and how many did; empty without refused rows.

    Values are not quoted: a row may name a customer. rejected: RejectedRows.
    """
    rows = rejected[~rejected["check"].str.startswith((ONLY_THE_VALUE, OF_NO_WEEK))]
    if rows.empty:
        return ""
    counts = rows.groupby(["column", "check"], dropna=False).size().sort_values(ascending=False, kind="stable")
    column, check = counts.index[0]
    rule = printable(f"{column} {check}".replace("_", " "))
    first = int(counts.iloc[0])
    others = rows.groupby(_SOURCE_ROW, dropna=False).ngroups - first
    return f"{first:,} refused by the rule “{rule}”" + (f" and {others:,} for other reasons" if others else "")


@dataclass(frozen=True)
class RefusalLimits:
    """Above these limits a week is not stored.

    order_share: of the order rows that were offered. match_count: per week; a count, since a week may have only ten.
    """

    order_share: float = 1.0
    match_count: int = 1_000_000

    @classmethod
    def from_settings(cls, settings: Settings) -> "RefusalLimits":
        """The limits that the settings choose."""
        return cls(settings.reject_error_share, settings.reject_error_matches)

    def objection(self, asset: str, rows: RefusedRows) -> str | None:
        """Why this week of the asset must not be stored, with the remedy; None if it may."""
        table = PLACES[asset].table
        if table == PLACES["raw_orders"].table and rows.share > self.order_share:
            return (
                f"{rows.refused:,} of {rows.offered:,} rows were refused, {rows.share:.1%}; correct them, or raise "
                f"PIZZA_REJECT_ERROR_SHARE above {self.order_share:g}"
            )
        if table == PLACES["raw_matches"].table and rows.refused == rows.offered > 0:
            return f"all {rows.offered} matches were refused; correct them"
        if table == PLACES["raw_matches"].table and rows.refused > self.match_count:
            return (
                f"{rows.refused} of {rows.offered} matches were refused; correct them, or raise "
                f"PIZZA_REJECT_ERROR_MATCHES above {self.match_count}"
            )
        return None
