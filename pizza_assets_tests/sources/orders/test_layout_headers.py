"""Known exports with a header renamed or missing: asked, refused or equal for every column, never silently other."""

import csv
from collections.abc import Iterable
from dataclasses import replace
from functools import cache
from pathlib import Path

import pytest

from pizza_assets.errors import ConfigurationError
from pizza_assets.sources.orders.known_layouts import Layout, known_layouts, recognised, resembled
from pizza_assets.sources.orders.proposal.answers import Answers, Proposal
from pizza_assets.sources.orders.proposal.proposal import propose
from pizza_assets.sources.orders.proposal.sample import read_sample

FILES = {
    "clover_orders": "clover_orders.csv",
    "deliveroo_statement": "deliveroo_statement.csv",
    "doordash_transactions": "doordash_transactions.csv",
    "just_eat_statement": "just_eat_statement.csv",
    "lightspeed_x_sales": "lightspeed_x_sales.csv",
    "pulse_orders": "pulse_orders.csv",
    "shopify_orders": "shopify_orders_export.csv",
    "square_items": "square_items.csv",
    "square_transactions": "square_transactions.csv",
    "toast_item_selections": "toast_ItemSelectionDetails.csv",
    "toast_order_details": "toast_OrderDetails.csv",
    "uber_eats_payments": "uber_eats_payment_details.csv",
    "woo_analytics": "woo_analytics_orders.csv",
    "zomato_orders": "zomato_orders.csv",
}
LAYOUTS = {layout.key: layout for layout in known_layouts()}
LINES = 12
RENAMED = "Colonne 7"


@pytest.fixture(scope="session")
def exports(shared_data: Path) -> Path:
    return shared_data / "exports"


@cache
def first_rows(exports: Path, key: str) -> tuple[tuple[str, ...], ...]:
    """The header and the first lines of a known export."""
    with (exports / FILES[key]).open(encoding="utf-8-sig", newline="") as handle:
        rows = [tuple(row) for row in csv.reader(handle)]
    start = next(at for at, row in enumerate(rows) if not LAYOUTS[key].absent(row))
    return tuple(rows[start : start + 1 + LINES])


def answers(layout: Layout) -> Answers:
    """Everything that the export does not say itself."""
    asked = {"timezone": "Europe/London", "currency": "GBP"}
    places = (
        {"chain": "fornello"} if "store_id" in layout.mapping["columns"] else {"chain": "fornello", "market": "York"}
    )
    return Answers(label="mock", constants=places, **{name: asked[name] for name in layout.asks})


def proposed(folder: Path, rows: Iterable[tuple[str, ...]], said: Answers) -> Proposal:
    file = folder / "export.csv"
    with file.open("w", encoding="utf-8", newline="") as handle:
        csv.writer(handle).writerows(rows)
    return propose([read_sample(file)], said, "Europe/London")


def test_every_layout_is_tried() -> None:
    assert set(FILES) == set(LAYOUTS)


@pytest.mark.parametrize("key", FILES)
def test_any_header_that_is_missing_or_renamed_is_asked_for_or_never_read(exports: Path, key: str) -> None:
    """The question follows from the headers alone, so every column can be tried; the next test asks it."""
    layout, (header, *_) = LAYOUTS[key], first_rows(exports, key)
    for name in header:
        for new in ((), (RENAMED,)):
            at = header.index(name)
            shown = (*header[:at], *new, *header[at + 1 :])
            if name in layout.needed:
                assert recognised([shown]) is None
                assert resembled([shown]) == (layout, [name])
            else:
                assert recognised([shown]) is layout
                assert repr(name) not in repr(layout.mapping)


@pytest.mark.parametrize("key", FILES)
def test_the_question_names_what_is_missing_and_how_to_say_what_it_is_called(
    exports: Path, tmp_path: Path, key: str
) -> None:
    layout, (header, *rows) = LAYOUTS[key], first_rows(exports, key)
    name = next(
        name for name, roles in layout.needed.items() if "status" in roles or "store_id" in roles or "void" in roles
    )
    shown = tuple(RENAMED if other == name else other for other in header)
    proposal = proposed(tmp_path, [shown, *rows], answers(layout))
    about = {question.option: question.about for question in proposal.questions}[f"--layout {key}|none"]
    assert f"lacks {name!r}" in about
    assert all(f"--column {role}=HEADER" in about for role in layout.needed[name])
    assert repr(RENAMED) in about


@pytest.mark.parametrize("key", FILES)
def test_renamed_headers_that_are_named_give_the_same_mapping(exports: Path, tmp_path: Path, key: str) -> None:
    layout, (header, *rows) = LAYOUTS[key], first_rows(exports, key)
    whole = proposed(tmp_path, [header, *rows], answers(layout))
    assert not whole.questions
    renamed = {name: f"<{name}>" for name in layout.needed}
    columns = {role: renamed[name] for name, roles in layout.needed.items() for role in roles if role != "order_id"}
    parts = layout.mapping.get("order_id_of", [layout.mapping["columns"].get("order_id")])
    order_id = tuple(renamed[name] for name in parts)
    said = replace(answers(layout), columns=columns, order_id=order_id, layout=key)
    named = proposed(tmp_path, [tuple(renamed.get(name, name) for name in header), *rows], said)
    assert not named.questions
    assert repr(named.document).replace("<", "").replace(">", "") == repr(whole.document)


def test_a_layout_that_is_named_needs_its_columns(exports: Path, tmp_path: Path) -> None:
    header, *rows = first_rows(exports, "woo_analytics")
    header = tuple("Zustand" if name == "Status" else name for name in header)
    with pytest.raises(ConfigurationError, match=r"no column 'Status'.*--column status=HEADER"):
        proposed(tmp_path, [header, *rows], replace(answers(LAYOUTS["woo_analytics"]), layout="woo_analytics"))
    with pytest.raises(ConfigurationError, match="--layout woo: no such layout; use none, or one of: clover_orders"):
        proposed(tmp_path, [header, *rows], Answers(layout="woo"))
