"""The label of a whole table (real, mock or mixed), from the labels of its rows. Rows are never relabelled."""

import pandas as pd

from pizza_assets.models.vocabulary import DataSource, combined_source

SOURCES = ["order_source", "match_source"]
"""The columns of a pair of sources. Each pair is analysed by itself; pairs are never pooled."""


def row_labels(rows: pd.DataFrame) -> pd.Series:
    """The label of each row: its data_source, else its order and match labels combined; empty if rows have no label."""
    if "data_source" in rows:
        return rows["data_source"]
    if {"order_source", "match_source"} <= set(rows.columns):
        (order_codes, orders), (match_codes, matches) = (
            pd.factorize(rows[name].fillna("")) for name in ("order_source", "match_source")
        )
        combined = pd.array([combined_source(order, match) for order in orders for match in matches], dtype="str")
        return pd.Series(combined.take(order_codes * len(matches) + match_codes), index=rows.index)
    for name in ("order_source", "match_source"):
        if name in rows:
            return rows[name]
    return pd.Series([], dtype="str")


def table_label(rows: pd.DataFrame, if_empty: str) -> str:
    """The label that all rows share, or mixed. if_empty: the label of the inputs, for a table without labelled rows."""
    labels = set(row_labels(rows).unique())
    if not labels:
        return str(if_empty)
    return str(labels.pop()) if len(labels) == 1 else DataSource.MIXED.value


def combined_label(order_source: str, match_sources: set[str], if_empty: str) -> str:
    """`table_label` of rows with one label of orders and these labels of matches."""
    labels = {str(combined_source(order_source, match_source)) for match_source in match_sources}
    if not labels:
        return str(if_empty)
    return labels.pop() if len(labels) == 1 else DataSource.MIXED.value


def real_share(rows: pd.DataFrame, if_empty: str) -> float:
    """The share of real rows; `if_empty` as in `table_label`."""
    labels = row_labels(rows)
    if labels.empty:
        return float(if_empty == DataSource.REAL)
    return float((labels == DataSource.REAL).mean())


def rows_for_sources(rows: pd.DataFrame, order_source: str, match_source: str) -> pd.DataFrame:
    """The rows of one pair of sources, with a new index from 0."""
    is_pair = (rows["order_source"] == order_source) & (rows["match_source"] == match_source)
    return rows[is_pair].reset_index(drop=True)
