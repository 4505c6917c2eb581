"""Metadata of every asset in the Dagster UI: owner, column descriptions, real share, a few rows."""

import json

import dagster as dg
import pandas as pd
import pytest

from pizza_assets.assets.metadata import (
    PREVIEW_CHARACTERS,
    PREVIEW_COLUMNS,
    PREVIEW_ROWS,
    bullets,
    markdown,
    preview,
    whole,
)
from pizza_assets.definitions import build_definitions
from pizza_assets.models.extracts import EXTRACTS
from pizza_assets.storage.layout import PLACES
from pizza_assets.storage.tables import model_of
from pizza_assets_tests.support.pipeline import WEEKS, Pipeline
from pizza_assets_tests.support.worlds import World

SPECS = {spec.key.to_user_string(): spec for spec in build_definitions({}).resolve_all_asset_specs()}


def test_every_place_has_an_asset() -> None:
    assert set(SPECS) == set(PLACES)
    extracts = {model.table_name() for model in EXTRACTS}
    assert {name for name in SPECS if name.startswith("dashboard_")} == extracts | {"dashboard_page"}


@pytest.mark.parametrize("asset", sorted(SPECS))
def test_every_asset_and_column_is_described(asset: str) -> None:
    spec = SPECS[asset]
    assert spec.owners
    assert {"python"} < set(spec.kinds)
    assert len(spec.description or "") > 20
    assert spec.group_name in {"raw", "merged", "analysis", "dashboards"}
    assert spec.code_version
    if PLACES[asset].suffix in {"parquet", "csv"}:
        columns = spec.metadata["dagster/column_schema"].columns
        assert [column.name for column in columns] == model_of(asset).column_names()
        assert all(column.description for column in columns)


def test_a_preview_is_small_and_plain() -> None:
    rows = pd.DataFrame({f"c{n}": ["x" * 500] * 50 for n in range(30)}).assign(c0=1.5, c1=pd.NA, c2=pd.Timestamp(0))
    records = [record.data for record in preview(rows)["preview"].records]
    assert len(records) == PREVIEW_ROWS
    assert len(records[0]) == PREVIEW_COLUMNS
    assert (records[0]["c0"], records[0]["c1"], records[0]["c2"]) == (1.5, None, "1970-01-01 00:00:00")
    assert len(str(records[0]["c3"])) == PREVIEW_CHARACTERS
    assert list(preview(rows, ("c9", "c2"))["preview"].records[0].data) == ["c9", "c2"]
    assert preview(rows.head(0)) == {}


def test_an_empty_table_has_the_label_of_its_inputs() -> None:
    some, none = pd.DataFrame({"order_source": ["mock"]}), pd.DataFrame({"order_source": []}, dtype="str")
    assert whole(none, none, some).data_source == "mock"
    assert whole(none, if_empty="mixed").data_source == "mixed"
    assert whole(none).data_source == "real"
    assert whole(pd.DataFrame({"week": ["a"]}), if_empty="mock").data_source == "mock", "rows without a label"


def test_text_cannot_break_out_of_its_cell() -> None:
    text = markdown(pd.DataFrame({"a": ["x | y\nz", None], "b": [1.23456, 2.0]})).value
    assert text == "| a | b |\n|---|---|\n| x \\| y z | 1.23 |\n|  | 2 |"


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("![x](https://evil.example/p.png)", r"\!\[x\](https\://evil.example/p.png)"),
        ("<img src=x> &amp; `code`", r"\<img src=x\> \&amp; \`code\`"),
        ("**bold** _it_ ~~no~~ \\ #1", r"\*\*bold\*\* \_it\_ \~\~no\~\~ \\ \#1"),
        ("1. FC Köln - Bayern 1.5", r"1\. FC Köln - Bayern 1.5"),
        ("- x + y", r"\- x + y"),
        ("a\n\n# b", r"a \# b"),
        ("Orders run 12.5 % above normal (19 matches).", "Orders run 12.5 % above normal (19 matches)."),
    ],
)
def test_names_are_escaped(name: str, shown: str) -> None:
    assert bullets([name, "next"]).value == f"- {shown}\n- next"
    assert markdown(pd.DataFrame({"team": [name]})).value == f"| team |\n|---|\n| {shown} |"


# Property 18: every run tells all of it
def test_every_table_of_a_run_shows_its_size_real_share_and_path(analysed: World) -> None:
    with analysed.instance() as instance:
        latest = {asset: instance.get_latest_materialization_event(dg.AssetKey(asset)) for asset in PLACES}
    for asset, place in PLACES.items():
        event = latest[asset]
        assert event is not None, asset
        assert event.asset_materialization is not None, asset
        metadata = event.asset_materialization.metadata
        assert isinstance(metadata["real_share"].value, float), asset
        if place.suffix not in {"parquet", "csv"}:
            assert "path" in metadata, asset
            continue
        rows = metadata["dagster/row_count"].value
        assert isinstance(rows, int), asset
        assert rows == 0 or str(analysed.made_in / "data") in str(metadata["dagster/uri"].value), asset
        if not place.weekly and rows:
            records = [record.data for record in metadata["preview"].records]
            assert 1 <= len(records) <= PREVIEW_ROWS, asset
            assert len(json.dumps(records)) < 5_000, asset
    _extracts_are_whole(Pipeline(analysed.data))


def _extracts_are_whole(pipeline: Pipeline) -> None:
    """Check that CSV files match their models and agree with each other."""
    tables = {model.table_name(): pipeline.tables.read_whole(model.table_name()) for model in EXTRACTS}
    for model in EXTRACTS:
        table = tables[model.table_name()]
        assert table is not None
        model.validate(table, lazy=True)
        assert PLACES[model.table_name()].suffix == "csv"
    quality, checks = tables["dashboard_data_quality"], tables["dashboard_checks"]
    assert quality["week_starts_at"].dt.strftime("%Y-%m-%d").tolist() == quality["week"].tolist()
    assert not quality["is_partial"].any()
    assert (quality["failed_check_count"] == 0).all()
    assert checks.groupby(["asset", "check"])["week_count"].sum().eq(len(WEEKS)).all()
    assert set(checks["outcome"]) == {"passed"}
    timeline, impact = tables["dashboard_match_timeline"], tables["dashboard_match_impact"]
    assert set(timeline["match_id"]) == set(impact["match_id"])
    assert set(timeline["match_id"]) <= set(tables["dashboard_matches"]["match_id"])
    assert set(impact["match_type"]) == {"league"}
    assert impact["own_result"].notna().all()
