"""JSON objects that hold several lists: which one has the orders is said by the owner, and no list vanishes."""

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from pizza_assets.errors import BadFile
from pizza_assets.sources.orders import json_files
from pizza_assets.sources.orders.mapping_reader import parse_mapping
from pizza_assets.sources.orders.proposal.mapping_text import mapping_text
from pizza_assets.sources.orders.proposal.proposal import propose
from pizza_assets.sources.orders.proposal.sample import read_sample
from pizza_assets_tests.sources.orders.exports import order_files, write
from pizza_assets_tests.sources.orders.test_no_silent_guess import SAID


def records(count: int, prefix: str) -> list[dict[str, str]]:
    return [
        {"id": f"{prefix}{n}", "placed_at": f"2025-08-15 {12 + n % 10}:05", "store": "S1", "total": "8.50"}
        for n in range(count)
    ]


@pytest.fixture(params=[1 << 20, 700], ids=["one chunk", "many chunks"], autouse=True)
def _chunks(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(json_files, "JSON_CHUNK_CHARS", request.param)


@pytest.mark.parametrize("indent", [None, 2])
def test_two_lists_are_refused_with_both_names_until_one_is_chosen(tmp_path: Path, indent: int | None) -> None:
    whole = {
        "page": 1,
        "open_orders": records(50, "A"),
        "next": None,
        "closed_orders": records(150, "B"),
        "tags": ["x"],
    }
    file = write(tmp_path / "in", "1.json", json.dumps(whole, indent=indent))
    with pytest.raises(BadFile, match=r"'open_orders' and 'closed_orders': say which.*--records open_orders"):
        read_sample(file)
    for name, count in (("open_orders", 50), ("closed_orders", 150)):
        proposal = propose([read_sample(file, name)], replace(SAID, records=name), "Europe/London")
        document = {"files": "*.json", **proposal.document}
        chosen = parse_mapping(mapping_text(document, proposal.notes), "orders.toml")
        assert order_files(tmp_path / "in", chosen, staging=tmp_path / name).facts.lines["accepted"] == count
    with pytest.raises(BadFile, match="no list of objects in it is called 'orders'"):
        read_sample(file, "orders")


def test_lists_of_values_and_lists_inside_records_are_no_other_lists(tmp_path: Path) -> None:
    nested = [{**record, "items": [{"name": "x"}, {"name": "y"}]} for record in records(40, "A")]
    whole = {"tags": ["a"], "orders": nested, "ids": [1, 2], "meta": {"total": 40, "empty": []}}
    sample = read_sample(write(tmp_path, "1.json", json.dumps(whole)))
    assert len(sample.lines) == 80


def test_an_export_with_a_second_list_is_refused_whole_when_it_is_imported(tmp_path: Path) -> None:
    one = write(tmp_path / "one", "1.json", json.dumps({"orders": records(40, "A")}))
    proposal = propose([read_sample(one)], SAID, "Europe/London")
    chosen = parse_mapping(mapping_text({"files": "*.json", **proposal.document}, proposal.notes), "orders.toml")
    write(tmp_path / "in", "1.json", json.dumps({"orders": records(40, "A")}))
    write(tmp_path / "in", "2.json", json.dumps({"orders": records(5, "B"), "refunded": records(9, "C")}))
    facts = order_files(tmp_path / "in", chosen).facts
    assert facts.lines["accepted"] == 40
    assert "'orders' and 'refunded'" in facts.bad_files["2.json"]


@pytest.mark.parametrize("between", ["", "\n", " \n\n", ",\n"])
def test_pages_appended_to_one_file_are_all_read(tmp_path: Path, between: str) -> None:
    """Of lists after the first nothing was read, and nothing said."""
    pages = [records(30, "A"), records(20, "B"), records(1, "C")]
    file = write(tmp_path, "1.json", between.join(json.dumps(page) for page in pages) + "\n")
    assert len(read_sample(file).lines) == 51


def test_text_after_a_list_is_damage(tmp_path: Path) -> None:
    file = write(tmp_path, "1.json", json.dumps(records(30, "A")) + "\noops")
    with pytest.raises(BadFile, match=r"'oops' stands after its list of records; export it again"):
        read_sample(file)


@pytest.mark.parametrize(
    "whole",
    [
        lambda pages: "\n".join(json.dumps({"orders": page}, indent=1) for page in pages),
        lambda pages: json.dumps({"pages": [{"orders": page} for page in pages]}),
    ],
    ids=["appended", "nested"],
)
def test_two_lists_of_the_chosen_name_are_refused(tmp_path: Path, whole: Callable[[list], str]) -> None:
    """The second one vanished under the mapping that the message had asked for."""
    file = write(tmp_path, "1.json", whole([records(30, "A"), records(20, "B")]))
    with pytest.raises(BadFile, match="more than one list called 'orders'; make each a file of its own"):
        read_sample(file, "orders")
