"""The exports of known tills, shops and platforms: one TOML file each in layouts/, recognised by their headers.

    name = "…"            # as shown to the user
    told_by = [...]       # headers that only this export has together
    amount_is = "…"       # what the chosen amount means
    other_amounts = [...] # other amounts that may be chosen (--amount)
    asks = [...]          # what the export does not say: timezone, currency
    [mapping]             # as in file_mapping.py, without label

A new layout is a new file. Proposing a mapping from one does not belong here.
"""

import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any


@dataclass(frozen=True)
class Layout:
    """The layout of one export; see the module."""

    name: str
    told_by: tuple[str, ...]
    amount_is: str
    other_amounts: tuple[str, ...]
    asks: tuple[str, ...]
    mapping: dict[str, Any]

    @property
    def headers(self) -> frozenset[str]:
        """All headers that the mapping needs."""
        currency = self.mapping.get("currency")
        named = [currency["column"]] if isinstance(currency, dict) else []
        named += [self.mapping["timezone_column"]] if "timezone_column" in self.mapping else []
        return frozenset([*self.mapping["columns"].values(), *self.mapping.get("order_id_of", ()), *named])

    def missing(self, header: Sequence[str]) -> list[str]:
        """The headers that it needs and `header` does not have exactly once."""
        return sorted(name for name in self.headers | set(self.told_by) if list(header).count(name) != 1)


@cache
def known_layouts() -> tuple[Layout, ...]:
    """All layouts in the package, by name."""
    return tuple(sorted(_read(), key=lambda layout: layout.name))


def _read() -> Iterator[Layout]:
    for file in files("pizza_assets.sources.orders.layouts").iterdir():
        if file.name.endswith(".toml"):
            document = tomllib.loads(file.read_text(encoding="utf-8"))
            listed = {key: tuple(document[key]) for key in ("told_by", "other_amounts", "asks")}
            yield Layout(document["name"], amount_is=document["amount_is"], mapping=document["mapping"], **listed)


def recognised(headers: Sequence[Sequence[str]]) -> Layout | None:
    """The layout that all files with these headers have; None if there is none."""
    found = [layout for layout in known_layouts() if not any(layout.missing(header) for header in headers)]
    return found[0] if len(found) == 1 else None


def resemblance(header: Sequence[str]) -> str | None:
    """Which layout the header resembles and what it lacks, in words; None if it resembles none."""
    layout = _resembled(header)
    missing = layout.missing(header) if layout is not None else []
    return f"It resembles {layout.name}, but lacks {', '.join(map(repr, missing))}" if layout and missing else None


def _resembled(header: Sequence[str]) -> Layout | None:
    """A layout most of whose headers, but not all, are in `header`."""
    close = [layout for layout in known_layouts() if 3 * len(set(layout.missing(header))) <= len(layout.headers)]
    return min(close, key=lambda layout: len(layout.missing(header)), default=None)
