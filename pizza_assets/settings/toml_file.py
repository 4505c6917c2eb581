"""Reads TOML files that settings name into pydantic models. Messages name file, key, cause and remedy.

The keys of a file are defined in its own module.
"""

import tomllib
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any, TypeVar, cast, get_args

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints, ValidationError, ValidationInfo
from pydantic_core import ErrorDetails

from pizza_assets.errors import ConfigurationError, did_you_mean, quoted

Name = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]
"""Text that is not empty."""


class TomlTable(BaseModel):
    """A table of a file; an unknown key is an error."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)


Read = TypeVar("Read", bound=TomlTable)


def read_toml(path: Path, model: type[Read], variable: str, page: str) -> tuple[Read, str]:
    """The file as `model`, and its text. variable: the setting that names the file. page: the docs page of its keys.

    Raises ConfigurationError for the first problem in it.
    """
    text = read_setting_file(path, variable)
    try:
        table = tomllib.loads(text)
    except (ValueError, RecursionError) as error:  # a number of thousands of digits, brackets in thousands of brackets
        raise ConfigurationError(f"{path}: not readable as TOML ({error}); see {page}") from error
    try:
        return model.model_validate(table), text
    except ValidationError as error:
        first = min(error.errors(), key=lambda found: found["type"] != "extra_forbidden")  # a typo explains others
        # without a cause: pydantic's own text shows values, and an address may contain a password
        raise ConfigurationError(f"{path}: {_in_words(first, table, model)}; see {page}") from None


def read_setting_file(path: Path, variable: str) -> str:
    """The text of a file that a setting names, without a byte order mark. Raises ConfigurationError."""
    try:
        return path.read_text(encoding="utf-8-sig")
    except FileNotFoundError as error:
        raise ConfigurationError(f"{path}: no such file; correct {variable}") from error
    except OSError as error:
        raise ConfigurationError(f"{path}: can't be read ({error.strerror}); correct {variable}") from error
    except UnicodeDecodeError as error:
        raise ConfigurationError(f"{path}: is not UTF-8 text ({error.reason}); save it as UTF-8") from error


def refuse_duplicates(kind: str, names: list[str]) -> None:
    """Raise ValueError if two tables have the same name."""
    doubled = sorted({name for name in names if names.count(name) > 1})
    if doubled:
        raise ValueError(f"{kind} {quoted(doubled[0])} is listed twice; keep one")


def _tables(value: Any, info: ValidationInfo) -> Any:
    if not isinstance(value, list) or not value:
        raise ValueError(f"must be written as [[{info.field_name}]], once for each {info.field_name}")
    return value


Tables = BeforeValidator(_tables)
"""Marks a field that is written as [[key]], at least once. Its default is `no_tables`, which is refused."""
no_tables: Any = Field(default=(), validate_default=True)


_TYPES = {
    "string_type": "must be text in quotes",
    "int_type": "must be an integer",
    "list_type": "must be a list in brackets",
    "model_type": "must be a table",
}


def _in_words(error: ErrorDetails, table: Any, model: type[BaseModel]) -> str:
    """A pydantic error in plain words. Values are not shown, because an address may contain a password."""
    *parents, key = error["loc"] or ("",)
    if isinstance(key, int):  # an entry of a plain list
        key = f"{parents.pop()}[{key}]"
    cause = error.get("ctx", {}).get("error")
    place = "".join(f"{part}: " for part in _place(parents, table))
    match error["type"]:
        case "missing":
            return f'{place}{key} is missing; add {key} = "..."'
        case "extra_forbidden":
            known = list(_model_at(parents, model).model_fields)
            guess = did_you_mean(str(key), known)
            return f"{place}unknown key {quoted(str(key))}{guess}; use one of {', '.join(known)}"
        case "string_too_short":
            return f"{place}{key} is empty; write text in quotes"
        case "value_error":
            return f"{place}{key} {cause}".strip()
    return f"{place}{key} {_TYPES.get(error['type']) or error['msg'].replace('Input should', 'must')}"


def _place(parents: Sequence[int | str], table: Any) -> list[str]:
    """The tables around a key, a [[table]] with its name, id or number."""
    shown: list[str] = []
    for part in parents:
        table = table[part]
        if isinstance(part, str):
            shown.append(part)
        elif shown:
            named = table.get("name") or table.get("id") if isinstance(table, dict) else None
            shown[-1] += f" {quoted(named)}" if isinstance(named, str) and named else f" {part + 1}"
    return shown


def _model_at(parents: Sequence[int | str], model: type[BaseModel]) -> type[BaseModel]:
    for part in parents:
        if isinstance(part, str):
            annotation = model.model_fields[part].annotation
            model = cast("type[BaseModel]", next(iter(get_args(annotation)), annotation))
    return model
