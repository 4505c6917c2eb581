"""Reads the markets table, a small TOML file. Other files that settings name are read elsewhere."""

from pathlib import Path
from typing import Annotated

from pydantic import Field, field_validator, model_validator

from pizza_assets.models.market import Market
from pizza_assets.settings.toml_file import Name, Tables, TomlTable, no_tables, read_toml, refuse_duplicates
from pizza_assets.settings.values import timezone as known_timezone


class _Row(TomlTable):
    name: Name
    timezone: str
    teams: list[Name] = Field(default_factory=list)
    chain: Name | None = None

    @field_validator("timezone")
    @classmethod
    def _known(cls, written: str) -> str:
        try:
            return known_timezone(written)
        except ValueError as error:
            raise ValueError(f"{written!r} {error}") from error


class _MarketsFile(TomlTable):
    market: Annotated[list[_Row], Tables] = no_tables

    @model_validator(mode="after")
    def _once_each(self) -> "_MarketsFile":
        refuse_duplicates("market", [row.name for row in self.market])
        return self


def read_markets(path: Path) -> tuple[Market, ...]:
    """Read a table of markets: `[[market]]` with name, timezone and, optionally, teams (canonical names) and chain.

    Raises ConfigurationError naming file, key and remedy.
    """
    file, _ = read_toml(path, _MarketsFile, "PIZZA_MARKETS", "docs/configuration.md")
    return tuple(Market(row.name, row.timezone, tuple(row.teams), row.chain) for row in file.market)
