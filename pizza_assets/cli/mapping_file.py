"""The file in which `pizza check --write` saves a mapping, and the markets table beside it."""

import os
import shutil
import tomllib
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Any

from pizza_assets.cli.terminal import say
from pizza_assets.errors import ConfigurationError, quoted
from pizza_assets.orchestration.own_export.export_check import ExportCheck
from pizza_assets.orchestration.own_export.market_proposal import markets_text
from pizza_assets.settings.markets_table import read_markets
from pizza_assets.sources.orders.proposal.answers import Proposal
from pizza_assets.sources.orders.proposal.mapping_text import mapping_text

MARKETS_FILE = "markets.toml"
_MISSING = object()


@dataclass(frozen=True)
class MappingFile:
    """is_replaceable: whether another mapping there may be replaced; it is then kept under another name."""

    path: Path
    is_replaceable: bool = False

    def save(self, proposal: Proposal, checked: ExportCheck, unsound: str | None) -> tuple[Path, ...]:
        """Save the mapping and, if the export needs one, a markets table beside it; a table that is there stays.

        unsound: why the mapping should not replace another one yet. Returns the files. Raises ConfigurationError if
        another mapping is there that is not to be replaced, or a file can't be written.
        """
        texts = {self.path: mapping_text(proposal.document, proposal.notes)}
        markets_file = self.path.parent / MARKETS_FILE  # an empty name has none to replace
        if checked.proposed is not None:
            texts[markets_file] = markets_text(checked.proposed)
        others = _others_in(markets_file, checked) if checked.proposed is not None else ()
        also = f", with {', '.join(others)}, of which the export has no orders" if others else ""
        try:
            kept = self._name_for_earlier(texts[self.path], unsound)
            for path, text in texts.items():
                if path.exists() and (path != self.path or kept is None):
                    say(f"\n{path} already exists and is left as it is{also if path == markets_file else ''}")
                else:
                    _write(path, text, kept if path == self.path else None)
        except OSError as error:
            raise ConfigurationError(
                f"{self.path} can't be written ({error.strerror}); check that its folder exists, may be written to and "
                "has space, or name another file after --write"
            ) from error
        return tuple(texts)

    def _name_for_earlier(self, text: str, unsound: str | None) -> Path | None:
        """Where a file that says something else than `text` is to be kept; None if there is no such file.

        Raises ConfigurationError if it must not be replaced.
        """
        if not self.path.is_file():
            return None
        there = self.path.read_text("utf-8", errors="replace")
        if there == text:
            return None
        if not self.is_replaceable:
            raise ConfigurationError(
                f"{self.path} already exists and says something else{_about(there, text)}; add --replace to save this "
                "mapping in its place (the earlier file is kept under another name), or name another file after --write"
            )
        if unsound is not None:
            raise ConfigurationError(
                f"{self.path} is not replaced by a mapping that is not sound yet: {unsound} Or name another file after "
                "--write"
            )
        kept = next(path for path in _free_names(self.path) if not os.path.lexists(path))
        say(f"\n{self.path} said something else{_about(there, text)}; it is kept as {kept}")
        return kept


def _write(path: Path, text: str, kept: Path | None) -> None:
    """Put a whole file in place, or leave what is there. kept: where that is copied."""
    whole = path.with_name(f".{path.name}.new")
    try:
        whole.write_text(text, encoding="utf-8")
        if kept is not None:
            shutil.copy2(path, kept)
        whole.replace(path)
    except OSError:
        with suppress(OSError):  # there may be no such folder
            whole.unlink()
        raise
    say(f"\nWritten: {path}")


def _free_names(path: Path) -> Iterator[Path]:
    return (path.with_name(f"{path.name}.old{number if number > 1 else ''}") for number in count(1))


def _about(there: str, text: str) -> str:
    """The keys in which two mappings differ, in brackets; nothing if one of them is no TOML, or only notes differ."""
    try:
        before, now = _flat(tomllib.loads(there)), _flat(tomllib.loads(text))
    except tomllib.TOMLDecodeError:
        return ""
    keys = sorted(key for key in before.keys() | now if before.get(key, _MISSING) != now.get(key, _MISSING))
    return f" ({', '.join(keys)})" if keys else ""


def _flat(document: Mapping[str, Any], prefix: str = "") -> dict[str, Any]:
    """A document by dotted key."""
    found: dict[str, Any] = {}
    for key, value in document.items():
        found |= _flat(value, f"{prefix}{key}.") if isinstance(value, Mapping) else {f"{prefix}{key}": value}
    return found


def _others_in(markets_file: Path, checked: ExportCheck) -> tuple[str, ...]:
    """The markets of an earlier check's table that the export does not have.

    Raises ConfigurationError if that table lacks one which it has: its orders would follow no team.
    """
    if not markets_file.is_file():
        return ()
    there = {market.name for market in read_markets(markets_file)}
    needed = {entry.market.name for entry in checked.proposed or ()}
    if missing := sorted(needed - there):
        raise ConfigurationError(
            f"{markets_file} already exists, but lacks {', '.join(map(quoted, missing))}, of which the export has "
            "orders; add them there, or name a file in another folder after --write: the table is written beside it"
        )
    return tuple(sorted(there - needed))
