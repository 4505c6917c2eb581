"""The orders API of one operator: its address, stores and field names, from a TOML file. Nothing is asked here."""

import tomllib
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pizza_assets.errors import ConfigurationError
from pizza_assets.models.vocabulary import DataSource
from pizza_assets.settings import service_address

FIELDS = ("order_id", "timestamp", "store_id", "store_location", "items", "total_amount")
"""The contract's names of an order's fields; [fields] says how a service calls them."""
_KNOWN = {"label", "url", "chain", "currency", "header", "requests_per_minute", "page_size", "fields", "store"}


@dataclass(frozen=True)
class Store:
    id: str
    market: str


@dataclass(frozen=True)
class OrdersContract:
    """What the file says. header: name and template of the header that carries the key. text: the file itself."""

    origin: str
    text: str
    label: DataSource
    url: str
    chain: str
    currency: str
    stores: tuple[Store, ...]
    header_name: str = "Authorization"
    header_template: str = "Bearer {key}"
    requests_per_minute: int = 60
    page_size: int = 500
    fields: dict[str, str] = field(default_factory=lambda: {name: name for name in FIELDS})


def load_contract(path: Path) -> OrdersContract:
    """Read the file. Raises ConfigurationError naming file, key and remedy."""
    try:
        text = path.read_text(encoding="utf-8")
        table = tomllib.loads(text)
    except OSError as error:
        raise ConfigurationError(f"{path}: can't be read ({error.strerror}); correct PIZZA_ORDERS_API") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ConfigurationError(f"{path}: not readable as TOML ({error}); see docs/sources.md") from error
    extra = sorted(set(table) - _KNOWN)
    if extra:
        raise ConfigurationError(f"{path}: unknown key {extra[0]!r}; known: {', '.join(sorted(_KNOWN))}")
    header_name, template = _header(path, table.get("header", "Authorization: Bearer {key}"))
    return OrdersContract(
        str(path),
        text,
        _label(path, table),
        _url(path, table),
        _named(path, table, "chain"),
        _currency(path, table),
        _stores(path, table.get("store")),
        header_name,
        template,
        _count(path, table, "requests_per_minute", 60, 100_000),
        _count(path, table, "page_size", 500, 10_000),
        _fields(path, table.get("fields", {})),
    )


def _named(path: Path, table: dict[str, Any], key: str) -> str:
    value = table.get(key)
    if not isinstance(value, str) or not value.strip():
        raise ConfigurationError(f'{path}: {key} is missing; add {key} = "..."')
    return value.strip()


def _label(path: Path, table: dict[str, Any]) -> DataSource:
    label = _named(path, table, "label")
    if label not in (DataSource.REAL, DataSource.MOCK):
        raise ConfigurationError(f"{path}: label {label!r} is neither real nor mock; say whether these orders happened")
    return DataSource(label)


def _url(path: Path, table: dict[str, Any]) -> str:
    url = _named(path, table, "url")
    try:
        return service_address(url)
    except ValueError as error:
        raise ConfigurationError(f"{path}: url {error}") from error


def _currency(path: Path, table: dict[str, Any]) -> str:
    code = _named(path, table, "currency")
    if len(code) != 3 or not (code.isascii() and code.isalpha() and code.isupper()):
        raise ConfigurationError(f"{path}: currency {code!r} is no ISO 4217 code such as GBP")
    return code


def _header(path: Path, written: Any) -> tuple[str, str]:
    name, separator, template = written.partition(":") if isinstance(written, str) else ("", "", "")
    is_name = name.replace("-", "").isalnum() and name.isascii()
    if not separator or not is_name or "{key}" not in template or not template.isprintable():
        raise ConfigurationError(
            f'{path}: header must be like "Authorization: Bearer {{key}}", with {{key}} for the key'
        )
    return name, template.strip()


def _count(path: Path, table: dict[str, Any], key: str, default: int, most: int) -> int:
    value = table.get(key, default)
    if type(value) is not int or not 1 <= value <= most:
        raise ConfigurationError(f"{path}: {key} is no whole number from 1 to {most}")
    return value


def _fields(path: Path, written: Any) -> dict[str, str]:
    if not isinstance(written, dict) or not all(isinstance(name, str) and name for name in written.values()):
        raise ConfigurationError(f"{path}: [fields] must give names in quotes; known fields: {', '.join(FIELDS)}")
    extra = sorted(set(written) - set(FIELDS))
    if extra:
        raise ConfigurationError(f"{path}: [fields] has unknown key {extra[0]!r}; known: {', '.join(FIELDS)}")
    named = {name: written.get(name, name) for name in FIELDS}
    if len(set(named.values())) < len(named):
        raise ConfigurationError(f"{path}: [fields] gives two fields the same name; each has its own")
    return named


def _stores(path: Path, written: Any) -> tuple[Store, ...]:
    if not isinstance(written, list) or not written:
        raise ConfigurationError(f"{path}: no [[store]] in it; add one with id and market for every store")
    stores = []
    for row in written:
        is_named = isinstance(row, dict) and all(
            isinstance(row.get(k), str) and row[k].strip() for k in ("id", "market")
        )
        if not is_named or set(row) != {"id", "market"}:
            raise ConfigurationError(f"{path}: a [[store]] must have id and market, in quotes, and nothing else")
        stores.append(Store(row["id"].strip(), row["market"].strip()))
    ids = [store.id for store in stores]
    doubled = sorted({name for name in ids if ids.count(name) > 1})
    if doubled:
        raise ConfigurationError(f"{path}: store {doubled[0]!r} is listed twice; keep one")
    return tuple(stores)
