"""Batches of the mapped columns of an export as text, with line numbers; what the readers of all kinds of files make.

Also finds the lines that are no orders: repeated headers, totals, other sections. Parsing texts does not belong here.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from pizza_assets.errors import BadFile
from pizza_assets.sources.orders.file_mapping import FileMapping

BATCH_ROWS = 65_536
ANOTHER_KIND, REPEATED_HEADER = "another kind of line", "the header again"
NEITHER_ID_NOR_TIME, OTHER_SECTION = "neither an order id nor a time", "below the table of orders"
LIKE_AN_ORDER = "below the table of orders, but it looks like one of them"
_TOTAL = r"(?:grand |sub ?|day |week )?(?:totals?|summe|gesamt|sum|totaal|totale)\W*"
_PER_ITEM = ("quantity", "item", "category", "price", "refunded", "adjustment", "void", "kind")
"""Columns of an item line that mean nothing about the other lines of its order."""
_SUMMED = ("price", "refunded", "adjustment")
_LONGEST_KIND = 40


@dataclass(frozen=True)
class TextBatch:
    """Some lines of one file.

    lines: a str column per mapped name (empty text where the file has nothing), `order_id`, `line_number` (int64; the
        line in a text file or sheet, the record in JSON and Parquet) and `defect` (why the line could not be split
        into columns, else missing).
    iso_columns: mapped names whose texts the reader has made from typed values, in ISO 8601.
    blank_count: lines with nothing in any mapped column; they are not among `lines`.
    aside: why a line is no order, by its number; such lines are not among `lines` either.
    others: of these, the lines that may be orders after all, with their texts as in `lines`, and `why`: their kind, or
        LIKE_AN_ORDER for one below the table that has all its columns and an id.
    """

    lines: pd.DataFrame
    iso_columns: frozenset[str] = frozenset()
    blank_count: int = 0
    aside: Mapping[int, str] = field(default_factory=dict)
    others: pd.DataFrame = field(default_factory=pd.DataFrame)


def text_frame(
    texts: Mapping[str, Any], line_numbers: np.ndarray, defects: Mapping[int, str] | None = None
) -> pd.DataFrame:
    """The texts without surrounding spaces, `line_number` and `defect`, with the defective lines in their places."""
    frame = pd.DataFrame({name: _column(values).fillna("").str.strip() for name, values in texts.items()})
    frame["line_number"] = line_numbers.astype(np.int64)
    frame["defect"] = pd.Series(np.nan, index=frame.index, dtype="str")
    if defects:
        bad = pd.DataFrame({name: pd.Series([""] * len(defects), dtype="str") for name in texts})
        bad["line_number"] = np.fromiter(defects, np.int64)
        bad["defect"] = pd.Series(list(defects.values()), dtype="str")
        frame = pd.concat([frame, bad]).sort_values("line_number", kind="stable")
    return frame.reset_index(drop=True)


def _column(values: Any) -> pd.Series:
    """The texts as a column; halves of characters, which JSON can hold and nothing else can store, are escaped."""
    try:
        return pd.Series(values, dtype="str")
    except UnicodeEncodeError:
        return pd.Series([text.encode("utf-8", "backslashreplace").decode() for text in values], dtype="str")


class Batches:
    """Makes the batches of one file from its frames, in the order of its lines."""

    def __init__(self, mapping: FileMapping) -> None:
        """The mapping with the file's own spelling of every column."""
        self._mapping = mapping
        self._has_ended = False
        self._was_blank = False
        self._last: pd.DataFrame | None = None

    def batch(self, frame: pd.DataFrame, iso_columns: frozenset[str] = frozenset()) -> TextBatch:
        """A batch of the frame's lines: blank ones are counted, those that are no orders set aside."""
        names = list(self._mapping.columns)
        is_defective = frame["defect"].notna().to_numpy()
        is_blank = ~(frame[names] != "").any(axis=1).to_numpy() & ~is_defective
        why = self._why_aside(frame, is_blank, is_defective)
        is_aside = why != ""
        aside = dict(zip(frame.loc[is_aside, "line_number"], why[is_aside], strict=True))
        blank_count = int((is_blank & ~is_aside).sum())
        kept = frame[~is_aside & ~is_blank].reset_index(drop=True)
        if self._mapping.amount_on == "first_line":
            kept = self._carried_down(kept)
        return TextBatch(
            self._with_ids(kept), iso_columns, blank_count, {int(n): str(w) for n, w in aside.items()},
            self._others(frame, why, is_defective | is_blank),
        )  # fmt: skip

    def _others(self, frame: pd.DataFrame, why: np.ndarray, is_empty: np.ndarray) -> pd.DataFrame:
        """The lines set aside that may be orders, with `why`."""
        is_below, is_other = (why == OTHER_SECTION) & ~is_empty, why == ANOTHER_KIND
        if not is_below.any() and not is_other.any():
            return pd.DataFrame()
        found = self._with_ids(frame).assign(why=LIKE_AN_ORDER)
        if is_other.any():
            found.loc[is_other, "why"] = frame.loc[is_other, "kind"].str.slice(0, _LONGEST_KIND)
        if "order_id" not in found:  # of a sample: which columns identify an order is not known yet
            return found[is_other].reset_index(drop=True)
        return found[is_other | (is_below & (found["order_id"] != "").to_numpy())].reset_index(drop=True)

    def _why_aside(self, frame: pd.DataFrame, is_blank: np.ndarray, is_defective: np.ndarray) -> np.ndarray:
        why = np.full(len(frame), "", dtype=object)
        columns = self._mapping.columns
        headers = [frame[name] == header for name, header in columns.items()]
        is_header = np.logical_and.reduce(headers) if headers else np.zeros(len(frame), dtype=bool)
        if is_defective.any() or self._has_ended:
            why[self._is_below_table(is_blank, is_defective, np.asarray(is_header))] = OTHER_SECTION
        why[self._is_nothing(frame) & ~is_blank & ~is_defective] = NEITHER_ID_NOR_TIME
        if "kind" in columns:
            known = self._mapping.order_kinds | self._mapping.refund_kinds
            is_other = ~frame["kind"].str.casefold().isin(known).to_numpy(dtype=bool)
            why[is_other & ~is_blank & ~is_defective & (why == "")] = ANOTHER_KIND
        why[is_header] = REPEATED_HEADER
        return why

    def _is_below_table(self, is_blank: np.ndarray, is_defective: np.ndarray, is_header: np.ndarray) -> np.ndarray:
        """Lines from one of other width that follows a blank line, until the header comes again: another section."""
        is_below = np.zeros(len(is_blank), dtype=bool)
        for at in range(len(is_blank)):
            if is_header[at]:
                self._has_ended = False
            elif is_defective[at] and self._was_blank:
                self._has_ended = True
            is_below[at] = self._has_ended
            self._was_blank = bool(is_blank[at])
        return is_below

    def _is_nothing(self, frame: pd.DataFrame) -> np.ndarray:
        """Lines with neither an order id nor a time, such as totals and advertisements; "Total" is neither."""
        is_nothing = np.ones(len(frame), dtype=bool)
        looked_at = [name for name in ("order_id", "timestamp", "time") if name in self._mapping.columns]
        for name in looked_at:
            texts = frame[name]
            is_nothing &= ((texts == "") | texts.str.fullmatch(_TOTAL, case=False)).to_numpy(dtype=bool)
        return is_nothing & (len(looked_at) > 0) & ("timestamp" in looked_at or "time" in looked_at)

    def _carried_down(self, frame: pd.DataFrame) -> pd.DataFrame:
        """The further lines of an order with the cells of its first line, and with amounts of 0."""
        whole = frame if self._last is None else pd.concat([self._last, frame], ignore_index=True)
        order = (whole["order_id"] != whole["order_id"].shift()).cumsum()
        is_further = order.duplicated()
        for name in self._mapping.columns:
            blank = whole[name] == ""
            if name in _SUMMED:
                whole[name] = whole[name].mask(is_further & blank, "0")
            elif name not in _PER_ITEM:
                whole[name] = whole[name].mask(blank).groupby(order).ffill().fillna("")
        carried = whole.iloc[len(whole) - len(frame) :].reset_index(drop=True)
        self._last = carried.tail(1)
        return carried

    def _with_ids(self, frame: pd.DataFrame) -> pd.DataFrame:
        parts = [frame[name] for name in self._mapping.id_parts]
        if not parts:
            return frame
        joined = parts[0]
        for part in parts[1:]:
            joined = joined + "|" + part
        is_empty = np.logical_and.reduce([(part == "").to_numpy() for part in parts])
        return frame.assign(order_id=joined.mask(is_empty, ""))


def as_spelt(file: Path, present: Sequence[str], mapping: FileMapping) -> FileMapping:
    """The mapping with this file's spelling of every column."""
    if not mapping.spellings:
        return mapping
    columns = dict(mapping.columns)
    for name, spellings in mapping.spellings.items():
        found = [spelling for spelling in spellings if spelling in present]
        if len(found) > 1:
            raise BadFile(
                f"{file.name}: it has the columns {' and '.join(map(repr, found))}, all mapped as {name}; keep one of "
                f"them in the mapping {mapping.origin}"
            )
        columns[name] = found[0] if found else " or ".join(spellings)
    return replace(mapping, columns=columns)


def check_columns(file: Path, present: Sequence[str], mapping: FileMapping) -> None:
    """Raise BadFile for a mapped column that the file does not have exactly once."""
    names = list(present)
    for name, column in mapping.columns.items():
        if column not in names:
            raise BadFile(
                f"{file.name}: column {column!r} (mapped as {name}) is missing; the file has "
                f"{', '.join(map(repr, names))}. Correct the mapping {mapping.origin} or the export."
            )
        if names.count(column) > 1:
            raise BadFile(
                f"{file.name}: column {column!r} (mapped as {name}) appears {names.count(column)} times "
                "in the header; rename or remove all but one in the export."
            )
