"""Finds the formats in which a column can be read as times. Choosing the column does not belong here."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import cache
from itertools import product

import pandas as pd

from pizza_assets.sources.orders.file_mapping import EPOCH_MILLISECONDS, EPOCH_SECONDS, EXCEL_SERIAL
from pizza_assets.sources.orders.file_times import read_instants

_PROBED = 200
ENOUGH = 0.9
"""The share of a column's texts that a format must read."""

_NUMERIC_DATES = (
    "%d/%m/%Y", "%m/%d/%Y", "%d.%m.%Y", "%d-%m-%Y", "%m-%d-%Y", "%d/%m/%y", "%m/%d/%y", "%d.%m.%y",
    "%Y/%m/%d", "%Y.%m.%d", "%Y%m%d",
)  # fmt: skip
_WEEKDAYS = ("%a ", "%A ", "%a, ", "%A, ")
_NAMED_DATES = ("%d %b %Y", "%d %B %Y", "%b %d, %Y", "%B %d, %Y", "%b %d %Y", "%B %d %Y", "%d-%b-%Y", "%d-%b-%y")
_TIMES = ("%H:%M", "%H:%M:%S", "%H:%M:%S.%f", "%I:%M %p", "%I:%M:%S %p", "%I:%M%p")
_TIMES_AFTER_DATES = ("%H.%M", "%H%M")
"""Only after a date: alone they would read prices and numbers as times."""
_BETWEEN = (" ", "T", ", ", "  ")
_OFFSETS = ("", "%z", " %z", " %Z")
_NUMBERS = {EPOCH_SECONDS: r"1\d{9}(\.\d+)?", EPOCH_MILLISECONDS: r"1\d{12}", EXCEL_SERIAL: r"[34]\d{4}\.\d+"}
"""Times written as numbers between 2001 and 2033; only columns called a time are read so."""
_ISO_DATES = ("%Y-%m-%d",)
"""Needs no format, unless it is followed by a time that is not ISO 8601."""

DAY_FIRST, MONTH_FIRST = "day", "month"


@dataclass(frozen=True)
class TimeReading:
    """A way to read a column. part: timestamp, date or time, as in the mapping. format: None is ISO 8601. share: of the
    texts that it can read.
    """

    part: str
    format: str | None
    share: float
    has_offset: bool = False

    @property
    def date_order(self) -> str | None:
        """Whether a numeric date has its day or its month first; None if it is unambiguous."""
        if self.format is None:
            return None
        if re.search(r"%d[/.-]%m", self.format):
            return DAY_FIRST
        return MONTH_FIRST if re.search(r"%m[/.-]%d", self.format) else None

    @property
    def words(self) -> str:
        """The format in words."""
        return "ISO 8601" if self.format is None else self.format


_ISO = tuple(TimeReading(part, None, 0.0) for part in ("timestamp", "date", "time"))


def time_readings(texts: pd.Series) -> list[TimeReading]:
    """All ways to read most of the filled `texts` as one kind of time, the best first; empty if they are not times."""
    filled = texts[texts != ""]
    if filled.empty or not filled.iloc[:_PROBED].str.contains(r"\d", regex=True).mean() >= ENOUGH:
        return []
    shapes = {_shape(text) for text in filled.iloc[:_PROBED]}
    likely = [candidate for shape in sorted(shapes) for candidate in _candidates_by_shape().get(shape, ())]
    found = [
        reading
        for candidate in dict.fromkeys([*_ISO, *likely])
        if (reading := _measured(candidate, filled)) is not None
    ]
    best = max((reading.share for reading in found), default=0.0)
    return sorted((r for r in found if r.share >= ENOUGH * best), key=lambda r: -r.share)


def number_readings(texts: pd.Series) -> list[TimeReading]:
    """How the filled `texts` of a column that is called a time can be read as numbers."""
    filled = texts[texts != ""]
    shares = {name: float(filled.str.fullmatch(form).mean()) for name, form in _NUMBERS.items()} if len(filled) else {}
    return [
        TimeReading("timestamp", name, share, has_offset=name != EXCEL_SERIAL)
        for name, share in shares.items()
        if share >= ENOUGH
    ]


def zone_names_in(texts: pd.Series) -> list[str]:
    """The last words of times, for a format that ends in a zone name."""
    return sorted(texts[texts != ""].str.extract(r"\s(\S+)$")[0].dropna().unique())


def is_ambiguous(readings: list[TimeReading]) -> bool:
    """Whether the texts can be read equally well with the day or the month first."""
    best = [reading for reading in readings if reading.share == readings[0].share]
    return {DAY_FIRST, MONTH_FIRST} <= {reading.date_order for reading in best}


def _measured(candidate: TimeReading, filled: pd.Series) -> TimeReading | None:
    """The candidate with the share of texts that it reads, if that is most of them."""
    if _share_read(candidate, filled.iloc[:_PROBED]) == 0:
        return None
    share = _share_read(candidate, filled)
    if share < ENOUGH:
        return None
    return replace(candidate, share=share, has_offset=_has_offset(candidate, filled))


@cache
def _candidates_by_shape() -> dict[str, list[TimeReading]]:
    """The candidates for each shape of text: a table, because there are more than a thousand formats."""
    example = datetime(2015, 12, 31, 22, 59, 58, tzinfo=UTC)  # %Z writes UTC, which has the shape of any zone name
    by_shape: dict[str, list[TimeReading]] = {}
    for candidate in _candidates():
        shape = _shape(example.strftime(candidate.format or ""))
        by_shape.setdefault(shape, []).append(candidate)
        if "%z" in (candidate.format or ""):
            for written in ("+01:00", "Z"):
                shape = _shape(example.strftime((candidate.format or "").replace("%z", written)))
                by_shape.setdefault(shape, []).append(candidate)
    return by_shape


def _shape(text: str) -> str:
    """The text with each run of digits as 9 and each run of letters as a."""
    plain = text.replace("\u202f", " ").replace("\xa0", " ")
    return re.sub(r"\d+", "9", re.sub(r"[^\W\d_]+", "a", plain))


def _candidates() -> Iterator[TimeReading]:
    dates = (*_NUMERIC_DATES, *_NAMED_DATES, *(day + date for day in _WEEKDAYS for date in _NAMED_DATES))
    clocks = (*_TIMES, *_TIMES_AFTER_DATES)
    for day, between, clock, offset in product((*dates, *_ISO_DATES), _BETWEEN, clocks, _OFFSETS):
        yield TimeReading("timestamp", f"{day}{between}{clock}{offset}", 0.0)
    for clock, between, day in product(_TIMES, _BETWEEN, (*dates, *_ISO_DATES)):
        yield TimeReading("timestamp", f"{clock}{between}{day}", 0.0)
    for day in dates:
        yield TimeReading("date", day, 0.0)
    for clock in _TIMES:
        yield TimeReading("time", clock, 0.0)


def _share_read(reading: TimeReading, texts: pd.Series) -> float:
    """The share of texts that the importer can read; a date or time alone is completed with a fixed other half."""
    columns = {reading.part: texts}
    if reading.part == "date":
        columns["time"] = pd.Series("12:00", index=texts.index, dtype="str")
    if reading.part == "time":
        columns["date"] = pd.Series("2000-01-01", index=texts.index, dtype="str")
    formats = {} if reading.format is None else {reading.part: reading.format}
    return float(read_instants(columns, formats, "UTC", zone_names=_any_zone(texts, reading)).at.notna().mean())


def _any_zone(texts: pd.Series, reading: TimeReading) -> dict[str, str]:
    """A zone for every zone name in the texts: whether it is known does not decide the format."""
    if reading.format is None or not reading.format.endswith(" %Z"):
        return {}
    return {name: "UTC" for name in zone_names_in(texts) if name.isalpha() and name.casefold() not in ("am", "pm")}


def _has_offset(reading: TimeReading, texts: pd.Series) -> bool:
    """Whether every readable time has an offset."""
    if reading.part != "timestamp":
        return False
    if reading.format is not None and reading.format.endswith(" %Z"):
        return True
    formats = {} if reading.format is None else {"timestamp": reading.format}
    instants = read_instants({"timestamp": texts}, formats, "UTC")
    return not bool(instants.is_naive.any())
