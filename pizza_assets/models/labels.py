"""The label of a whole table, from the labels of its rows. Rows are never relabelled."""

import pandas as pd

from pizza_assets.models.vocabulary import DataSource, combined_source

SOURCES = ["order_source", "match_source"]
"""The columns of a pair of sources: the unit that is analysed, because pairs are never pooled."""


def row_labels(rows: pd.DataFrame) -> pd.Series:
    """The label of each row: its data_source, else what its order and match labels come to; no row for rows without."""
    if "data_source" in rows:
        return rows["data_source"]
    if {"order_source", "match_source"} <= set(rows.columns):
        (of_order, orders), (of_match, matches) = (
            pd.factorize(rows[name].fillna("")) for name in ("order_source", "match_source")
        )
        combined = pd.array([combined_source(order, match) for order in orders for match in matches], dtype="str")
        return pd.Series(combined.take(of_order * len(matches) + of_match), index=rows.index)
    for name in ("order_source", "match_source"):
        if name in rows:
            return rows[name]
    return pd.Series([], dtype="str")


def table_label(rows: pd.DataFrame, if_empty: str) -> str:
    """The one label of the rows, or mixed; `if_empty` is the label of what a table without labelled rows is made of."""
    labels = set(row_labels(rows).unique())
    if not labels:
        return str(if_empty)
    return str(labels.pop()) if len(labels) == 1 else DataSource.MIXED.value


def label_of_orders(order_source: str, match_sources: set[str], if_empty: str) -> str:
    """As `table_label`, of rows that carry one label of orders and these of matches."""
    labels = {str(combined_source(order_source, match_source)) for match_source in match_sources}
    if not labels:
        return str(if_empty)
    return labels.pop() if len(labels) == 1 else DataSource.MIXED.value


def real_share(rows: pd.DataFrame, if_empty: str) -> float:
    """The share of rows that are real; `if_empty` as in `table_label`."""
    labels = row_labels(rows)
    if labels.empty:
        return float(if_empty == DataSource.REAL)
    return float((labels == DataSource.REAL).mean())


def of_sources(rows: pd.DataFrame, order_source: str, match_source: str) -> pd.DataFrame:
    """The rows of the pair, numbered from 0."""
    is_of = (rows["order_source"] == order_source) & (rows["match_source"] == match_source)
    return rows[is_of].reset_index(drop=True)
