import json

import pytest

from pizza_assets.dashboards.manifest import EXTRACTS, data_dictionary, data_dictionary_json, quicksight_manifest


def test_a_manifest_names_the_one_file_and_the_csv_settings():
    manifests = quicksight_manifest(
        {"dashboard_matches": "s3://bucket/quicksight-ready/dashboard-data/dashboard_matches.csv"}
    )
    assert list(manifests) == ["dashboard_matches.manifest.json"]
    assert json.loads(manifests["dashboard_matches.manifest.json"]) == {
        "fileLocations": [{"URIs": ["s3://bucket/quicksight-ready/dashboard-data/dashboard_matches.csv"]}],
        "globalUploadSettings": {"format": "CSV", "delimiter": ",", "textqualifier": '"', "containsHeader": "true"},
    }


def test_two_tables_in_one_file_are_refused():
    with pytest.raises(ValueError, match=r"b: 's3://b/data.csv' already holds a"):
        quicksight_manifest({"a": "s3://b/data.csv", "b": "s3://b/data.csv"})


def test_a_folder_is_refused_because_facts_are_stored_beside_the_table():
    with pytest.raises(ValueError, match=r"a: 's3://b/data/' is a folder"):
        quicksight_manifest({"a": "s3://b/data/"})


def test_the_dictionary_has_every_column_of_every_extract_with_type_and_meaning():
    tables = {table["table"]: table for table in data_dictionary()}
    for model in EXTRACTS:
        columns = tables[model.table_name()]["columns"]
        assert [column["name"] for column in columns] == model.column_names()
        assert all(column["description"] for column in columns)
        assert {column["type"] for column in columns} <= {"text", "integer", "number", "boolean", "timestamp (UTC)"}
    assert json.loads(data_dictionary_json()) == data_dictionary()
