"""Rows of one pair of order source and match source: the unit that is analysed, as pairs are never pooled."""

import pandas as pd

SOURCES = ["order_source", "match_source"]


def of_sources(rows: pd.DataFrame, order_source: str, match_source: str) -> pd.DataFrame:
    """The rows of the pair, numbered from 0."""
    is_of = (rows["order_source"] == order_source) & (rows["match_source"] == match_source)
    return rows[is_of].reset_index(drop=True)
