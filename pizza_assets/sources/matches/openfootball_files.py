"""Finds and reads openfootball's season files, each once, from a URL or a folder. Weeks don't belong here."""

from collections.abc import Callable
from datetime import UTC, datetime, time
from functools import cached_property
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from pizza_assets.errors import BadAnswer, ConfigurationError, NotThere, SourceError, SourceUnavailable, Unreachable
from pizza_assets.models.competitions import Competition
from pizza_assets.sources.matches.known_season import KnownSeason
from pizza_assets.sources.matches.openfootball_format import RejectedRecord, parse_competition
from pizza_assets.sources.refusal import of_no_week

REPOSITORY = "{repository}"
"""The placeholder for the name of a repository in a URL: football.json or worldcup.json."""


class OpenfootballFiles:
    """The season files below one location. Each object reads a file at most once, and remembers its failures.

    In a URL, {repository} is replaced with each competition's repository; a URL without it is used unchanged.
    """

    def __init__(self, location: str, fetch: Callable[[str], bytes]) -> None:
        self._location, self._fetch = location.rstrip("/"), fetch
        scheme = urlsplit(location).scheme
        self.is_remote = scheme in ("http", "https")
        if not location or (len(scheme) > 1 and not self.is_remote):  # one letter: a Windows drive
            raise ConfigurationError(f"openfootball location {location!r}: give an https URL or a local folder")
        if self.is_remote and set("{}") & set(location.replace(REPOSITORY, "")):
            raise ConfigurationError(
                f"openfootball location {location!r}: {REPOSITORY} is the only placeholder; correct the URL"
            )
        self._looked_up: dict[tuple[str, str], KnownSeason | SourceError] = {}
        self._network_error: Unreachable | None = None

    def season(self, competition: Competition, season: str) -> KnownSeason | SourceError:
        """The season, or why it can't be read. After one failed connection no other file is requested."""
        key = (competition.code, season)
        if key not in self._looked_up:
            try:
                self._looked_up[key] = self._read(competition, season)
            except SourceError as error:
                self._looked_up[key] = error
        return self._looked_up[key]

    def _read(self, competition: Competition, season: str) -> KnownSeason:
        origin, body = self._body(competition, season)
        parsed = parse_competition(body, origin, competition, season)
        if parsed.matches.empty:
            if parsed.rejected_records:
                reason = parsed.rejected_records[0].row["reason"]
                raise BadAnswer(f"{origin}: it has no usable match ({reason}); check the file")
            raise NotThere(f"{origin}: it lists no matches yet; wait until the fixtures are published")
        first, last = parsed.matches["kickoff_at"].min(), parsed.matches["kickoff_at"].max()
        rejected = tuple(_reported(record, competition, first, last) for record in parsed.rejected_records)
        return KnownSeason(origin, parsed.matches, parsed.events, first, last, rejected)

    def _body(self, competition: Competition, season: str) -> tuple[str, bytes]:
        if not self.is_remote:
            file = self._local_file(competition.code, season)
            try:
                return str(file), file.read_bytes()
            except OSError as error:
                raise SourceUnavailable(f"{file}: can't be read ({error.strerror}); check its permissions") from error
        url = f"{self._location.replace(REPOSITORY, competition.repository)}/{season}/{competition.code}.json"
        if self._network_error is not None:
            raise self._network_error
        try:
            return url, self._fetch(url)
        except Unreachable as error:
            self._network_error = error
            raise

    def _local_file(self, code: str, season: str) -> Path:
        """The file `{season}/{code}.json`, or `{season}.{code}.json` anywhere below the folder."""
        file = Path(self._location) / season / f"{code}.json"
        if file.is_file():
            return file
        name = f"{season}.{code}.json"
        found = self._files_below.get(name, [])
        if len(found) > 1:
            raise ConfigurationError(f"{found[0]} and {found[1]} are both {name}; keep one below {self._location}")
        if not found:
            remedy = f"put it there as {season}/{code}.json or {name}"
            raise NotThere(f"{self._location}: no file for {code} {season}; {remedy}")
        return found[0]

    @cached_property
    def _files_below(self) -> dict[str, list[Path]]:
        folder = Path(self._location)
        if not folder.is_dir():
            raise ConfigurationError(f"openfootball location {self._location}: no such folder; correct the setting")
        below: dict[str, list[Path]] = {}
        for file in sorted(folder.rglob("*.json")):
            below.setdefault(file.name, []).append(file)
        return below


def _reported(
    record: RejectedRecord, competition: Competition, first: datetime, last: datetime
) -> tuple[datetime, dict[str, Any]]:
    """The instant by which the record gets its week (the season's first if it has no usable day), and its row."""
    if record.day is None:
        return first, of_no_week(record.row)
    noon = datetime.combine(record.day, time(12, tzinfo=ZoneInfo(competition.timezone or "UTC"))).astimezone(UTC)
    return (noon, record.row) if first <= noon <= last else (first, of_no_week(record.row))
