"""What an import of order files found, except the orders themselves."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from pizza_assets.models.coverage import CoveredPeriod, coverage_from_json, coverage_to_json
from pizza_assets.sources.orders.file_folding import (
    ACCEPTED,
    DUPLICATE,
    EXCLUDED,
    LONE_REFUND,
    REFUND,
    SUPERSEDED,
    WAITING,
)

REJECTED, BLANK, NO_ORDER = "rejected", "blank", "no_order"
LINE_KINDS = (ACCEPTED, REJECTED, DUPLICATE, SUPERSEDED, EXCLUDED, REFUND, LONE_REFUND, WAITING, NO_ORDER, BLANK)
"""The possible fates of a line; each line has exactly one."""


@dataclass(frozen=True)
class ImportFacts:
    """The results of an import, except the orders themselves.

    weeks: counts per match week with orders: accepted, rejected, duplicate, superseded, excluded, refund, lone_refund
        and waiting lines; of the superseded ones the dropped_refunds; replaced_versions, moved_out_of_gap and
        first_of_two orders (see file_folding and file_times).
    coverage: the periods that the readable files cover.
    bad_files: the unreadable files, and why.
    extents: the keys of the first and last week with lines, per file; of an unreadable file from the last time it
        could be read, if ever.
    lines_read: the number of lines without header, per readable file.
    aside: the lines that are no orders (totals, repeated headers, other sections), as "FILE line N: why", the first
        few of each file.
    others: per week, of the lines that are no orders those that may be orders after all: counts by their kind, or by
        text_batches.LIKE_AN_ORDER.
    lines: counts of all these lines by LINE_KINDS; they add up to the lines read.
    excluded_lines: the first lines that are left out by their status or as void, as "FILE line N".
    week_files: the names of the Parquet files of each week, which also tell its content.
    """

    weeks: dict[str, dict[str, int]] = field(default_factory=dict)
    coverage: tuple[CoveredPeriod, ...] = ()
    bad_files: dict[str, str] = field(default_factory=dict)
    extents: dict[str, tuple[str, str]] = field(default_factory=dict)
    lines_read: dict[str, int] = field(default_factory=dict)
    lines: dict[str, int] = field(default_factory=dict)
    aside: tuple[str, ...] = ()
    excluded_lines: tuple[str, ...] = ()
    others: dict[str, dict[str, int]] = field(default_factory=dict)
    week_files: dict[str, list[str]] = field(default_factory=dict)

    def to_json(self) -> dict[str, Any]:
        return {**vars(self), "coverage": coverage_to_json(self.coverage)}

    @classmethod
    def from_json(cls, values: Mapping[str, Any]) -> "ImportFacts":
        """The inverse of `to_json`."""
        extents = {name: (first, last) for name, (first, last) in values["extents"].items()}
        coverage = tuple(coverage_from_json(values["coverage"]))
        texts = {name: tuple(values.get(name, ())) for name in ("aside", "excluded_lines")}
        return cls(**{**values, **texts, "coverage": coverage, "extents": extents})

    def count(self, kind: str) -> int:
        """The count of one kind over all weeks."""
        return sum(counts.get(kind, 0) for counts in self.weeks.values())

    def other_counts(self) -> dict[str, int]:
        """`others` over all weeks."""
        kinds = sorted({kind for counts in self.others.values() for kind in counts})
        return {kind: sum(counts.get(kind, 0) for counts in self.others.values()) for kind in kinds}
