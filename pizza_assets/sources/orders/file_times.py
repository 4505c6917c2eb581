"""Parses the times of exports into UTC instants. The mapping of columns does not belong here.

Rules: without a format only ISO 8601 is read. A time with an offset is taken as it is. A naive time is read in its
zone; one that does not exist (clocks went forward) is moved forward by the gap, one that exists twice (clocks went
back) is taken as the first; both are marked so that they can be counted.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from types import MappingProxyType

import numpy as np
import pandas as pd
import pyarrow as pa

from pizza_assets.sources.orders.file_mapping import EPOCH_SECONDS, EXCEL_SERIAL, NUMBER_FORMATS
from pizza_assets.sources.orders.zone_names import ALWAYS_KNOWN, zone_or_none

_ISO_OFFSET = r"(?:Z|[+-]\d{2}(?::?\d{2})?)"
_ISO_DATE = r"\d{4}-\d{2}-\d{2}"
_ISO_TIME = r"\d{2}:\d{2}(?::\d{2}(?:\.\d{1,9})?)?"

_AWARE, _NAIVE = pa.timestamp("us", tz="UTC"), pa.timestamp("us")

_ZONE_NAME = " %Z"
_PART = re.compile(r"(%.)|([^%]+)")
_WIDTHS = {"%Y": 4, "%m": 2, "%d": 2, "%H": 2, "%M": 2, "%S": 2}
_EXCEL_EPOCH = pd.Timestamp("1899-12-30")
_MOST_EXCEL_DAYS = 200_000
_MOST_EPOCH = {"s": 1e10, "ms": 1e13}
"""Larger numbers are no times."""

EXACT, MOVED_OUT_OF_GAP, FIRST_OF_TWO = 0, 1, 2


@dataclass(frozen=True)
class Instants:
    """at: UTC, missing where the text is unreadable or its zone unknown. is_naive: the text has no offset.
    dst_note: EXACT, MOVED_OUT_OF_GAP or FIRST_OF_TWO, per row.
    """

    at: pd.Series
    is_naive: pd.Series
    dst_note: np.ndarray


def read_instants(
    texts: Mapping[str, pd.Series],
    formats: Mapping[str, str],
    zones: pd.Series | str | None,
    iso_columns: frozenset[str] = frozenset(),
    business_day_ends: pd.Timedelta | None = None,
    zone_names: Mapping[str, str] = MappingProxyType({}),
) -> Instants:
    """Instants of `texts` (`timestamp`, or `date` and `time`).

    zones: one zone for all rows, one per row, or None; naive times without a (known) zone stay missing.
    iso_columns: columns in ISO 8601 whatever `formats` says.
    business_day_ends: given if `date` is a business day; times of day before it lie on the next calendar day.
    zone_names: what the zone names in texts mean, for a format that ends in %Z.
    """
    texts = {name: _with_plain_spaces(column) for name, column in texts.items()}
    given = {name: formats[name] for name in formats if name not in iso_columns}
    has_own_zone = False
    if "timestamp" in texts:
        written, time_format = texts["timestamp"], given.get("timestamp")
        if time_format is not None and time_format.endswith(_ZONE_NAME):
            has_own_zone = True
            parts = written.str.extract(r"^(.*\S)\s+(\S+)$")
            written, time_format = parts[0].fillna(""), time_format.removesuffix(_ZONE_NAME)
            zones = parts[1].fillna("").map({**ALWAYS_KNOWN, **zone_names}).fillna("")
        aware, wall = _timestamps(written, time_format)
    else:
        clock = _times_of_day(texts["time"], given.get("time"))
        wall = _dates(texts["date"], given.get("date")) + clock
        if business_day_ends is not None:
            wall = wall.where(~(clock < business_day_ends), wall + pd.Timedelta(days=1))
        aware = pd.Series(pd.NaT, index=wall.index, dtype="datetime64[us, UTC]")
    is_naive = wall.notna()
    at, dst_note = aware.copy(), np.zeros(len(wall), dtype=np.int8)
    for zone, rows in _rows_by_zone(zones, is_naive):
        at.loc[rows], dst_note[rows] = localised(wall[rows], zone)
    return Instants(at, is_naive & (not has_own_zone), dst_note)


def _with_plain_spaces(texts: pd.Series) -> pd.Series:
    """The texts with the narrow and fixed spaces that some systems write before AM and PM as plain ones."""
    return texts.str.replace("\u202f", " ", regex=False).str.replace("\xa0", " ", regex=False)


def _rows_by_zone(zones: pd.Series | str | None, is_naive: pd.Series) -> list[tuple[tzinfo, np.ndarray]]:
    if zones is None or not is_naive.any():
        return []
    names = pd.Series(zones, index=is_naive.index, dtype="str")
    known = {name: zone for name in names[is_naive].unique() if (zone := zone_or_none(name)) is not None}
    return [(zone, (is_naive & (names == name)).to_numpy()) for name, zone in known.items()]


def localised(wall: pd.Series, zone: tzinfo) -> tuple[pd.Series, np.ndarray]:
    """Instants of naive `wall` times in `zone`, and the note on each."""
    at = wall.dt.tz_localize(zone, ambiguous="NaT", nonexistent="NaT").dt.tz_convert("UTC")
    notes = np.zeros(len(wall), dtype=np.int8)
    changed = (at.isna() & wall.notna()).to_numpy()
    if changed.any():  # at most an hour or two in a year, so one by one, by the rules of PEP 495
        distinct = {moment: _first_instant(moment.to_pydatetime(), zone) for moment in wall[changed].unique()}
        at.loc[changed] = wall[changed].map({moment: pd.Timestamp(at) for moment, (at, _) in distinct.items()})
        notes[changed] = wall[changed].map({moment: note for moment, (_, note) in distinct.items()})
    return at, notes


def _first_instant(wall: datetime, zone: tzinfo) -> tuple[datetime, int]:
    """With fold 0 a repeated time is its first occurrence, and a missing one is read with the offset before the gap."""
    at = wall.replace(tzinfo=zone, fold=0).astimezone(UTC)
    is_real = at.astimezone(zone).replace(tzinfo=None) == wall
    return at, FIRST_OF_TWO if is_real else MOVED_OUT_OF_GAP


def _microseconds(times: pd.Series) -> pd.Series:
    return times.dt.as_unit("us")


def _timestamps(texts: pd.Series, time_format: str | None) -> tuple[pd.Series, pd.Series]:
    """(aware instants, naive wall times); each row is missing in at least one of them."""
    if time_format is None:
        is_iso = texts.str.fullmatch(f"{_ISO_DATE}[T ]{_ISO_TIME} ?{_ISO_OFFSET}?")
        if is_iso.all():
            alike = _timestamps_written_alike(texts)
            if alike is not None:
                return alike
        has_offset = is_iso & texts.str.contains(f"\\d ?{_ISO_OFFSET}$", regex=True)
        aware = pd.to_datetime(texts.where(has_offset), format="ISO8601", errors="coerce", utc=True)
        wall = pd.to_datetime(texts.where(is_iso & ~has_offset), format="ISO8601", errors="coerce")
    elif time_format in NUMBER_FORMATS:
        return _times_as_numbers(texts, time_format)
    elif "%z" in time_format:
        aware = pd.to_datetime(texts, format=time_format, errors="coerce", utc=True)
        wall = pd.Series(pd.NaT, index=texts.index, dtype="datetime64[us]")
    else:
        aware = pd.Series(pd.NaT, index=texts.index, dtype="datetime64[us, UTC]")
        wall = _times_of_one_width(texts, time_format)
        if wall is None:
            wall = pd.to_datetime(texts, format=time_format, errors="coerce")
    return _microseconds(aware), _microseconds(wall)


def _times_of_one_width(texts: pd.Series, time_format: str) -> pd.Series | None:
    """The times of texts that are all written with two digits for each part, and four for the year; otherwise None.

    Most exports are like that, and reading the digits takes a twentieth of the time.
    """
    parts = _PART.findall(time_format)
    width = sum(_WIDTHS.get(directive, len(literal)) for directive, literal in parts)
    array = pa.array(texts)
    if not {"%d", "%m", "%Y"} <= {directive for directive, _ in parts} <= {"", *_WIDTHS} or not len(array):
        return None
    array = pa.concat_arrays(array.chunks) if isinstance(array, pa.ChunkedArray) else array
    _, ends, letters = array.buffers()
    offsets = np.frombuffer(ends, np.int64 if pa.types.is_large_string(array.type) else np.int32)
    offsets = offsets[array.offset : array.offset + len(array) + 1]
    if (np.diff(offsets) != width).any() or letters is None:
        return None
    table = np.frombuffer(letters, np.uint8)[offsets[0] : offsets[-1]].reshape(len(array), width)
    values, start = dict.fromkeys(_WIDTHS, np.zeros(len(array), np.int64)), 0
    for directive, literal in parts:
        columns = table[:, start : start + _WIDTHS.get(directive, len(literal))]
        start += columns.shape[1]
        if literal and (columns != np.frombuffer(literal.encode(), np.uint8)).any():
            return None
        if directive:
            digits = columns.astype(np.int64) - ord("0")
            if ((digits < 0) | (digits > 9)).any():
                return None
            values[directive] = digits @ 10 ** np.arange(digits.shape[1] - 1, -1, -1)
    return _valid_times(values, texts.index)


def _valid_times(values: dict[str, np.ndarray], index: pd.Index) -> pd.Series | None:
    """The times with these parts; None if one of them does not exist."""
    year, month, day = values["%Y"], values["%m"], values["%d"]
    months = ((year - 1970) * 12 + month - 1).astype("datetime64[M]")
    days = months.astype("datetime64[D]") + (day - 1)
    clock = values["%H"] * 3600 + values["%M"] * 60 + values["%S"]
    is_date = (year > 0) & (month >= 1) & (month <= 12) & (day >= 1) & (days.astype("datetime64[M]") == months)
    if not (is_date & (values["%H"] < 24) & (values["%M"] < 60) & (values["%S"] < 60)).all():
        return None
    return pd.Series(days.astype("datetime64[us]") + clock.astype("timedelta64[s]"), index=index)


def _times_as_numbers(texts: pd.Series, time_format: str) -> tuple[pd.Series, pd.Series]:
    """Seconds or milliseconds since 1970 in UTC; or days since the end of 1899 by the local clock, to the second."""
    numbers = pd.to_numeric(texts.where(texts.str.fullmatch(r"\d+(\.\d+)?")), errors="coerce").astype("float64")
    nothing = pd.Series(pd.NaT, index=texts.index, dtype="datetime64[us]")
    if time_format == EXCEL_SERIAL:
        seconds = (numbers.where(numbers < _MOST_EXCEL_DAYS) * 86_400).round()
        wall = _EXCEL_EPOCH + pd.to_timedelta(seconds, unit="s")
        return nothing.dt.tz_localize("UTC"), _microseconds(wall)
    unit = "s" if time_format == EPOCH_SECONDS else "ms"
    at = pd.to_datetime(numbers.where(numbers < _MOST_EPOCH[unit]), unit=unit, errors="coerce", utc=True)
    return _microseconds(at), nothing


def _timestamps_written_alike(texts: pd.Series) -> tuple[pd.Series, pd.Series] | None:
    """As `_timestamps`, of ISO texts that all have an offset, or all have none; None if Arrow can't read all of them.

    Most exports are like that, and Arrow reads them in a tenth of the time.
    """
    written = pa.array(texts)
    for is_aware in (True, False):
        try:
            read = written.cast(_AWARE if is_aware else _NAIVE)
        except pa.ArrowInvalid:
            continue
        at = pd.Series(read.to_numpy(zero_copy_only=False), index=texts.index)  # numpy's times have no zone
        nothing = pd.Series(pd.NaT, index=texts.index, dtype="datetime64[us]")
        aware, wall = (at, nothing) if is_aware else (nothing, at)
        return aware.dt.tz_localize("UTC"), wall
    return None


def _dates(texts: pd.Series, date_format: str | None) -> pd.Series:
    alike = _times_of_one_width(texts, date_format or "%Y-%m-%d")
    if alike is not None:
        return alike
    readable = texts if date_format else texts.where(texts.str.fullmatch(_ISO_DATE))
    return _microseconds(pd.to_datetime(readable, format=date_format or "%Y-%m-%d", errors="coerce")).dt.normalize()


def _times_of_day(texts: pd.Series, time_format: str | None) -> pd.Series:
    """Time since midnight."""
    if time_format is None:
        readable = "2000-01-01T" + texts.where(texts.str.fullmatch(_ISO_TIME))
        moments = pd.to_datetime(readable, format="ISO8601", errors="coerce")
    else:
        moments = pd.to_datetime(texts, format=time_format, errors="coerce")
    moments = _microseconds(moments)
    return moments - moments.dt.normalize()
