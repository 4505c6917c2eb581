"""The markets table: a small TOML file, needed everywhere. Other files that settings point to are read elsewhere."""

import tomllib
from pathlib import Path
from typing import Any

from pizza_assets.errors import ConfigurationError
from pizza_assets.models.market import Market
from pizza_assets.settings.values import timezone as known_timezone


def read_markets(path: Path) -> tuple[Market, ...]:
    """Read a table of markets: `[[market]]` with name, timezone and, optionally, teams (canonical names)."""
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise ConfigurationError(f"{path}: no such markets file; correct PIZZA_MARKETS") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ConfigurationError(f"{path}: not readable as TOML ({error}); see docs/configuration.md") from error
    rows = table.get("market")
    if set(table) != {"market"} or not isinstance(rows, list) or not rows:
        raise ConfigurationError(f"{path}: holds no [[market]] tables, or something beside them")
    markets = tuple(_market(path, row) for row in rows)
    names = [market.name for market in markets]
    doubled = sorted({name for name in names if names.count(name) > 1})
    if doubled:
        raise ConfigurationError(f"{path}: market {doubled[0]!r} is listed twice; keep one")
    return markets


def _market(path: Path, row: Any) -> Market:
    if not isinstance(row, dict) or not isinstance(row.get("name"), str) or not row["name"]:
        raise ConfigurationError(f'{path}: a [[market]] has no name; add name = "..."')
    name = row["name"]
    extra = sorted(set(row) - {"name", "timezone", "teams", "chain"})
    if extra:
        known = "name, timezone, teams, chain"
        raise ConfigurationError(f"{path}: market {name!r} has unknown key {extra[0]!r}; known: {known}")
    try:
        timezone = known_timezone(str(row.get("timezone", "")))
    except ValueError as error:
        raise ConfigurationError(f"{path}: market {name!r}: timezone {row.get('timezone')!r} {error}") from error
    teams = row.get("teams", [])
    if not isinstance(teams, list) or not all(isinstance(team, str) and team for team in teams):
        raise ConfigurationError(f"{path}: market {name!r}: teams must be a list of names")
    chain = row.get("chain")
    if chain is not None and (not isinstance(chain, str) or not chain):
        raise ConfigurationError(f"{path}: market {name!r}: chain must be a name in quotes, not {chain!r}")
    return Market(name, timezone, tuple(teams), chain)
