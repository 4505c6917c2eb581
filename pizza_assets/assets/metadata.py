"""Metadata of tables over all weeks for the Dagster UI: a few rows, a short text. Stored as JSON, so kept small."""

from collections.abc import Iterable, Mapping
from typing import Any

import dagster as dg
import pandas as pd

from pizza_assets.escaping import plain_markdown, printable
from pizza_assets.models.labels import table_label
from pizza_assets.models.vocabulary import DataSource
from pizza_assets.storage.io_manager import WholeOutput

NO_DATA = DataSource.REAL
"""The label of a table without any input: nothing in it is mock."""
PREVIEW_ROWS, PREVIEW_COLUMNS, PREVIEW_CHARACTERS = 5, 8, 80


def whole(
    rows: pd.DataFrame, *inputs: pd.DataFrame, if_empty: str = NO_DATA, shown: tuple[str, ...] = (), **facts: object
) -> WholeOutput:
    """A table over all weeks with a preview of the columns `shown` (default: the first ones) and further `facts`.

    A table without labelled rows gets the label of its first non-empty input, else `if_empty`.
    """
    filled = [table for table in inputs if len(table)]
    label = table_label(rows, table_label(filled[0], "") if filled else if_empty)
    return WholeOutput(rows, label, {**facts, **preview(rows, shown)})


def preview(rows: pd.DataFrame, shown: tuple[str, ...] = ()) -> Mapping[str, object]:
    """The metadata entry `preview` with the first rows as a table; empty for a table without rows."""
    if rows.empty:
        return {}
    chosen = rows[list(shown) or list(rows.columns[:PREVIEW_COLUMNS])].head(PREVIEW_ROWS)
    records = [dg.TableRecord({name: _cell(value) for name, value in row.items()}) for row in chosen.to_dict("records")]
    return {"preview": dg.MetadataValue.table(records=records)}


def markdown(rows: pd.DataFrame) -> dg.MarkdownMetadataValue:
    """A small table as Markdown, with empty cells for missing values."""
    header = f"| {' | '.join(rows.columns)} |\n|{'---|' * len(rows.columns)}"
    lines = [f"| {' | '.join(_text(value) for value in row)} |" for row in rows.itertuples(index=False)]
    return dg.MetadataValue.md("\n".join([header, *lines]))


def bullets(sentences: Iterable[str]) -> dg.MarkdownMetadataValue:
    """A Markdown list with one item per sentence."""
    return dg.MetadataValue.md("\n".join(f"- {plain_markdown(sentence)}" for sentence in sentences))


def _cell(value: Any) -> str | float | int | bool | None:
    if pd.isna(value):
        return None
    if isinstance(value, float | int | bool):
        return value
    return printable(str(value)[:PREVIEW_CHARACTERS])


def _text(value: Any) -> str:
    if pd.isna(value):
        return ""
    return f"{value:.3g}" if isinstance(value, float) else plain_markdown(str(value))
