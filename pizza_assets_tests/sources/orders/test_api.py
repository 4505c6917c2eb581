"""The orders API: contract file, several stores, every field, and what a failing store costs."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pizza_assets.errors import AccessRefused, ConfigurationError
from pizza_assets.models import RawOrders
from pizza_assets.models.week import MatchWeek
from pizza_assets.sources.orders.api_contract import Store, load_contract
from pizza_assets.sources.orders.api_format import read_page
from pizza_assets.sources.orders.listing import Period
from pizza_assets_tests.support.api_rows import KEY, NOW, WEEK, contract, order, orders_api
from pizza_assets_tests.support.examples import examples
from pizza_assets_tests.support.fault_server import Exchange, FaultServer, running

STORES = (Store(id="s1", market="Leeds"), Store(id="s2", market="Leeds"), Store(id="s3", market="York"))
GOOD = 'label="real"\nurl="https://orders.example.com/"\nchain="dominos"\ncurrency="GBP"\n[[store]]\nid="1"\nmarket="Leeds"\n'


def _server() -> FaultServer:
    return FaultServer(orders={store.id: [order(n, store.id) for n in range(4)] for store in STORES})


def test_several_stores_are_asked_with_the_key_and_covered(tmp_path: Path) -> None:
    with running(_server()) as server:
        result = orders_api(server.url, tmp_path, stores=STORES).orders(WEEK)
    assert len(result.rows) == 12
    assert {period.market for period in result.covered} == {"Leeds", "York"}
    assert {(p.starts_at, p.ends_at) for p in result.covered} == {(WEEK.starts_at, WEEK.ends_at)}
    assert not result.is_partial
    assert {request.headers["Authorization"] for request in server.requests} == {f"Bearer {KEY}"}


def test_the_market_of_a_failing_store_is_missing_and_named(tmp_path: Path) -> None:
    def refuse_s2(exchange: Exchange) -> None:
        is_refused = exchange.query["store_id"] == "s2"
        exchange.send(404 if is_refused else 200, b"{}" if is_refused else exchange.body)

    with running(_server()) as server:
        server.always = refuse_s2
        result = orders_api(server.url, tmp_path, stores=STORES).orders(WEEK)
    assert set(result.rows["market"]) == {"York"}
    assert {period.market for period in result.covered} == {"York"}
    assert result.is_partial
    assert "store s2 failed" in (result.reason or "")
    assert "market Leeds is missing" in (result.reason or "")


def test_a_coming_week_is_not_covered_and_a_running_one_until_now(tmp_path: Path) -> None:
    running_week = MatchWeek.containing(NOW, "Europe/London")
    with running(_server()) as server:
        api = orders_api(server.url, tmp_path, stores=STORES)
        assert not api.orders(running_week.shifted(1)).is_covered
        assert server.requests == []
        assert {period.ends_at for period in api.orders(running_week).covered} == {NOW}


def test_an_empty_real_answer_is_real_and_empty(tmp_path: Path) -> None:
    with running(FaultServer(orders={"s1": []})) as server:
        result = orders_api(server.url, tmp_path).orders(WEEK)
    assert result.is_covered
    assert result.rows.empty
    assert str(result.data_source) == "real"


def test_a_failure_is_asked_for_once(tmp_path: Path) -> None:
    with running(FaultServer(always=lambda exchange: exchange.send(401, b"{}"))) as server:
        api = orders_api(server.url, tmp_path)
        for week in (WEEK, WEEK.shifted(1), WEEK.shifted(2)):
            with pytest.raises(AccessRefused, match="refused with 401.*set the key"):
                api.orders(week)
            assert isinstance(api.failure(week), AccessRefused)
    assert len(server.requests) == 1


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ('label="real"', "", "label is missing"),
        ('label="real"', 'label="true"', "neither real nor mock"),
        ("https", "http", "not https"),
        ("https://", "", "is not an address"),
        ("https://", "https://me:pw@", "contains more than an address"),
        ('"GBP"', '"pounds"', "not an ISO 4217"),
        ('id="1"', 'id=""', "store 1: id is empty"),
        ('id="1"', "", "store 1: id is missing"),
        ('market="Leeds"', 'market="Leeds"\ncity="Leeds"', "store '1': unknown key 'city'; use one of id, market"),
        ('market="Leeds"', 'market="Leeds"\n[[store]]\nid="1"\nmarket="York"', "store '1' is listed twice"),
        ("[[store]]", "[store]", "store must be written as [[store]], once for each store"),
        ('[[store]]\nid="1"\nmarket="Leeds"', "", "store must be written as [[store]], once for each store"),
        ("chain=", "chian=", "unknown key 'chian' (did you mean 'chain'?); use one of "),
        ('chain="dominos"', "chain=3", "chain must be text in quotes"),
        ('chain="dominos"', 'chain="d"\npage_size=true', "page_size must be an integer"),
        ('chain="dominos"', 'chain="d"\norigin="elsewhere"', "unknown key 'origin'"),
        ('chain="dominos"', 'chain="d"\nheader="Authorization"', "header must be like"),
        ('chain="dominos"', 'chain="d"\npage_size=0', "page_size must be greater than or equal to 1"),
        ('chain="dominos"', 'chain="d"\nfields={order="id"}', "fields: unknown key 'order' (did you mean 'order_id'?)"),
        ('chain="dominos"', 'chain="d"\nfields={order_id="items"}', "two fields the same name"),
        ("chain=", "chain", "not readable as TOML"),
    ],
)
def test_a_wrong_contract_file_is_refused_by_name(tmp_path: Path, old: str, new: str, message: str) -> None:
    path = tmp_path / "orders-api.toml"
    path.write_text(GOOD.replace(old, new))
    with pytest.raises(ConfigurationError) as refusal:
        load_contract(path)
    assert message in str(refusal.value)
    assert str(path) in str(refusal.value)


def test_a_pasted_key_reaches_no_traceback(tmp_path: Path) -> None:
    """Dagster writes the traceback of a failed run, with its causes, to its event log."""
    path = tmp_path / "orders-api.toml"
    path.write_text(GOOD.replace('chain="dominos"', 'chain="d"\nheader="X-Key: pasted-by-mistake"'))
    with pytest.raises(ConfigurationError) as refusal:
        load_contract(path)
    error: BaseException | None = refusal.value
    while error is not None:
        assert "pasted-by-mistake" not in str(error)
        error = error.__cause__ or error.__context__


def test_names_of_another_service_are_translated(tmp_path: Path) -> None:
    path = tmp_path / "orders-api.toml"
    path.write_text(GOOD + "[fields]\norder_id='id'\ntotal_amount='gross'\n")
    told = load_contract(path)
    row = order(1, "1")
    row["id"], row["gross"] = row.pop("order_id"), row.pop("total_amount")
    page = read_page({"orders": [row], "count": 1, "total": 1}, "here", told, told.store[0], _period())
    assert [order_id for order_id, _ in page.orders] == ["1-1"]


def _period() -> Period:
    return Period(WEEK.starts_at, WEEK.ends_at)


@examples(100)
@given(
    second=st.integers(0, WEEK.minutes * 60 - 1),
    offset=st.integers(-12, 14),
    cents=st.integers(0, 100_000_000),
    quantities=st.lists(st.tuples(st.sampled_from(["pizza", "Pizza", "drink"]), st.integers(0, 20)), max_size=5),
    location=st.text("abc äß,\"'", max_size=20).map(str.strip),
    order_id=st.one_of(st.integers(0, 10**12), st.text("ab-1", min_size=1, max_size=20)),
)
def test_every_field_of_a_well_formed_order_arrives(
    second: int,
    offset: int,
    cents: int,
    quantities: list[tuple[str, int]],
    location: str,
    order_id: Any,
) -> None:
    # Property 2, orders
    at = WEEK.starts_at + timedelta(seconds=second)
    local = (at + timedelta(hours=offset)).replace(tzinfo=None).isoformat()
    items = [{"category": kind, "name": "x", "quantity": count} for kind, count in quantities]
    row = order(
        0,
        order_id=order_id,
        timestamp=f"{local}{'-' if offset < 0 else '+'}{abs(offset):02d}:00",
        items=items,
        total_amount=f"{cents // 100}.{cents % 100:02d}",
        store_location=location,
    )
    page = read_page({"orders": [row], "count": 1, "total": 1}, "here", contract("https://x"), STORES[0], _period())
    assert page.rejected == []
    frame = RawOrders.validate(RawOrders.conform([fields for _, fields in page.orders if fields is not None]))
    (read,) = frame.to_dict("records")
    assert read["order_id"] == str(order_id)
    assert read["ordered_at"] == at
    assert read["ordered_at"].utcoffset() == datetime.now(UTC).utcoffset()
    assert read["revenue_cents"] == cents
    assert read["pizza_count"] == sum(count for kind, count in quantities if kind != "drink" or not quantities)
    assert (read["market"], read["store_id"], read["currency"]) == ("Leeds", "s1", "GBP")
    assert location == (
        ""
        if read["store_location"] is None or read["store_location"] != read["store_location"]
        else read["store_location"]
    )
