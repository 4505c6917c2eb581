"""The label of a table follows from its rows."""

import pandas as pd
import pytest

from pizza_assets.models.labels import real_share, table_label


def rows(*pairs: tuple[str, str | None]) -> pd.DataFrame:
    return pd.DataFrame(list(pairs), columns=["order_source", "match_source"])


@pytest.mark.parametrize(
    ("table", "label", "share"),
    [
        (rows(("real", "real")), "real", 1.0),
        (rows(("mock", "real")), "mock", 0.0),
        (rows(("real", "mock")), "mixed", 0.0),
        (rows(("mock", None), ("mock", "mock")), "mock", 0.0),
        (rows(("real", None)), "mixed", 0.0),
        (rows(("real", "real"), ("mock", "mock")), "mixed", 0.5),
        (rows(("real", "real"), *[("mock", "mock")] * 3)[["order_source"]], "mixed", 0.25),
        (rows()[["match_source"]], "mock", 0.0),
    ],
)
def test_label_and_share(table: pd.DataFrame, label: str, share: float) -> None:
    assert table_label(table, if_empty="mock") == label
    assert real_share(table, if_empty="mock") == share
