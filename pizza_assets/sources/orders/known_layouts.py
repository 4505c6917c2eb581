"""The exports of known tills, shops and platforms: one TOML file each in layouts/, recognised by their headers.

    name = "…"            # as shown to the user
    told_by = [...]       # headers that only this export has together
    amount_is = "…"       # what the chosen amount means
    other_amounts = [...] # other amounts that may be chosen (--amount)
    asks = [...]          # what the export does not say: timezone, currency
    other_kinds = [...]   # optional: kinds of lines that are known to be no orders
    [mapping]             # as in file_mapping.py, without label; with [mapping.statuses] count, others are asked for

A new layout is a new file. Proposing a mapping from one does not belong here.
"""

import tomllib
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from pizza_assets.errors import ConfigurationError


@dataclass(frozen=True)
class Layout:
    """The layout of one export; see the module. key: the name of its file, which --layout takes."""

    key: str
    name: str
    told_by: tuple[str, ...]
    amount_is: str
    other_amounts: tuple[str, ...]
    asks: tuple[str, ...]
    other_kinds: tuple[str, ...]
    mapping: dict[str, Any]

    @property
    def needed(self) -> dict[str, frozenset[str]]:
        """All headers that it needs, with their roles; those that only tell it have none."""
        currency = self.mapping.get("currency")
        pairs = [(header, role) for role, header in self.mapping["columns"].items()]
        pairs += [(currency["column"], "currency")] if isinstance(currency, dict) else []
        pairs += [(self.mapping["timezone_column"], "timezone")] if "timezone_column" in self.mapping else []
        pairs += [(header, "order_id") for header in self.mapping.get("order_id_of", ())]
        named = {header for header, _ in pairs} | set(self.told_by)
        return {name: frozenset(role for header, role in pairs if header == name) for name in sorted(named)}

    def absent(self, header: Sequence[str]) -> list[str]:
        """The headers that it needs and `header` does not have exactly once."""
        return [name for name in self.needed if list(header).count(name) != 1]

    def missing(self, header: Sequence[str], said: Collection[str] = ()) -> list[str]:
        """Those of them that no answer replaces. said: the roles for which the owner names a column or a value."""
        return [name for name in self.absent(header) if not self.needed[name] or self.needed[name] - set(said)]

    def is_like(self, header: Sequence[str]) -> bool:
        """Whether most of its headers are in `header`."""
        return 3 * len(self.absent(header)) <= len(self.needed)


@cache
def known_layouts() -> tuple[Layout, ...]:
    """All layouts in the package, by name."""
    return tuple(sorted(_read(), key=lambda layout: layout.name))


def _read() -> Iterator[Layout]:
    for file in files("pizza_assets.sources.orders.layouts").iterdir():
        if file.name.endswith(".toml"):
            document = {"other_kinds": [], **tomllib.loads(file.read_text(encoding="utf-8"))}
            listed = {key: tuple(document[key]) for key in ("told_by", "other_amounts", "asks", "other_kinds")}
            key = file.name.removesuffix(".toml")
            yield Layout(key, document["name"], amount_is=document["amount_is"], mapping=document["mapping"], **listed)


def recognised(headers: Sequence[Sequence[str]], said: Collection[str] = ()) -> Layout | None:
    """The layout that all files with these headers have; None if there is none. said: see Layout.missing."""
    found = [
        layout
        for layout in known_layouts()
        if all(layout.is_like(header) and not layout.missing(header, said) for header in headers)
    ]
    return found[0] if len(found) == 1 else None


def named_layout(key: str, headers: Sequence[Sequence[str]], said: Collection[str] = ()) -> Layout:
    """The layout that the owner names, although headers that only tell it may be missing.

    Raises ConfigurationError if there is none, or if a file lacks a column that it needs.
    """
    layout = next((layout for layout in known_layouts() if layout.key == key), None)
    if layout is None:
        known = ", ".join(sorted(layout.key for layout in known_layouts()))
        raise ConfigurationError(f"--layout {key}: no such layout; use none, or one of: {known}")
    for header in headers:
        missing = [name for name in layout.missing(header, said) if layout.needed[name]]
        if missing:
            options = " ".join(f"--column {role}=HEADER" for name in missing for role in sorted(layout.needed[name]))
            raise ConfigurationError(
                f"{layout.name}: the export has no column {', '.join(map(repr, missing))}; name the one it has instead "
                f"({options}), or say --layout none to be asked for everything. It has {', '.join(map(repr, header))}"
            )
    return layout


def resembled(headers: Sequence[Sequence[str]], said: Collection[str] = ()) -> tuple[Layout, list[str]] | None:
    """The layout that a header resembles most, and the headers that it lacks; None if it resembles none."""
    close = [
        (layout, missing)
        for header in headers
        for layout in known_layouts()
        if layout.is_like(header) and (missing := layout.missing(header, said))
    ]
    return min(close, key=lambda found: len(found[1]), default=None)
