"""Reads the markets table, a small TOML file. Other files that settings name are read elsewhere."""

from pathlib import Path
from typing import Annotated

from pydantic import Field, field_validator, model_validator

from pizza_assets.errors import quoted
from pizza_assets.models.holiday_calendar import place_of, supported_regions
from pizza_assets.models.market import Market
from pizza_assets.settings.toml_file import Name, Tables, TomlTable, no_tables, read_toml, refuse_duplicates
from pizza_assets.settings.values import timezone as known_timezone


class _Row(TomlTable):
    name: Name
    timezone: str
    teams: list[Name] = Field(default_factory=list)
    chain: Name | None = None
    country: Name | None = None
    region: Name | None = None

    @property
    def market(self) -> Market:
        return Market(self.name, self.timezone, tuple(self.teams), self.chain, self.country, self.region)

    @field_validator("timezone")
    @classmethod
    def _known(cls, written: str) -> str:
        try:
            return known_timezone(written)
        except ValueError as error:
            raise ValueError(f"{quoted(written)} {error}") from error

    @field_validator("country")
    @classmethod
    def _has_calendar(cls, written: str | None) -> str | None:
        if written is not None and written not in supported_regions():
            raise ValueError(f"{quoted(written)} has no calendar of holidays; give a code of ISO 3166-1 such as GB")
        return written

    @model_validator(mode="after")
    def _region_of_country(self) -> "_Row":
        place = place_of(self.market)
        known = supported_regions()[place.country] if place else []
        if self.region is not None and self.region not in known:
            of = place.country if place else f"time zone {self.timezone}"
            choice = f"choose one of {', '.join(known)}" if known else "leave it out, or give the country"
            raise ValueError(f"region {quoted(self.region)} of {of} has no calendar of holidays; {choice}")
        return self


class _MarketsFile(TomlTable):
    market: Annotated[list[_Row], Tables] = no_tables

    @model_validator(mode="after")
    def _once_each(self) -> "_MarketsFile":
        refuse_duplicates("market", [row.name for row in self.market])
        return self


def read_markets(path: Path) -> tuple[Market, ...]:
    """Read a table of markets: `[[market]]` with name, timezone and, optionally, teams (canonical names), chain,
    country and region.

    Raises ConfigurationError naming file, key and remedy.
    """
    file, _ = read_toml(path, _MarketsFile, "PIZZA_MARKETS", "docs/configuration.md")
    return tuple(row.market for row in file.market)
