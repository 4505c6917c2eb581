"""Reads the markets table, a small TOML file. Other files that settings name are read elsewhere."""

from pathlib import Path
from typing import Annotated, Any

from pydantic import BeforeValidator, Field, field_validator, model_validator

from pizza_assets.errors import quoted
from pizza_assets.models.holiday_calendar import place_of, supported_regions
from pizza_assets.models.market import Market
from pizza_assets.models.orders_per_person import OrdersPerPerson
from pizza_assets.settings.toml_file import Name, Tables, TomlTable, no_tables, read_toml, refuse_duplicates
from pizza_assets.settings.values import MOST_ORDERS_PER_PERSON
from pizza_assets.settings.values import timezone as known_timezone


def _per_person(written: Any) -> Any:
    """A positive number as PIZZA_ORDERS_PER_PERSON takes it; `true` is none."""
    is_number = isinstance(written, int | float) and not isinstance(written, bool)
    if not is_number or not 0 < written < MOST_ORDERS_PER_PERSON:
        raise ValueError("is not a positive number; write one like 6 or 7.5")
    return float(written)


_PerPerson = Annotated[float | None, BeforeValidator(_per_person)]


class _Row(TomlTable):
    name: Name
    timezone: str
    teams: list[Name] = Field(default_factory=list)
    chain: Name | None = None
    country: Name | None = None
    region: Name | None = None
    orders_per_person: _PerPerson = None

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


class _Chain(TomlTable):
    name: Name
    orders_per_person: _PerPerson = None


class _MarketsFile(TomlTable):
    market: Annotated[list[_Row], Tables] = no_tables
    chain: Annotated[list[_Chain], Tables] = Field(default_factory=list)

    @model_validator(mode="after")
    def _once_each(self) -> "_MarketsFile":
        refuse_duplicates("market", [row.name for row in self.market])
        refuse_duplicates("chain", [row.name for row in self.chain])
        return self


def read_markets(path: Path) -> tuple[Market, ...]:
    """Read a table of markets: `[[market]]` with name, timezone and, optionally, teams (canonical names), chain,
    country and region.

    Raises ConfigurationError naming file, key and remedy.
    """
    return tuple(row.market for row in _read(path).market)


def read_orders_per_person(path: Path, everywhere: float | None) -> OrdersPerPerson:
    """The numbers `orders_per_person` of `[[market]]` and `[[chain]]`, beside the one for everywhere.

    Raises ConfigurationError naming file, key and remedy.
    """
    file = _read(path)
    of_chains, of_markets = (
        {row.name: row.orders_per_person for row in rows if row.orders_per_person is not None}
        for rows in (file.chain, file.market)
    )
    return OrdersPerPerson(everywhere, of_chains, of_markets)


def _read(path: Path) -> _MarketsFile:
    file, _ = read_toml(path, _MarketsFile, "PIZZA_MARKETS", "docs/configuration.md")
    return file
