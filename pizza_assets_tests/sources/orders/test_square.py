"""Square: its own SDK accepts what the test server says, and every sale, return and oddity becomes the right order."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pandas as pd
import pytest
from square import Square

from pizza_assets.errors import AccessRefused, BadAnswer, ConfigurationError, NotThere
from pizza_assets.models.coverage import CoveredPeriod
from pizza_assets.orchestration.freshness.week_inputs import SETTLED_AFTER
from pizza_assets.sources.base import SourceResult
from pizza_assets.sources.orders.api_contract import Store, load_square_stores
from pizza_assets.sources.orders.square import RETURNS_COUNT_FOR
from pizza_assets_tests.sources.orders.exports import csv_text, mapping, order_files, write
from pizza_assets_tests.support.api_rows import KEY, NOW, WEEK
from pizza_assets_tests.support.fault_server import running
from pizza_assets_tests.support.square_server import (
    LOCATION,
    SquareServer,
    accepted_by_the_sdk,
    given_back,
    money,
    sale,
    square_orders,
)

SALES = [sale(n) for n in range(5)]
MAPPING = """
label = "real"
rows = "items"
currency = "GBP"
price_unit = "minor"
refunds = "net"
[columns]
order_id = "id"
timestamp = "closed"
price = "price"
quantity = "count"
item = "item"
kind = "kind"
[kinds]
orders = ["Payment"]
refunds = ["Refund"]
[constants]
chain = "dominos"
market = "Leeds"
store_id = "s1"
store_location = "High Street 1"
"""


def _answer(folder: Path, orders: list[dict[str, Any]]) -> SourceResult:
    server = SquareServer(orders={"s1": orders})
    assert accepted_by_the_sdk(server)
    with running(server):
        return square_orders(server.url, folder).orders(WEEK)


def _of(result: SourceResult, order_id: str) -> Any:
    return result.frame.set_index("order_id").loc[order_id]


def test_the_sdk_gets_the_same_orders_from_the_test_server(tmp_path: Path) -> None:
    orders = [*SALES, given_back("sale-s1-1", 300, number=9)]
    with running(SquareServer(orders={"s1": orders})) as server, httpx.Client() as connection:
        ours = square_orders(server.url, tmp_path).orders(WEEK)
        asked = [request.query for request in server.requests if request.path == "/v2/orders/search"]
        client = Square(token=KEY, base_url=server.url, httpx_client=connection)
        locations = client.locations.list().locations or []
        theirs, cursor = [], None
        while True:
            page = client.orders.search(
                location_ids=["s1"], query=asked[0]["query"], limit=500, **({"cursor": cursor} if cursor else {})
            )
            theirs += page.orders or []
            cursor = page.cursor
            if cursor is None:
                break
    assert [(location.name, location.timezone) for location in locations] == [("High Street 1", "Europe/London")]
    sales = [order for order in theirs if order.line_items]
    assert sorted(ours.frame["order_id"]) == sorted(order.id for order in sales)
    assert sum(order.total_money.amount for order in sales) - 300 == ours.frame["revenue_cents"].sum()
    sent, needed = server.requests[0].headers, {request.headers["Square-Version"] for request in server.requests}
    assert sent["Authorization"] == f"Bearer {KEY}"
    assert len(needed) == 1  # the version that the SDK asks for


def test_every_field_of_a_sale(tmp_path: Path) -> None:
    result = _answer(tmp_path, SALES)
    assert len(result.frame) == 5
    row = _of(result, "sale-s1-3")
    assert row["ordered_at"] == pd.Timestamp(SALES[3]["closed_at"])
    assert (row["revenue_cents"], row["pizza_count"], row["currency"]) == (1253, 3, "GBP")
    assert (row["market"], row["chain"], row["store_id"], row["store_location"]) == (
        *("Leeds", "dominos", "s1", "High Street 1"),
    )
    assert (row["order_source"], row["source_name"]) == ("real", "Square")
    assert result.covered == (CoveredPeriod("Leeds", "dominos", "GBP", WEEK.starts_at, WEEK.ends_at),)
    stored = result.frame.to_csv()
    for personal in ("0000", "Ms Example", "CUSTOMER"):
        assert personal not in stored


def test_the_same_orders_from_a_file_are_the_same_rows(tmp_path: Path) -> None:
    orders = [*SALES, given_back("sale-s1-1", 300, 1), given_back("sale-s1-2", 1252, 3, number=21)]
    rows = [
        (order["id"], order["closed_at"], line["total_money"]["amount"], line["quantity"], line["name"], "Payment")
        for order in SALES
        for line in order["line_items"]
    ]
    rows += [
        ("sale-s1-1", orders[-2]["closed_at"], -300, -1, "Margherita", "Refund"),
        ("sale-s1-2", orders[-1]["closed_at"], -1252, -3, "Margherita", "Refund"),
    ]
    write(tmp_path / "in", "orders.csv", csv_text(("id", "closed", "price", "count", "item", "kind"), rows))
    files = order_files(tmp_path / "in", mapping(MAPPING), now=lambda: NOW).orders(WEEK).frame
    square = _answer(tmp_path, orders).frame
    assert len(square) == 4
    pd.testing.assert_frame_equal(square.assign(source_name=""), files.assign(source_name=""))


def test_what_is_given_back_is_taken_off_its_sale(tmp_path: Path) -> None:
    result = _answer(
        tmp_path,
        [
            *SALES,
            given_back("sale-s1-0", 500, 1, number=20),
            given_back("sale-s1-1", 200, number=21),  # an amount, no item
            given_back("sale-s1-2", 1252, 3, number=22),
            given_back("sale-s1-3", 400, 1, number=23, refunds=[{**_refund(400), "status": "FAILED"}]),
            given_back(None, 100, number=24),
            given_back("of an earlier week", 100, number=25),
        ],
    )
    found = {row.order_id: (row.revenue_cents, row.pizza_count) for row in result.frame.itertuples()}
    assert found == {
        "sale-s1-0": (750, 2),
        "sale-s1-1": (1051, 3),
        "sale-s1-3": (1253, 3),
        "sale-s1-4": (1254, 3),
    }
    assert result.rejected.empty
    assert result.reason == (
        "3 orders were paid back, 1 of them whole; 1 return names no order, so nothing was taken off"
    )


def test_an_exchange_is_a_sale_and_a_return(tmp_path: Path) -> None:
    back = given_back("sale-s1-0", 500, 1)
    result = _answer(tmp_path, [*SALES, sale(6, returns=back["returns"], return_amounts=back["return_amounts"])])
    assert _of(result, "sale-s1-0")["revenue_cents"] == 750
    assert _of(result, "sale-s1-6")["revenue_cents"] == 1256


def test_returns_count_as_long_as_a_week_is_collected_again(tmp_path: Path) -> None:
    assert RETURNS_COUNT_FOR == SETTLED_AFTER
    last = (WEEK.ends_at + RETURNS_COUNT_FOR - timedelta(seconds=1)).isoformat()
    late = (WEEK.ends_at + RETURNS_COUNT_FOR).isoformat()
    next_week = sale(9, closed_at=WEEK.ends_at.isoformat())
    orders = [
        *[*SALES, next_week],
        given_back("sale-s1-0", 500, 1, number=30, closed_at=last),
        given_back("sale-s1-1", 500, 1, number=31, closed_at=late),
    ]
    result = _answer(tmp_path, orders)
    assert len(result.frame) == 5
    assert result.rejected.empty
    assert _of(result, "sale-s1-0")["revenue_cents"] == 750
    assert _of(result, "sale-s1-1")["revenue_cents"] == 1251


def _refund(cents: int) -> dict[str, Any]:
    return {"id": "f", "location_id": "s1", "reason": "cold", "amount_money": money(cents), "status": "PENDING"}


def _lines(*lines: dict[str, Any]) -> dict[str, Any]:
    return {"line_items": [{"uid": str(n), "item_type": "ITEM", **line} for n, line in enumerate(lines)]}


def _paid_by_two(tip: int, service: int) -> dict[str, Any]:
    """How a bill that two people share is written: Square's total has the tip and the service charge in it."""
    card = {"id": "c", "type": "CARD", "amount_money": money(700), "tip_money": money(tip)}
    cash = {"id": "d", "type": "CASH", "amount_money": money(552), "cash_details": {"change_back_money": money(48)}}
    charge = {"name": "Service", "percentage": "20.0", "applied_money": money(service), "total_money": money(service)}
    return {
        "tenders": [card, cash],
        "service_charges": [charge],
        "total_tip_money": money(tip),
        "total_service_charge_money": money(service),
        "net_amounts": {"total_money": money(1252), "tip_money": money(tip), "service_charge_money": money(service)},
    }


@pytest.mark.parametrize(
    ("changed", "cents", "pizzas"),
    [
        (_lines({"name": "Salad", "quantity": "0.45", "quantity_unit": {"precision": 2}}), 1252, 1),
        (_lines({"name": "Margherita", "quantity": "2.0"}), 1252, 2),
        (_lines({"quantity": "1", "item_type": "CUSTOM_AMOUNT"}), 1252, 1),
        (_lines({"name": "P", "quantity": "1"}, {"name": "Card", "quantity": "1", "item_type": "GIFT_CARD"}), 1252, 1),
        ({"line_items": None}, 1252, 0),
        (_lines({"name": "P", "quantity": "2", "modifiers": [{"name": "Olives", "quantity": "2"}]}), 1252, 2),
        ({"line_items": [{"name": "of an old order", "quantity": "1"}]}, 1252, 1),
        ({"line_items": [{"name": "S", "quantity": "3.00000", "quantity_unit": {"precision": 5}}]}, 1252, 3),
        (_paid_by_two(tip=150, service=200), 1252, 3),
        ({"rounding_adjustment": {"name": "Cash", "amount_money": money(-2)}, "total_money": money(1250)}, 1250, 3),
        ({"total_money": money(0)}, 0, 3),
        ({"closed_at": "2026-03-04T20:00:00+02:00"}, 1252, 3),
        ({"closed_at": "2026-03-04T18:00:00Z"}, 1252, 3),
    ],
)
def test_how_square_may_write_an_order(changed: dict[str, Any], cents: int, pizzas: int, tmp_path: Path) -> None:
    row = _of(_answer(tmp_path, [*SALES[:2], sale(2, **changed)]), "sale-s1-2")
    assert (row["revenue_cents"], row["pizza_count"]) == (cents, pizzas)


@pytest.mark.parametrize(
    ("changed", "column"),
    [
        ({"total_money": money(1252, "USD")}, "total_money"),
        ({"total_money": None}, "total_money"),
        ({"total_money": {"amount": 12.5, "currency": "GBP"}}, "total_money"),
        ({"total_money": {"amount": 1, "currency": "G\ud800BP" * 200}}, "total_money"),
        ({"total_money": {"amount": -1, "currency": "GBP"}}, "total_money"),
        ({"total_money": {"amount": 10**12, "currency": "GBP"}}, "total_money"),
        ({"closed_at": "2026-02-30T10:00:00Z"}, "closed_at"),
        ({"closed_at": None}, "closed_at"),
        ({"location_id": "s9"}, "location_id"),
        ({"state": "CANCELED"}, "state"),
        ({"line_items": "pizza"}, "line_items"),
        (_lines({"name": "P", "quantity": "0.5"}), "line_items"),
        (_lines({"name": "P", "quantity": "1e9"}), "line_items"),
        (_lines({"name": "P", "quantity": 2}), "line_items"),
        ({"returns": [{"uid": "x", "source_order_id": "sale-s1-0"}]}, "return_amounts"),
        ({"id": None}, "id"),
    ],
)
def test_a_bad_order_is_refused_by_name_and_costs_no_other(
    changed: dict[str, Any], column: str, tmp_path: Path
) -> None:
    with running(SquareServer(orders={"s1": [*SALES[:2], sale(2, **changed), SALES[3]]})) as server:
        result = square_orders(server.url, tmp_path).orders(WEEK)
    assert set(result.frame["order_id"]) == {"sale-s1-0", "sale-s1-1", "sale-s1-3"}
    (refused,) = result.rejected.to_dict("records")
    assert refused["column"] == column
    assert refused["row_id"] == ("" if column == "id" else "sale-s1-2")


@pytest.mark.parametrize("changed", [{"total_money": None}, {"total_money": None, "net_amount_due_money": money(-500)}])
def test_an_order_that_only_gives_back_may_lack_a_total(changed: dict[str, Any], tmp_path: Path) -> None:
    result = _answer(tmp_path, [*SALES, given_back("sale-s1-0", 500, 1, **changed)])
    assert result.rejected.empty
    assert _of(result, "sale-s1-0")["revenue_cents"] == 750


def test_parts_of_a_sale_are_given_back_one_by_one_and_together_with_those_of_another(tmp_path: Path) -> None:
    first, of_another = (given_back(f"sale-s1-{n}", 500, 1)["returns"][0] for n in range(2))
    charge = {"uid": "s", "name": "Service", "total_money": money(50)}
    with_service = {**first, "return_service_charges": [charge], "return_amounts": {"total_money": money(550)}}
    both = given_back("sale-s1-0", 1050, number=22)
    orders = [
        *SALES,
        given_back("sale-s1-0", 200, number=21),
        {**both, "returns": [with_service, {**of_another, "uid": "y"}]},
    ]
    result = _answer(tmp_path, orders)
    assert result.rejected.empty
    assert (_of(result, "sale-s1-0")["revenue_cents"], _of(result, "sale-s1-0")["pizza_count"]) == (500, 2)
    assert (_of(result, "sale-s1-1")["revenue_cents"], _of(result, "sale-s1-1")["pizza_count"]) == (751, 2)


@pytest.mark.parametrize(("currency", "amount"), [("JPY", 1980), ("KWD", 4750)])
def test_amounts_of_currencies_without_cents_are_in_their_own_minor_unit(
    currency: str, amount: int, tmp_path: Path
) -> None:
    location = {**LOCATION, "currency": currency}
    sold = [sale(n, total_money=money(amount, currency)) for n in range(2)]
    with running(SquareServer(orders={"s1": sold}, locations=[location])) as server:
        result = square_orders(server.url, tmp_path).orders(WEEK)
    assert result.rejected.empty
    assert result.frame[["currency", "revenue_cents"]].to_numpy().tolist() == [[currency, amount]] * 2


def test_each_location_has_its_market_currency_and_clock(tmp_path: Path) -> None:
    dublin = {**LOCATION, "id": "s2", "name": "Dublin", "currency": "EUR", "timezone": "America/New_York"}
    sales = [sale(n, "s2", total_money=money(900, "EUR")) for n in range(3)]
    stores = (Store(id="s1", market="Leeds"), Store(id="s2", market="Leeds"))
    with running(SquareServer(orders={"s1": SALES, "s2": sales}, locations=[LOCATION, dublin])) as server:
        result = square_orders(server.url, tmp_path, stores=stores).orders(WEEK)
    assert [period.currency for period in result.covered] == ["EUR", "GBP"]
    assert dict(result.frame.groupby("currency")["revenue_cents"].sum()) == {"EUR": 2700, "GBP": 6260}
    assert "location s2 (Dublin) has the clock of America/New_York, but its market Leeds" in (result.reason or "")
    assert not result.is_partial
    assert [request.path for request in server.requests].count("/v2/locations") == 1


def test_a_location_that_square_does_not_know_costs_its_market(tmp_path: Path) -> None:
    stores = (Store(id="s1", market="Leeds"), Store(id="s7", market="York"))
    with running(SquareServer(orders={"s1": SALES})) as server:
        result = square_orders(server.url, tmp_path, stores=stores).orders(WEEK)
        assert result.is_partial
        assert "Square has no location 's7'; it has s1 (High Street 1)" in (result.reason or "")
        with pytest.raises(NotThere, match="no location 's7'"):
            square_orders(server.url, tmp_path, stores=stores[1:]).orders(WEEK)


def test_a_week_without_orders_is_real_and_empty(tmp_path: Path) -> None:
    result = _answer(tmp_path, [])
    assert result.is_covered
    assert result.frame.empty


def test_only_the_answer_without_any_field_means_no_orders(tmp_path: Path) -> None:
    server = SquareServer(orders={"s1": SALES})
    server.always = lambda exchange: exchange.send_document({"transactions": []})
    with running(server), pytest.raises(BadAnswer, match="no list named orders"):
        square_orders(server.url, tmp_path).orders(WEEK)


def test_squares_own_words_are_in_the_error_and_the_token_is_not(tmp_path: Path) -> None:
    detail = f"This request could not be authorized with {KEY}."
    document = {"errors": [{"category": "AUTHENTICATION_ERROR", "code": "UNAUTHORIZED", "detail": detail}]}
    server = SquareServer(orders={"s1": SALES})
    server.locations_fault = lambda exchange: exchange.send(401, str(document).replace("'", '"').encode())
    with running(server):
        source = square_orders(server.url, tmp_path)
        with pytest.raises(AccessRefused, match=r"401 \(This request could not be authorized with \*\*\*.\); set the"):
            source.orders(WEEK)
        assert isinstance(source.failure(WEEK.shifted(1)), AccessRefused)
    assert len(server.requests) == 1


def test_the_file_of_stores(tmp_path: Path) -> None:
    path = tmp_path / "square.toml"
    path.write_text('label="real"\nchain="d"\n[[store]]\nid="L1"\nmarket="Leeds"\n')
    stores = load_square_stores(path)
    assert (stores.url, stores.page_size) == ("https://connect.squareup.com", 500)
    path.write_text('label="real"\nchain="d"\nurl="http://squareup.example"\n[[store]]\nid="L1"\nmarket="Leeds"\n')
    with pytest.raises(ConfigurationError, match="not https"):
        load_square_stores(path)
