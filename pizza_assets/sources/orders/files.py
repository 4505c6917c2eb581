"""Orders from a folder of exported files, week by week. Reading and storing them belongs to file_import."""

import hashlib
import os
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from functools import cached_property
from importlib.metadata import version
from pathlib import Path
from typing import Protocol

import pandas as pd

from pizza_assets.counted_noun import counted_noun
from pizza_assets.errors import BadFile, ConfigurationError
from pizza_assets.escaping import printable
from pizza_assets.models import RawOrders, RejectedRows
from pizza_assets.models.coverage import CoveredPeriod
from pizza_assets.models.market import Market
from pizza_assets.models.vocabulary import DataSource
from pizza_assets.models.week import MatchWeek
from pizza_assets.sources.base import SourceResult
from pizza_assets.sources.orders.file_folding import ACCEPTED
from pizza_assets.sources.orders.file_import import PARSER_VERSION, import_files
from pizza_assets.sources.orders.file_intake import PASSING
from pizza_assets.sources.orders.file_mapping import FileMapping
from pizza_assets.sources.orders.import_facts import ImportFacts
from pizza_assets.sources.orders.line_reading import OrderFile
from pizza_assets.sources.orders.text_batches import LIKE_AN_ORDER
from pizza_assets.sources.orders.week_files import WEEKS, week_frame, week_rejects, week_rows

_COUNTED = {
    "duplicate": ("duplicate line dropped", "duplicate lines dropped"),
    "replaced_versions": ("earlier version of an order replaced", "earlier versions of orders replaced"),
    "excluded": (
        "line excluded by its status, as void or as paid back",
        "lines excluded by their status, as void or as paid back",
    ),
    "refund": ("refund taken from its order", "refunds taken from their orders"),
    "dropped_refunds": (
        "refund dropped, because a later file by name has its order at the same time without it",
        "refunds dropped, because a later file by name has their order at the same time without them",
    ),
    "lone_refund": ("refund of an unknown order", "refunds of unknown orders"),
    "moved_out_of_gap": (
        "order at a time that did not exist (clocks went forward) moved forward by the gap",
        "orders at a time that did not exist (clocks went forward) moved forward by the gap",
    ),
    "first_of_two": (
        "order at a time that existed twice (clocks went back) taken as the first",
        "orders at a time that existed twice (clocks went back) taken as the first",
    ),
}
_MOST_KINDS = 5


def count_texts(counts: Mapping[str, int]) -> list[str]:
    """What ImportFacts.weeks says of a week, in words."""
    return [counted_noun(counts[kind], *nouns) for kind, nouns in _COUNTED.items() if counts.get(kind)]


def _other_lines_texts(others: Mapping[str, int]) -> list[str]:
    """What ImportFacts.others says of a week, in words."""
    texts = []
    if others.get(LIKE_AN_ORDER):
        one = "line below the end of the table looks like an order, but is not read"
        many = "lines below the end of the table look like orders, but are not read"
        texts.append(counted_noun(others[LIKE_AN_ORDER], one, many))
    kinds = sorted(((count, kind) for kind, count in others.items() if kind != LIKE_AN_ORDER), reverse=True)
    if kinds:
        named = ", ".join(f"{kind!r} {count}" for count, kind in kinds[:_MOST_KINDS])
        more = f" and {len(kinds) - _MOST_KINDS} more" if len(kinds) > _MOST_KINDS else ""
        count = sum(count for count, _ in kinds)
        lines = counted_noun(count, "line of a kind that is not an order", "lines of kinds that are not orders")
        texts.append(f"{lines} left out: {named}{more}")
    return texts


class Inbox(Protocol):
    """A remote place for exports, such as a prefix of a bucket."""

    @property
    def name(self) -> str:
        """Its name in messages."""
        ...

    def listing(self, pattern: str) -> dict[str, str]:
        """The files that match the pattern: a text by name that changes when the file does."""
        ...

    def fetch(self, pattern: str) -> Path:
        """A folder with copies of the current files, or the copy of a single file."""
        ...


def _shown(name: str) -> str:
    """A file's name with what is no printable UTF-8 in it escaped: it stands in messages and stored tables."""
    return printable(name).replace("\n", r"\n").replace("\t", r"\t")


def _matching(folder: Path, pattern: str) -> list[Path]:
    """The files that match; none in a folder that vanishes meanwhile."""
    try:
        return [path for path in folder.glob(pattern) if path.is_file()]
    except (FileNotFoundError, NotADirectoryError):
        return []


def _stat(path: Path) -> os.stat_result | None:
    """None for a file that was just removed."""
    try:
        return path.stat()
    except (FileNotFoundError, NotADirectoryError):
        return None


class OrderFiles:
    """The OrderSource of exported files, each of which is parsed once per content and mapping, when first needed.

    The minute of the first use is the cut-off of all answers: orders within it wait for the next OrderFiles, later
    ones are refused as future. So answers are consistent however long a run takes.

    cache: the folder on this machine for what was read; each export has a folder of its own in it.
    business_timezone: the zone of the match weeks, and of the business day if the mapping has no zone.
    markets: for a mapping that takes zone or chain from the markets table. An inbox is fetched once, when first needed.
    """

    name = "files"
    is_remote = False

    def __init__(
        self,
        place: str | Path | Inbox,
        mapping: FileMapping,
        cache: Path,
        business_timezone: str,
        now: Callable[[], datetime],
        markets: Sequence[Market] = (),
    ) -> None:
        self.markets = tuple(markets)
        self.mapping, self._cache = mapping, cache
        self._place = Path(place) if isinstance(place, str) else place
        self.business_timezone, self.now = business_timezone, now

    @property
    def label(self) -> DataSource:
        return self.mapping.label

    def orders(self, week: MatchWeek, *, may_stream: bool = False) -> SourceResult:
        """The week's orders, under the mapping's label; with `may_stream`, a large week is returned as a stream.

        Raises BadFile if an unreadable file is known from earlier to have orders around the week, or if no readable
        file covers the week and an unreadable one may.
        """
        if week.timezone != self.business_timezone:
            raise ValueError(f"week {week} is not in the zone of this source, {self.business_timezone}")
        why = self.refusal(week)
        if why is not None:
            raise BadFile(why)
        covered = self._covered(week)
        if not covered and self.facts.bad_files:
            raise BadFile(
                f"week {week.key} is in no readable file, but may be in one of these; correct or remove them:\n"
                + self._bad_files_text("\n")
            )
        rows_of = week_rows if may_stream else week_frame
        return SourceResult(
            rows=rows_of(self._week_files(week), self.mapping.label),
            data_source=self.mapping.label,
            source_name=self.name,
            is_covered=bool(covered),
            covered=covered,
            reason=self._reason(week, bool(covered)),
            rejected=self.rejected(week),
            is_partial=bool(covered) and bool(self._bad_files_of(week)),
            lacks_only_new=True,  # a file that had orders of the week when it was readable refuses the week above
        )

    def rejected(self, week: MatchWeek) -> pd.DataFrame:
        """The rows refused in the week, as RejectedRows."""
        return week_rejects(self._week_files(week))

    def failure(self, _week: MatchWeek) -> None:
        """None: mock orders never replace files."""

    def identity(self, week: MatchWeek) -> str | None:
        """A fingerprint of the week's orders, without reading them; None if it is not covered.

        A new export changes the fingerprints of only those weeks for which it has something new.
        """
        covered = self._covered(week)
        if not covered and not self.facts.bad_files:
            return None
        digest = hashlib.sha256(f"{PARSER_VERSION} {self.mapping.label} {covered} {self._reason(week, True)}".encode())
        for name in self.facts.week_files.get(week.key, ()):  # named by their content
            digest.update(name.encode())
        return digest.hexdigest()[:32]

    def periods(self) -> tuple[MatchWeek, MatchWeek] | None:
        """The first and the last week that the files cover; None if they have no orders.

        Raises BadFile if that is because none of them can be read.
        """
        coverage = self.facts.coverage
        if coverage:
            first, last = min(p.starts_at for p in coverage), max(p.ends_at for p in coverage)
            last_minute = last - pd.Timedelta(minutes=1)
            return MatchWeek.containing(first, self.business_timezone), MatchWeek.containing(
                last_minute, self.business_timezone
            )
        if self.facts.bad_files:
            raise BadFile("no order file can be read; correct them:\n" + self._bad_files_text("\n"))
        return None

    def warnings(self) -> list[str]:
        """Problems that did not stop the run: unreadable files, or files without any order."""
        empty = [] if self.facts.coverage else [f"files {self.mapping.files} of {self._place_name} have no orders"]
        return [*self.facts.bad_files.values(), *empty]

    @cached_property
    def facts(self) -> ImportFacts:
        """What the files contain: lines by kind per week, coverage, unreadable files."""
        cutoff = self.now().replace(second=0, microsecond=0)
        return import_files(
            self._files, self.mapping, self.business_timezone, self._folder, cutoff, self._made_with, self.markets
        )

    @property
    def _made_with(self) -> str:
        """All that the lines of a file depend on beside it; versions on the first line."""
        versions = f"DuckDB {version('duckdb')}, parser {PARSER_VERSION}"
        uses_markets = self.mapping.is_zone_of_market or self.mapping.is_chain_of_market
        clocks = repr([(m.name, m.timezone, m.chain) for m in self.markets]) if uses_markets else ""
        schemas = (RawOrders.schema_version(), RejectedRows.schema_version())
        return "\n".join([versions, repr((schemas, self.business_timezone, clocks, self.mapping.text))])

    @property
    def _folder(self) -> Path:
        place = self._place.resolve() if isinstance(self._place, Path) else self._place.name
        return self._cache / hashlib.sha256(f"{place}\0{self.mapping.origin}".encode()).hexdigest()[:12]

    def _week_files(self, week: MatchWeek) -> list[Path]:
        return [self._folder / WEEKS / name for name in self.facts.week_files.get(week.key, ())]

    @cached_property
    def _path(self) -> Path:
        return self._place if isinstance(self._place, Path) else self._place.fetch(self.mapping.files)

    @property
    def _place_name(self) -> str:
        return str(self._place) if isinstance(self._place, Path) else self._place.name

    @cached_property
    def _files(self) -> list[OrderFile]:
        if self._path.is_file():
            return [OrderFile(_shown(self._path.name), self._path)]
        if not self._path.is_dir():
            raise ConfigurationError(
                f"orders path {self._place_name} does not exist; give a folder of exports or one file"
            )
        found = _matching(self._path, self.mapping.files)
        if not found:
            raise ConfigurationError(
                f"no file in {self._place_name} matches {self.mapping.files}; put exports there, or set `files` in the "
                "mapping"
            )
        files = [OrderFile(_shown(path.relative_to(self._path).as_posix()), path) for path in found]
        names = Counter(file.name for file in files)
        repeated = [name for name, count in names.items() if count > 1]
        if repeated:  # one is escaped, the other one looks so
            raise ConfigurationError(
                f"two files in {self._place_name} are both shown as {repeated[0]}; rename one of them"
            )
        return sorted(files, key=lambda file: file.name)

    def listing(self) -> dict[str, str]:
        """The current files, without reading them: a text by name that changes when the file does."""
        if not isinstance(self._place, Path):
            return self._place.listing(self.mapping.files)
        found = [self._place] if self._place.is_file() else _matching(self._place, self.mapping.files)
        stats = {path: _stat(path) for path in found}
        return {str(path): f"{stat.st_size} {stat.st_mtime_ns}" for path, stat in stats.items() if stat is not None}

    def covers(self, week: MatchWeek) -> bool:
        """Whether readable files cover a part of the week."""
        return bool(self._covered(week))

    def order_count(self, week: str) -> int:
        """The number of lines of accepted orders in the week with this key; at least the number of orders."""
        return self.facts.weeks.get(week, {}).get(ACCEPTED, 0)

    def refusal(self, week: MatchWeek) -> str | None:
        """Why the week must stay as it is stored; None if it may be replaced.

        Without a file that is unreadable now, the week's answer would be incomplete, and would replace a whole one.
        """
        missing = []
        for name, why in self.facts.bad_files.items():
            first, last = self.facts.extents.get(name, ("", ""))
            if first <= week.key <= last:
                missing.append(f"{why} (when last readable, it had the weeks {first} to {last})")
        return f"week {week.key} is partly in files that can't be read now:\n" + "\n".join(missing) if missing else None

    def _covered(self, week: MatchWeek) -> tuple[CoveredPeriod, ...]:
        clipped = (period.clipped(week.starts_at, week.ends_at) for period in self.facts.coverage)
        return tuple(period for period in clipped if period is not None)

    def _reason(self, week: MatchWeek, is_covered: bool) -> str | None:
        parts = [] if is_covered else [self._extent_text()]
        parts += count_texts(self.facts.weeks.get(week.key, {}))
        parts += _other_lines_texts(self.facts.others.get(week.key, {}))
        bad_files = self._bad_files_of(week)
        if bad_files:
            parts.append("some files can't be read and may hold more: " + " | ".join(bad_files))
        return "; ".join(parts) or None

    def _bad_files_of(self, week: MatchWeek) -> list[str]:
        """Why files can't be read that may hold orders of the week.

        A file that was readable once may hold its weeks and later ones, because exports grow at their end. One that is
        being written or renamed counts when it has been read: if it changes the week, its fingerprint changes.
        """
        found = []
        for name, why in self.facts.bad_files.items():
            first, _ = self.facts.extents.get(name, ("", ""))
            if first <= week.key and not why.endswith(PASSING):
                found.append(why)
        return found

    def _extent_text(self) -> str:
        coverage = self.facts.coverage
        if not coverage:
            return f"no order in files {self.mapping.files} of {self._place.name}"
        first, last = min(p.starts_at for p in coverage), max(p.ends_at for p in coverage)
        return f"files cover {first:%Y-%m-%d %H:%M} to {last:%Y-%m-%d %H:%M} UTC only"

    def _bad_files_text(self, separator: str) -> str:
        return separator.join(self.facts.bad_files.values())
