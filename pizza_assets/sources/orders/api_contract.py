"""The orders API of one operator: its address, stores and field names, from a TOML file. Nothing is asked here."""

from pathlib import Path
from typing import Annotated, Any

from pydantic import Field, field_validator, model_validator

from pizza_assets.models.vocabulary import DataSource
from pizza_assets.settings import service_address
from pizza_assets.settings.toml_file import Name, Tables, TomlTable, no_tables, read_toml, refuse_doubles


class Store(TomlTable):
    id: Name
    market: Name


class FieldNames(TomlTable):
    """What the service calls an order's fields; by default as the contract does. discount: None if it has none."""

    order_id: Name = "order_id"
    timestamp: Name = "timestamp"
    store_id: Name = "store_id"
    store_location: Name = "store_location"
    items: Name = "items"
    total_amount: Name = "total_amount"
    discount: Name | None = None

    @model_validator(mode="after")
    def _differ(self) -> "FieldNames":
        if len({name for _, name in self}) < len(type(self).model_fields):
            raise ValueError("gives two fields the same name; each has its own")
        return self


class ContractFile(TomlTable):
    """What the file says. header: of each request, with {key} where the key goes."""

    label: DataSource
    url: Name
    chain: Name
    currency: Name
    header: str = "Authorization: Bearer {key}"
    requests_per_minute: int = Field(60, strict=True, ge=1, le=100_000)
    page_size: int = Field(500, strict=True, ge=1, le=10_000)
    fields: FieldNames = FieldNames()
    store: Annotated[list[Store], Tables] = no_tables

    @field_validator("label", mode="before")
    @classmethod
    def _says_whether_they_happened(cls, label: Any) -> Any:
        if label not in (DataSource.REAL, DataSource.MOCK):
            raise ValueError(f"{label!r} is neither real nor mock; say whether these orders happened")
        return label

    @field_validator("url")
    @classmethod
    def _is_address(cls, url: str) -> str:
        return service_address(url)

    @field_validator("currency")
    @classmethod
    def _is_code(cls, code: str) -> str:
        if len(code) != 3 or not (code.isascii() and code.isalpha() and code.isupper()):
            raise ValueError(f"{code!r} is no ISO 4217 code such as GBP")
        return code

    @field_validator("header")
    @classmethod
    def _takes_the_key(cls, header: str) -> str:
        name, _, template = header.partition(":")
        is_name = name.replace("-", "").isalnum() and name.isascii()
        if not is_name or "{key}" not in template or not template.isprintable():
            raise ValueError('must be like "Authorization: Bearer {key}", with {key} for the key')
        return header

    @model_validator(mode="after")
    def _once_each(self) -> "ContractFile":
        refuse_doubles("store", [store.id for store in self.store])
        return self


class OrdersContract(ContractFile):
    """The file as it was read. origin: its path. text: all of it."""

    origin: str
    text: str


def load_contract(path: Path) -> OrdersContract:
    """Read the file. Raises ConfigurationError naming file, key and remedy."""
    file, text = read_toml(path, ContractFile, "PIZZA_ORDERS_API", "docs/sources.md")
    return OrdersContract(origin=str(path), text=text, **dict(file))
