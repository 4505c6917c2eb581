import json

import pytest

from pizza_assets.dashboards.manifest import EXTRACTS, data_dictionary, data_dictionary_json, quicksight_manifest


def test_a_manifest_names_the_prefix_and_the_csv_settings():
    manifests = quicksight_manifest(
        {"dashboard_matches": "s3://bucket/quicksight-ready/dashboard-data/dashboard_matches"}
    )
    assert list(manifests) == ["dashboard_matches.manifest.json"]
    assert json.loads(manifests["dashboard_matches.manifest.json"]) == {
        "fileLocations": [{"URIPrefixes": ["s3://bucket/quicksight-ready/dashboard-data/dashboard_matches"]}],
        "globalUploadSettings": {"format": "CSV", "delimiter": ",", "textqualifier": '"', "containsHeader": "true"},
    }


@pytest.mark.parametrize("other", ["s3://b/data/", "s3://b/data/b.csv"])
def test_a_prefix_that_holds_another_table_is_refused(other):
    with pytest.raises(ValueError, match=r"a: the prefix 's3://b/data/' also holds b"):
        quicksight_manifest({"a": "s3://b/data/", "b": other})


def test_the_dictionary_has_every_column_of_every_extract_with_type_and_meaning():
    tables = {table["table"]: table for table in data_dictionary()}
    for model in EXTRACTS:
        columns = tables[model.table_name()]["columns"]
        assert [column["name"] for column in columns] == model.column_names()
        assert all(column["description"] for column in columns)
        assert {column["type"] for column in columns} <= {"text", "integer", "number", "boolean", "timestamp (UTC)"}
    assert json.loads(data_dictionary_json()) == data_dictionary()
