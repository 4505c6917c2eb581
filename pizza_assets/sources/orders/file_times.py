"""Parses the times of exports into UTC instants. The mapping of columns does not belong here.

Rules: without a format only ISO 8601 is read. A time with an offset is taken as it is. A naive time is read in its
zone; one that does not exist (clocks went forward) is moved forward by the gap, one that exists twice (clocks went
back) is taken as the first; both are marked so that they can be counted.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd
import pyarrow as pa

_ISO_OFFSET = r"(?:Z|[+-]\d{2}(?::?\d{2})?)"
_ISO_DATE = r"\d{4}-\d{2}-\d{2}"
_ISO_TIME = r"\d{2}:\d{2}(?::\d{2}(?:\.\d{1,9})?)?"

_AWARE, _NAIVE = pa.timestamp("us", tz="UTC"), pa.timestamp("us")

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
) -> Instants:
    """Instants of `texts` (`timestamp`, or `date` and `time`).

    zones: one zone for all rows, one per row, or None; naive times without a (known) zone stay missing.
    iso_columns: columns in ISO 8601 whatever `formats` says.
    business_day_ends: given if `date` is a business day; times of day before it lie on the next calendar day.
    """
    given = {name: formats[name] for name in formats if name not in iso_columns}
    if "timestamp" in texts:
        aware, wall = _timestamps(texts["timestamp"], given.get("timestamp"))
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
    return Instants(at, is_naive, dst_note)


def _rows_by_zone(zones: pd.Series | str | None, is_naive: pd.Series) -> list[tuple[ZoneInfo, np.ndarray]]:
    if zones is None or not is_naive.any():
        return []
    names = pd.Series(zones, index=is_naive.index, dtype="str")
    known = {name: zone for name in names[is_naive].unique() if (zone := zone_or_none(name)) is not None}
    return [(zone, (is_naive & (names == name)).to_numpy()) for name, zone in known.items()]


def zone_or_none(name: str) -> ZoneInfo | None:
    """The zone of an IANA name, or None if there is none of that name."""
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        return None


def localised(wall: pd.Series, zone: ZoneInfo) -> tuple[pd.Series, np.ndarray]:
    """Instants of naive `wall` times in `zone`, and the note on each."""
    at = wall.dt.tz_localize(zone, ambiguous="NaT", nonexistent="NaT").dt.tz_convert("UTC")
    notes = np.zeros(len(wall), dtype=np.int8)
    changed = (at.isna() & wall.notna()).to_numpy()
    if changed.any():  # at most an hour or two in a year, so one by one, by the rules of PEP 495
        distinct = {moment: _first_instant(moment.to_pydatetime(), zone) for moment in wall[changed].unique()}
        at.loc[changed] = wall[changed].map({moment: pd.Timestamp(at) for moment, (at, _) in distinct.items()})
        notes[changed] = wall[changed].map({moment: note for moment, (_, note) in distinct.items()})
    return at, notes


def _first_instant(wall: datetime, zone: ZoneInfo) -> tuple[datetime, int]:
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
    elif "%z" in time_format:
        aware = pd.to_datetime(texts, format=time_format, errors="coerce", utc=True)
        wall = pd.Series(pd.NaT, index=texts.index, dtype="datetime64[us]")
    else:
        aware = pd.Series(pd.NaT, index=texts.index, dtype="datetime64[us, UTC]")
        wall = pd.to_datetime(texts, format=time_format, errors="coerce")
    return _microseconds(aware), _microseconds(wall)


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
