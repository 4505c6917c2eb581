"""Statements whose columns are text, written by the database itself."""

from collections.abc import Sequence

import sqlalchemy as sa


def as_texts(statement: sa.Select, columns: Sequence[str]) -> sa.Select:
    """The statement with its columns cast to text; their new labels keep ORDER BY on the columns themselves."""
    casts = [sa.cast(sa.column(name), sa.Text).label(f"text_{number}") for number, name in enumerate(columns)]
    return statement.with_only_columns(*casts)
