"""An orders API or Square account: address, stores and field names, from a TOML file. Requests do not belong here."""

from pathlib import Path
from typing import Annotated, Any, Self

from pydantic import AfterValidator, Field, field_validator, model_validator

from pizza_assets.models.currency import is_currency
from pizza_assets.models.vocabulary import DataSource
from pizza_assets.settings import service_address
from pizza_assets.settings.toml_file import Name, Tables, TomlTable, no_tables, read_toml, refuse_duplicates

Address = Annotated[Name, AfterValidator(service_address)]


class Store(TomlTable):
    id: Name
    market: Name


class FieldNames(TomlTable):
    """The service's names of an order's fields; by default those of the contract."""

    order_id: Name = "order_id"
    timestamp: Name = "timestamp"
    store_id: Name = "store_id"
    store_location: Name = "store_location"
    items: Name = "items"
    total_amount: Name = "total_amount"

    @model_validator(mode="after")
    def _differ(self) -> "FieldNames":
        if len({name for _, name in self}) < len(type(self).model_fields):
            raise ValueError("gives two fields the same name; give each its own")
        return self


class StoresFile(TomlTable):
    """What the file of any service with stores says."""

    label: DataSource
    chain: Name
    requests_per_minute: int = Field(60, strict=True, ge=1, le=100_000)
    store: Annotated[list[Store], Tables] = no_tables

    @field_validator("label", mode="before")
    @classmethod
    def _says_whether_they_happened(cls, label: Any) -> Any:
        if label not in (DataSource.REAL, DataSource.MOCK):
            raise ValueError(f"{label!r} is neither real nor mock; say whether these orders happened")
        return label

    @model_validator(mode="after")
    def _once_each(self) -> Self:
        refuse_duplicates("store", [store.id for store in self.store])
        return self


class ContractFile(StoresFile):
    """The content of the file. header: sent with each request, with {key} in place of the key."""

    url: Address
    currency: Name
    header: str = "Authorization: Bearer {key}"
    page_size: int = Field(500, strict=True, ge=1, le=10_000)
    fields: FieldNames = FieldNames()

    @field_validator("currency")
    @classmethod
    def _is_code(cls, code: str) -> str:
        if not is_currency(code):
            raise ValueError(f"{code!r} is not an ISO 4217 code; write one such as GBP")
        return code

    @field_validator("header")
    @classmethod
    def _takes_the_key(cls, header: str) -> str:
        name, _, template = header.partition(":")
        is_name = name.replace("-", "").isalnum() and name.isascii()
        if not is_name or "{key}" not in template or not template.isprintable():
            raise ValueError('must be like "Authorization: Bearer {key}", with {key} for the key')
        return header


class SquareFile(StoresFile):
    """The content of the file for Square. A store's id is that of its location."""

    url: Address = "https://connect.squareup.com"
    page_size: int = Field(500, strict=True, ge=1, le=1_000)


class OrdersContract(ContractFile):
    """The file with its path (`origin`) and whole `text`."""

    origin: str
    text: str


def load_contract(path: Path) -> OrdersContract:
    """Read the file. Raises ConfigurationError naming file, key and remedy."""
    file, text = read_toml(path, ContractFile, "PIZZA_ORDERS_API", "docs/sources.md")
    return OrdersContract(origin=str(path), text=text, **dict(file))


class SquareStores(SquareFile):
    """The file with its whole `text`."""

    text: str


def load_square_stores(path: Path) -> SquareStores:
    """Read the file. Raises ConfigurationError naming file, key and remedy."""
    file, text = read_toml(path, SquareFile, "PIZZA_ORDERS_API", "docs/sources.md")
    return SquareStores(text=text, **dict(file))
