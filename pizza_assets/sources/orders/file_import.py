"""Parses a set of order files once and writes their orders by match week.

Two passes, both in bounded memory: the lines of each file go to buckets by order id, so that all lines of an order are
in one bucket; then each bucket is folded into orders, which go to their weeks. An unreadable file leaves nothing but
its error. Where the result is kept, and a week's answer, do not belong here.
"""

import itertools
import shutil
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from pizza_assets.errors import BadFile
from pizza_assets.models.coverage import CoveredPeriod, coverage_from_json, coverage_to_json
from pizza_assets.models.market import Market
from pizza_assets.models.orders import OF_NO_WEEK
from pizza_assets.models.week import WEEK_STARTS_AT, WEEK_STARTS_ON, MatchWeek
from pizza_assets.sources.orders.file_coverage import MINUTE, TradingDays, covered_periods, merged_days, trading_days
from pizza_assets.sources.orders.file_folding import (
    ACCEPTED,
    DUPLICATE,
    EXCLUDED,
    LONE_REFUND,
    REFUND,
    SUPERSEDED,
    WAITING,
    fold_orders,
)
from pizza_assets.sources.orders.file_lines import read_lines
from pizza_assets.sources.orders.file_mapping import FileMapping
from pizza_assets.sources.orders.file_readers import read_batches
from pizza_assets.sources.orders.line_buckets import LineBuckets
from pizza_assets.sources.orders.text_batches import ANOTHER_KIND, TextBatch
from pizza_assets.threads import ahead, side_by_side

PARSER_VERSION = 6
"""Raise it when the same files would give other orders, rejects or coverage."""
BUCKET_BYTES = 32 * 1024 * 1024
"""The approximate largest size of a bucket."""
MOST_BUCKETS = 256
"""The limit of buckets, because each keeps a file open while lines are read. Buckets may then be larger."""
REJECTED, BLANK, NO_ORDER = "rejected", "blank", "no_order"
MOST_ASIDE = 5
LINE_KINDS = (ACCEPTED, REJECTED, DUPLICATE, SUPERSEDED, EXCLUDED, REFUND, LONE_REFUND, WAITING, NO_ORDER, BLANK)
"""The possible fates of a line; each line has exactly one."""


@dataclass(frozen=True)
class OrderFile:
    """A file of the export. name: its path inside the folder, as messages and rejected rows show it."""

    name: str
    path: Path


@dataclass(frozen=True)
class ImportFacts:
    """The results of an import, except the orders themselves.

    weeks: counts per match week with orders: accepted, rejected, duplicate, superseded, excluded and waiting lines;
        replaced_versions, moved_out_of_gap and first_of_two orders (see file_folding and file_times).
    coverage: the periods that the readable files cover.
    bad_files: the unreadable files, and why.
    extents: the keys of the first and last week with lines, per file; of an unreadable file from the last time it
        could be read, if ever.
    lines_read: the number of lines without header, per readable file.
    aside: the lines that are no orders (totals, repeated headers, other sections), as "FILE line N: why", the first
        MOST_ASIDE of each file.
    lines: counts of all these lines by LINE_KINDS; they add up to the lines read.
    last_at: the time of the last accepted order; all are before the cut-off of the import.
    held_from: the first line held back because it was not before the cut-off (waiting, or refused as future).
    """

    weeks: dict[str, dict[str, int]] = field(default_factory=dict)
    coverage: tuple[CoveredPeriod, ...] = ()
    bad_files: dict[str, str] = field(default_factory=dict)
    extents: dict[str, tuple[str, str]] = field(default_factory=dict)
    lines_read: dict[str, int] = field(default_factory=dict)
    lines: dict[str, int] = field(default_factory=dict)
    aside: tuple[str, ...] = ()
    last_at: datetime | None = None
    held_from: datetime | None = None

    def to_json(self) -> dict[str, Any]:
        return {
            "weeks": self.weeks,
            "coverage": coverage_to_json(self.coverage),
            "bad_files": self.bad_files,
            "extents": self.extents,
            "lines_read": self.lines_read,
            "lines": self.lines,
            "aside": list(self.aside),
            "last_at": self.last_at and self.last_at.isoformat(),
            "held_from": self.held_from and self.held_from.isoformat(),
        }

    @classmethod
    def from_json(cls, values: dict[str, Any]) -> "ImportFacts":
        """The inverse of `to_json`."""
        return cls(
            values["weeks"],
            tuple(coverage_from_json(values["coverage"])),
            values["bad_files"],
            extents_from_json(values),
            values["lines_read"],
            values["lines"],
            tuple(values["aside"]),
            values["last_at"] and datetime.fromisoformat(values["last_at"]),
            values["held_from"] and datetime.fromisoformat(values["held_from"]),
        )

    def is_valid_at(self, cutoff: datetime) -> bool:
        """Whether an import with this cut-off would accept the same orders."""
        return (self.last_at is None or self.last_at < cutoff) and (self.held_from is None or cutoff <= self.held_from)

    def count(self, kind: str) -> int:
        """The count of one kind over all weeks."""
        return sum(counts.get(kind, 0) for counts in self.weeks.values())


def extents_from_json(values: Mapping[str, Any]) -> dict[str, tuple[str, str]]:
    """The extents alone, also from facts of an older parser."""
    return {name: (first, last) for name, (first, last) in values.get("extents", {}).items()}


@dataclass(frozen=True)
class _FileContent:
    """What pass one keeps of a file in memory. first_at: its first usable time, used for earlier lines without one.
    spans: first and last time of its usable and excluded lines, batch by batch. refusal: why the whole file is refused.
    line_count: of all lines, including blank ones. aside_count, aside: of lines that are no orders, and the first of
    them.
    """

    first_at: pd.Timestamp | None
    spans: list[pd.Timestamp]
    held_from: pd.Timestamp | None
    refusal: str | None
    line_count: int
    blank_count: int
    aside_count: int
    aside: tuple[str, ...]


@dataclass(frozen=True)
class _Folded:
    """The result of a bucket, except its orders, which are written. counts: lines by week and kind."""

    weeks: set[str]
    rejected: pd.DataFrame
    counts: pd.DataFrame
    days: TradingDays | None


def import_files(
    files: Sequence[OrderFile],
    mapping: FileMapping,
    business_timezone: str,
    folder: Path,
    cutoff: datetime,
    earlier_extents: Mapping[str, tuple[str, str]],
    markets: Sequence[Market] = (),
) -> ImportFacts:
    """Write `files` to `folder`, for staged_week.py. An unreadable file is listed in the result, not raised.

    cutoff: the current minute. Orders within it wait for a later import, orders after it are refused.
    markets: for a mapping that takes zone or chain from the markets table.
    earlier_extents: the extents of earlier imports; kept for files that are unreadable now.
    """
    line_folder = folder / "lines"
    line_folder.mkdir()
    buckets = LineBuckets(line_folder, _bucket_count(sum(file.path.stat().st_size for file in files)))
    by_name = {market.name: market for market in markets}
    contents: dict[int, _FileContent] = {}
    bad_files: dict[str, str] = {}
    for index, file in enumerate(files):
        try:
            contents[index] = _write_lines(file, index, mapping, business_timezone, buckets, cutoff, by_name)
            refusal = contents[index].refusal
        except BadFile as error:
            refusal = str(error)
        if refusal is not None:
            bad_files[file.name] = refusal
            buckets.discard(index)
    first_ats = {index: content.first_at for index, content in contents.items() if content.first_at is not None}

    def fold(bucket: int) -> _Folded | None:
        lines = _placed_lines(buckets, bucket, first_ats)
        return None if lines.empty else _fold(lines, mapping, cutoff, files, business_timezone, folder, bucket)

    parts = [folded for folded in side_by_side(fold, range(buckets.count)) if folded is not None]
    rejected, counts = [part.rejected for part in parts], [part.counts for part in parts]
    known = [part.days for part in parts if part.days is not None]
    weeks = {week for part in parts for week in part.weeks}
    shutil.rmtree(line_folder)
    held_from = min((c.held_from for c in contents.values() if c.held_from is not None), default=None)
    lines_read = {
        files[index].name: content.line_count for index, content in contents.items() if content.refusal is None
    }
    readable = [content for content in contents.values() if content.refusal is None]
    if not weeks:
        bad_files |= _nothing_accepted(rejected, files)
    extents = {name: earlier_extents[name] for name in bad_files if name in earlier_extents}
    extents |= _extents_of_good_files(files, contents, bad_files, business_timezone)
    lines = _line_totals(rejected, counts, readable)
    aside = tuple(text for content in readable for text in content.aside)
    if not weeks:
        return ImportFacts(
            bad_files=bad_files, extents=extents, lines_read=lines_read, lines=lines, aside=aside, held_from=held_from
        )
    week_counts = _filed_by_week(rejected, counts, sorted(weeks), files, business_timezone, folder)
    merged = merged_days(known)
    last_at = merged.days["last_at"].max().to_pydatetime()
    coverage = tuple(covered_periods(merged))
    return ImportFacts(week_counts, coverage, bad_files, extents, lines_read, lines, aside, last_at, held_from)


def _fold(
    lines: pd.DataFrame,
    mapping: FileMapping,
    cutoff: datetime,
    files: Sequence[OrderFile],
    business_timezone: str,
    folder: Path,
    bucket: int,
) -> _Folded:
    """The orders of one bucket's lines, written by week, and what was refused."""
    folded = fold_orders(lines, mapping, cutoff)
    return _Folded(
        _write_orders(folded.orders, files, business_timezone, folder, bucket),
        folded.rejected,
        _summed_by_week(folded.counts, business_timezone),
        trading_days(folded.orders) if len(folded.orders) else None,
    )


def _extents_of_good_files(
    files: Sequence[OrderFile], contents: Mapping[int, _FileContent], bad_files: Mapping[str, str], timezone: str
) -> dict[str, tuple[str, str]]:
    return {
        files[index].name: _extent(content.spans, timezone)
        for index, content in contents.items()
        if content.spans and files[index].name not in bad_files
    }


def _bucket_count(byte_count: int) -> int:
    """A power of two, so that it rarely changes: with it the parts of all weeks change, and so their fingerprints."""
    return min(1 << (byte_count // BUCKET_BYTES).bit_length(), MOST_BUCKETS)


def week_keys(at: pd.Series, timezone: str) -> np.ndarray:
    """The key of the match week of each instant, as MatchWeek.containing gives it; empty text for a missing one."""
    local = at.dt.tz_convert(ZoneInfo(timezone)).dt.tz_localize(None) - pd.Timedelta(hours=WEEK_STARTS_AT.hour)
    day = local.dt.normalize()
    tuesday = day - pd.to_timedelta((day.dt.day_of_week - WEEK_STARTS_ON) % 7, unit="D")
    codes, distinct = pd.factorize(tuesday)
    return np.array([*(moment.date().isoformat() for moment in distinct), ""], dtype=object)[codes]


# --- pass one: lines to buckets --------------------------------------------------------------------------------------


def _parquet_options(schema: pa.Schema) -> dict[str, Any]:
    """Options for fast temporary files; order ids don't repeat, so a dictionary of them would only cost time."""
    return {"compression": "lz4", "use_dictionary": [name for name in schema.names if name != "order_id"]}


def _write_lines(
    file: OrderFile,
    index: int,
    mapping: FileMapping,
    zone: str,
    buckets: LineBuckets,
    cutoff: datetime,
    markets: Mapping[str, Market],
) -> _FileContent:
    def typed(batches: Iterator[TextBatch]) -> Iterator[tuple[TextBatch, pd.DataFrame]]:
        for batch in batches:
            yield batch, read_lines(batch, mapping, file.name, index, zone, cutoff + MINUTE, markets)

    spans, held, last_at, first_at, first_reason, line_count, blank_count = [], [], None, None, None, 0, 0
    aside_count, aside = 0, list[str]()
    with buckets.writer(index) as writer:
        for batch, lines in ahead(typed(ahead(read_batches(file.path, mapping)))):  # reads, types and writes at once
            line_count += len(batch.lines)
            blank_count += batch.blank_count
            aside_count += len(batch.aside)
            named = ((n, why) for n, why in batch.aside.items() if why != ANOTHER_KIND)
            aside += [f"{file.name} line {n}: {why}" for n, why in islice(named, MOST_ASIDE - len(aside))]
            if batch.lines.empty:
                continue
            is_refused, at = lines["problem_column"].notna(), lines["ordered_at"]
            good_at = at[~is_refused & ~lines["is_excluded"]]
            lines["placed_at"] = _placed(at, good_at, last_at)
            spans += _span(at[~is_refused & (at < cutoff)])
            held += _span(at[~lines["is_excluded"] & (at >= cutoff)])
            if len(good_at):
                first_at, last_at = good_at.iloc[0] if first_at is None else first_at, good_at.iloc[-1]
            if first_reason is None and bool(is_refused.any()):
                first = lines[is_refused].iloc[0]
                first_reason = f"line {first['line_number']}: {first['problem_reason']}"
            writer.add(lines)
    refusal = None
    if first_at is None and first_reason is not None:
        refusal = (
            f"{file.name}: none of its {line_count} lines can be accepted; {first_reason}; "
            f"check the mapping {mapping.origin} or the export"
        )
    line_count += blank_count + aside_count
    return _FileContent(
        first_at, spans, min(held, default=None), refusal, line_count, blank_count, aside_count, tuple(aside)
    )


def _span(times: pd.Series) -> list[pd.Timestamp]:
    return [times.min(), times.max()] if len(times) else []


def _extent(spans: list[pd.Timestamp], timezone: str) -> tuple[str, str]:
    first, last = (MatchWeek.containing(at.to_pydatetime(), timezone).key for at in (min(spans), max(spans)))
    return first, last


def _placed(at: pd.Series, good_at: pd.Series, last_at: pd.Timestamp | None) -> pd.Series:
    """The times of lines; one without a readable time takes that of the nearest earlier usable line."""
    if at.notna().all():
        return at
    nearest = good_at.reindex(at.index).ffill()
    if last_at is not None:
        nearest = nearest.fillna(last_at)
    return at.fillna(nearest)


# --- pass two: buckets to weeks --------------------------------------------------------------------------------------


def _placed_lines(buckets: LineBuckets, bucket: int, first_ats: dict[int, pd.Timestamp]) -> pd.DataFrame:
    lines = buckets.lines(bucket)
    if lines.empty:
        return lines
    unplaced = lines["placed_at"].isna()
    lines.loc[unplaced, "placed_at"] = lines.loc[unplaced, "file_index"].map(first_ats).astype(lines["placed_at"].dtype)
    return lines


def _write_orders(
    orders: pd.DataFrame, files: Sequence[OrderFile], timezone: str, folder: Path, bucket: int
) -> set[str]:
    names = {index: file.name for index, file in enumerate(files)}
    staged = orders.assign(origin=orders["file_index"].map(names).astype("str")).drop(
        columns=["file_index", "line_count", "dst_note", "zone"]
    )
    table = pa.Table.from_pandas(staged, preserve_index=False)
    keys = week_keys(orders["ordered_at"], timezone).astype(str)
    starts = np.flatnonzero(np.r_[True, keys[1:] != keys[:-1]]) if len(keys) else []  # orders are in order of time
    for start, end in itertools.pairwise([*starts, len(keys)]):
        (folder / keys[start]).mkdir(exist_ok=True)
        part = table.slice(start, end - start)
        pq.write_table(part, folder / keys[start] / f"orders-{bucket:06d}.parquet", **_parquet_options(part.schema))
    return set(keys[starts].tolist()) if len(keys) else set()


def _summed_by_week(counts: pd.DataFrame, timezone: str) -> pd.DataFrame:
    """One row per week and kind, because there may be millions of orders. at: an instant in the week."""
    weeks = pd.Series(week_keys(counts["at"].astype("datetime64[us, UTC]"), timezone), index=counts.index, name="week")
    summed = counts.groupby([weeks, "kind"], as_index=False, dropna=False).agg(at=("at", "min"), count=("count", "sum"))
    return summed[["at", "kind", "count"]]


def _filed_by_week(
    rejected: list[pd.DataFrame],
    counts: list[pd.DataFrame],
    weeks: list[str],
    files: Sequence[OrderFile],
    timezone: str,
    folder: Path,
) -> dict[str, dict[str, int]]:
    """Write each week's rejects; count lines per week. Lines outside all weeks with orders go to the week before."""
    rows = pd.concat(rejected, ignore_index=True)
    rows["week"] = _nearest_week(rows["at"], weeks, timezone)
    is_of_no_week = ~np.isin(week_keys(rows["at"].astype("datetime64[us, UTC]"), timezone).astype(str), weeks)
    rows["check"] = rows["check"].mask(is_of_no_week, OF_NO_WEEK + rows["check"])  # reported, but not counted there
    rows["origin"] = rows["file_index"].map({index: file.name for index, file in enumerate(files)}).astype("str")
    for key, part in rows.groupby("week"):
        part.drop(columns=["week", "at", "file_index"]).to_parquet(folder / str(key) / "rejected.parquet", index=False)
    counted = pd.concat([*counts, rows[["at"]].assign(kind=REJECTED, count=1)], ignore_index=True)
    counted["week"] = _nearest_week(counted["at"], weeks, timezone)
    sums = counted.groupby(["week", "kind"])["count"].sum().unstack(fill_value=0)
    return {str(week): {str(kind): int(n) for kind, n in row.items()} for week, row in sums.iterrows()}


def _line_totals(
    rejected: list[pd.DataFrame], counts: list[pd.DataFrame], readable: Sequence[_FileContent]
) -> dict[str, int]:
    """The lines of the readable files, counted by kind."""
    totals: dict[str, int] = dict.fromkeys(LINE_KINDS, 0)
    totals[BLANK] = sum(content.blank_count for content in readable)
    totals[NO_ORDER] = sum(content.aside_count for content in readable)
    totals[REJECTED] = sum(map(len, rejected))
    for rows in counts:
        for kind, count in rows.groupby("kind")["count"].sum().items():
            if kind in totals:
                totals[str(kind)] += int(count)
    return totals


def _nearest_week(at: pd.Series, weeks: list[str], timezone: str) -> np.ndarray:
    """The latest of `weeks` that is not after the instant's own week; otherwise the first."""
    keys = week_keys(at.astype("datetime64[us, UTC]"), timezone).astype(str)
    positions = np.searchsorted(np.array(weeks), keys, side="right") - 1
    return np.array(weeks, dtype=object)[np.maximum(positions, 0)]


def _nothing_accepted(rejected: list[pd.DataFrame], files: Sequence[OrderFile]) -> dict[str, str]:
    """Errors of the files if single lines were usable, but no order was accepted."""
    errors = {}
    for rows in rejected:
        for index, part in rows.sort_values("line_number").groupby("file_index"):
            name = files[int(index)].name
            first = f"line {part['line_number'].iloc[0]}: {part['reason'].iloc[0]}"
            errors.setdefault(name, f"{name}: none of its orders can be accepted; {first}; correct the export")
    return errors
