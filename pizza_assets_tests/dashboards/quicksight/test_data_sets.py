"""Data sets read the extracts as they are written: the file's columns in the file's order, with the models' types."""

from datetime import UTC, datetime
from typing import Any

import pandas as pd

from pizza_assets.dashboards.csv_format import to_csv
from pizza_assets.dashboards.quicksight.data_sets import (
    DATA_SETS,
    ORDERS_AND_MATCHES,
    DataSet,
    data_set_body,
    data_source_body,
)
from pizza_assets.dashboards.views import EXTRACTS_READ, VIEWS
from pizza_assets.models.extracts import EXTRACTS, ChecksExtract
from pizza_assets.models.table import Table
from pizza_assets_tests.dashboards.quicksight.target import TARGET
from pizza_assets_tests.support.cases import each_of


def casts(data_set: DataSet) -> dict[str, dict[str, str]]:
    tables: Any = data_set_body(TARGET, data_set)["LogicalTableMap"]
    operations = [t for table in tables.values() for t in table.get("DataTransforms", [])]
    found = [o["CastColumnTypeOperation"] for o in operations if "CastColumnTypeOperation" in o]
    return {cast["ColumnName"]: cast for cast in found}


def test_every_extract_is_read_and_every_view_has_its_data_set() -> None:
    assert EXTRACTS_READ == EXTRACTS
    needed = {reads.extract for view in VIEWS if not view.only_on_page for reads in view.reads}
    assert needed <= {extract for data_set in DATA_SETS for extract in data_set.extracts}


@each_of("extract", EXTRACTS, ids=lambda extract: extract.table_name())
def test_a_data_source_is_the_manifest_of_one_table(extract: type[Table]) -> None:
    body: Any = data_source_body(TARGET, extract)
    assert body["DataSourceParameters"]["S3Parameters"]["ManifestFileLocation"] == {
        "Bucket": "pizza-and-football",
        "Key": f"quicksight-ready/metadata/{extract.table_name()}.manifest.json",
    }


@each_of("data_set", DATA_SETS, ids=lambda data_set: data_set.identifier)
def test_columns_are_the_files_columns_in_the_files_order(data_set: DataSet) -> None:
    physical: Any = data_set_body(TARGET, data_set)["PhysicalTableMap"]
    for extract, table in zip(data_set.extracts, physical.values(), strict=True):
        header = to_csv(extract.empty(), extract).decode().splitlines()[0].split(",")
        assert [column["Name"] for column in table["S3Source"]["InputColumns"]] == header
        assert {column["Type"] for column in table["S3Source"]["InputColumns"]} == {"STRING"}
        assert table["S3Source"]["DataSourceArn"] == TARGET.arn("datasource", extract.table_name())


@each_of("data_set", DATA_SETS, ids=lambda data_set: data_set.identifier)
def test_every_column_but_text_is_cast_to_its_type(data_set: DataSet) -> None:
    found = casts(data_set)
    for extract in data_set.extracts:
        for column in extract.columns():
            wanted = {"int64": "INTEGER", "Int64": "INTEGER", "float64": "DECIMAL"}.get(column.dtype)
            wanted = "DATETIME" if column.dtype.startswith("datetime64") else wanted
            assert found.get(column.name, {}).get("NewColumnType") == wanted, column.name
    assert {cast["SubType"] for cast in found.values() if cast["NewColumnType"] == "DECIMAL"} <= {"FLOAT"}


def test_the_format_of_times_is_the_one_that_is_written() -> None:
    (written,) = {cast["Format"] for d in DATA_SETS for cast in casts(d).values() if "Format" in cast}
    python = written.replace("'T'", "T").replace("'Z'", "Z")
    for word, code in {"yyyy": "%Y", "MM": "%m", "dd": "%d", "HH": "%H", "mm": "%M", "ss": "%S"}.items():
        python = python.replace(word, code)
    extract = next(e for e in EXTRACTS if e.table_name() == "dashboard_data_quality")
    moment = pd.Timestamp("2026-08-04T05:00Z").as_unit("us")
    row = {c.name: moment if c.dtype.startswith("datetime64") else None for c in extract.columns()}
    cells = to_csv(pd.DataFrame([row]), extract).decode().splitlines()[1].split(",")
    cell = next(cell for cell in cells if cell).strip('"')
    assert datetime.strptime(cell, python).replace(tzinfo=UTC) == moment


def test_no_column_of_two_joined_extracts_has_the_same_name() -> None:
    assert ORDERS_AND_MATCHES.joined is not None
    left, right = (set(extract.column_names()) for extract in ORDERS_AND_MATCHES.extracts)
    assert not left & right


def test_orders_without_a_match_stay() -> None:
    tables: Any = data_set_body(TARGET, ORDERS_AND_MATCHES)["LogicalTableMap"]
    assert tables["joined"]["Source"]["JoinInstruction"]["Type"] == "LEFT"


def test_a_whole_number_of_weeks_is_a_number() -> None:
    assert casts(next(d for d in DATA_SETS if d.extract is ChecksExtract))["week_count"]["NewColumnType"] == "INTEGER"
