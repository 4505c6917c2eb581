"""Matches from a folder of JSON files. What a file says is read in json_folder_format.py."""

from functools import cached_property
from pathlib import Path

from pizza_assets.errors import ConfigurationError, SourceUnavailable
from pizza_assets.models import RawMatches
from pizza_assets.models.vocabulary import DataSource
from pizza_assets.models.week import MatchWeek
from pizza_assets.settings import Settings
from pizza_assets.sources.base import Clock, MatchSource, SourceResult
from pizza_assets.sources.matches.json_folder_format import SOURCE_NAME, read_matches
from pizza_assets.sources.matches.known_season import KnownSeason, week_result


def build(settings: Settings, _clock: Clock) -> MatchSource:
    """The source as the settings describe it."""
    return JsonFolder(Path(settings.matches_folder or ""))


class JsonFolder:
    """Every `*.json` of a folder, read once per object. Raises ConfigurationError if there is no such folder."""

    name = SOURCE_NAME
    is_remote = False

    def __init__(self, folder: Path) -> None:
        if not folder.is_dir():
            raise ConfigurationError(f"{folder}: no such folder; correct PIZZA_MATCHES_FOLDER")
        self.identity, self._folder = str(folder), folder

    def matches(self, week: MatchWeek) -> SourceResult:
        """The week's matches; a week that no file spans is not covered."""
        files = [file for file in self._files if file.first < week.ends_at and week.starts_at <= file.last]
        if not files:
            why = f"no file in {self._folder} spans week {week.key}"
            return SourceResult(RawMatches.empty(), DataSource.REAL, self.name, is_covered=False, reason=why)
        return week_result(files, week, self.name, None)

    @cached_property
    def _files(self) -> list[KnownSeason]:
        try:
            texts = {path: path.read_text(encoding="utf-8") for path in sorted(self._folder.glob("*.json"))}
        except (OSError, UnicodeDecodeError) as error:
            raise SourceUnavailable(f"{self._folder}: can't be read ({error}); check its files") from error
        return [read_matches(text, str(path)) for path, text in texts.items()]
