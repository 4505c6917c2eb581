"""Whatever is in a file: every line read becomes exactly one thing, and is counted as that."""

import json
import shutil
import tempfile
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pizza_assets.sources.orders.import_facts import LINE_KINDS
from pizza_assets_tests.sources.orders.exports import (
    HEADER,
    ITEM_ROWS,
    ORDER_ROWS,
    csv_text,
    mapping,
    order_files,
    write,
)
from pizza_assets_tests.support.examples import examples

IDS = st.sampled_from(["a", "b", "c", "d", "e", ""])
TIMES = st.sampled_from(
    [
        "2025-08-15 12:00",
        "2025-08-16 19:30",
        "2025-10-26 01:30",
        "2025-03-30 01:30",
        "2025-02-30 12:00",
        "",
        "2031-01-01 12:00",
    ]
)
AMOUNTS = st.sampled_from(["10.00", "12.5", "-1", "nan", "abc", "", "99999999999"])
COUNTS = st.sampled_from(["1", "2", "2.5", "x", ""])
NAMES = st.sampled_from(["Leeds", "Fulham", ""])
STATES = st.sampled_from(["done", "cancelled", ""])
LINES = st.lists(
    st.one_of(
        st.tuples(IDS, TIMES, AMOUNTS, COUNTS, NAMES, NAMES, STATES),
        st.just(("a", "2025-08-15 12:00", "10.00", "1", "Leeds", "Leeds", "done")),
        st.just(("",) * 7),
    ),
    min_size=1,
    max_size=25,
)
COLUMNS = (*HEADER, "state")
MAPPINGS = {
    "orders": ORDER_ROWS.replace("[constants]", 'status = "state"\n[constants]')
    + '[statuses]\nexclude = ["cancelled"]\n',
    "items": ITEM_ROWS.replace(
        'price = "price"\nquantity = "count"\nitem = "item"', 'price = "paid"\nquantity = "pizzas"'
    ),
}


@pytest.mark.parametrize(
    ("kind", "rows"),
    [
        ("csv", "orders"),
        *(  # a hundred imports each
            pytest.param(kind, rows, marks=pytest.mark.integration)
            for kind, rows in [
                ("csv", "items"),
                ("jsonl", "orders"),
                ("jsonl", "items"),
                ("parquet", "orders"),
                ("parquet", "items"),
            ]
        ),
    ],
)
@examples(100)
@given(lines=LINES, ragged=st.integers(0, 2))
def test_every_line_is_one_thing(kind: str, rows: str, lines: list[tuple[str, ...]], ragged: int) -> None:
    folder = Path(tempfile.mkdtemp())
    try:
        count = _write(folder / "in", kind, lines, ragged)
        chosen = mapping(MAPPINGS[rows], ('label = "real"', f'label = "real"\nfiles = "*.{kind}"'))
        facts = order_files(folder / "in", chosen).facts
        assert set(facts.lines) == set(LINE_KINDS)
        assert sum(facts.lines.values()) == sum(facts.lines_read.values())
        # a file without one good line is refused as a whole, by name
        assert facts.lines_read == {f"1.{kind}": count} or (facts.bad_files and not facts.lines_read)
    finally:
        shutil.rmtree(folder)


def _write(folder: Path, kind: str, lines: list[tuple[str, ...]], ragged: int) -> int:
    """Write the lines as a file of this kind; returns how many there are, the torn ones included."""
    if kind == "csv":
        torn = "one,two\n" * ragged
        write(folder, "1.csv", csv_text(COLUMNS, lines) + torn)
        return len(lines) + ragged
    records = [dict(zip(COLUMNS, line, strict=True)) for line in lines]
    if kind == "jsonl":
        torn = "{not json\n" * ragged
        write(folder, "1.jsonl", "".join(json.dumps(record) + "\n" for record in records) + torn)
        return len(lines) + ragged
    folder.mkdir(parents=True)
    pd.DataFrame(records).to_parquet(folder / "1.parquet")
    return len(lines)
