"""The faults of a server on Square: exactly its rows, or good rows and each bad one by name, or a clear failure."""

import contextlib
import random
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from pizza_assets.errors import BadAnswer, LimitReached, SourceError
from pizza_assets.sources.base import SourceResult
from pizza_assets_tests.sources.test_faults import FINAL, HARMLESS, INJECTIONS
from pizza_assets_tests.sources.test_faults import MENDED_BY_ASKING_AGAIN as MENDED_ON_OTHERS
from pizza_assets_tests.support import fault_server as faults
from pizza_assets_tests.support.api_rows import KEY, QUICK, WEEK
from pizza_assets_tests.support.fault_server import Fault, edited, ok, running, status
from pizza_assets_tests.support.square_server import SquareServer, given_back, money, sale, square_orders

ROWS = 8
RATE_LIMITED = b'{"errors": [{"category": "RATE_LIMIT_ERROR", "code": "RATE_LIMITED", "detail": "Too many requests"}]}'


def _naive(document: dict[str, Any]) -> None:
    for row in document["orders"]:
        row["closed_at"] = row["closed_at"][:19]


NOT_ON_SQUARE = {"short count", "uncounted", "naive times"}
"""Square does not count its orders, and has another field of time."""
MENDED_BY_ASKING_AGAIN: dict[str, Fault] = {
    **{name: fault for name, fault in MENDED_ON_OTHERS.items() if name not in NOT_ON_SQUARE},
    "naive closing times": edited(_naive),
    "429 of Square": status(429, RATE_LIMITED, Retry_After="0"),
    "errors under 200": ok(b'{"errors": [{"code": "INTERNAL_SERVER_ERROR"}]}'),
    "orders that are null": edited(lambda document: {**document, "orders": None}),
    "a cursor that is a list": edited(lambda document: {**document, "cursor": []}),
}


@pytest.fixture
def server() -> Iterator[SquareServer]:
    with running(SquareServer(orders={"s1": [sale(n) for n in range(ROWS)]})) as serving:
        yield serving


def _ask(server: SquareServer, folder: Path, **bounds: Any) -> SourceResult:
    return square_orders(server.url, folder, replace(QUICK, **bounds)).orders(WEEK)


def _is_exact(result: SourceResult) -> bool:
    stored = {row.order_id: (row.revenue_cents, row.pizza_count) for row in result.frame.itertuples()}
    return stored == {f"sale-s1-{n}": (1250 + n, 3) for n in range(ROWS)} and result.rejected.empty


def _searches(server: SquareServer) -> int:
    return sum(request.path == "/v2/orders/search" for request in server.requests)


@pytest.mark.parametrize("name", MENDED_BY_ASKING_AGAIN)
def test_what_passes_is_asked_again_until_every_row_is_there(name: str, server: SquareServer, tmp_path: Path) -> None:
    server.faults = [MENDED_BY_ASKING_AGAIN[name]]
    assert _is_exact(_ask(server, tmp_path))
    assert not server.faults


@pytest.mark.parametrize("name", HARMLESS)
def test_what_is_merely_odd_changes_nothing(name: str, server: SquareServer, tmp_path: Path) -> None:
    server.always = server.locations_fault = HARMLESS[name]
    assert _is_exact(_ask(server, tmp_path))


@pytest.mark.parametrize("name", [*MENDED_BY_ASKING_AGAIN, *FINAL])
def test_what_does_not_pass_is_a_clear_failure(name: str, server: SquareServer, tmp_path: Path) -> None:
    server.always = (MENDED_BY_ASKING_AGAIN | FINAL)[name]
    with pytest.raises(SourceError) as failure:
        _ask(server, tmp_path)
    assert server.url in str(failure.value)
    assert KEY not in str(failure.value)
    assert _searches(server) <= (1 if name in FINAL else QUICK.attempts)


@pytest.mark.parametrize("name", [*FINAL, "500", "html under 200", "a list under 200"])
def test_locations_that_fail_fail_the_week(name: str, server: SquareServer, tmp_path: Path) -> None:
    server.locations_fault = (MENDED_BY_ASKING_AGAIN | FINAL)[name]
    with pytest.raises(SourceError, match="/v2/locations"):
        _ask(server, tmp_path)
    assert _searches(server) == 0


PAGE_FAULTS: dict[str, Fault] = {
    "a cursor loop": edited(lambda document: {**document, "cursor": "3"}),
    "a cursor of a megabyte": edited(lambda document: {**document, "cursor": "x" * 2**20}),
    "a cursor that is no text": edited(lambda document: {**document, "cursor": True}),
}


@pytest.mark.parametrize("name", [*PAGE_FAULTS, "cursors without end", "the same orders without end"])
def test_pages_that_do_not_end_store_nothing(name: str, server: SquareServer, tmp_path: Path) -> None:
    orders = server.orders["s1"] if "the same orders" in name else []
    server.always = PAGE_FAULTS.get(name) or (
        lambda exchange: exchange.send_document({"orders": orders, "cursor": f"0{len(server.requests)}"})
    )
    with pytest.raises(BadAnswer, match="store s1|cursor"):
        _ask(server, tmp_path)
    assert len(server.requests) < 200


def test_a_listing_that_shifts_while_it_is_read_has_every_order_once(server: SquareServer, tmp_path: Path) -> None:
    """An order is closed late and is listed first: one row comes twice, and the new one with the next reading."""
    served = []

    def shift(document: dict[str, Any]) -> None:
        served.append(document)
        if len(served) == 1:
            server.orders["s1"].insert(0, sale(-1))

    server.always = edited(shift)
    result = _ask(server, tmp_path)
    assert _is_exact(result)
    assert "1 order was sent again" in (result.reason or "")


def test_an_order_and_a_return_that_come_twice_count_once(server: SquareServer, tmp_path: Path) -> None:
    back = given_back("sale-s1-0", 200)
    server.orders["s1"] += [back, back, sale(1, total_money=money(9900))]
    found = _ask(server, tmp_path).frame.set_index("order_id")["revenue_cents"]
    assert (found["sale-s1-0"], found["sale-s1-1"], len(found)) == (1050, 9900, ROWS)


def test_a_limit_for_a_day_is_named_at_once(server: SquareServer, tmp_path: Path) -> None:
    server.always = status(429, RATE_LIMITED, Retry_After="86400")
    with pytest.raises(LimitReached, match=r"429 \(Too many requests\)"):
        _ask(server, tmp_path)
    assert _searches(server) == 1


@pytest.mark.parametrize("written", [b"1e9999999", b"9" * 5000, b"NaN", b"12.5"])
def test_a_number_beyond_all_bounds_costs_its_row_and_no_other(
    written: bytes, server: SquareServer, tmp_path: Path
) -> None:
    server.orders["s1"][4]["total_money"]["amount"] = 98765
    server.always = lambda exchange: exchange.send(200, exchange.body.replace(b"98765", written))
    result = _ask(server, tmp_path)
    assert len(result.frame) == ROWS - 1
    assert list(result.rejected["row_id"]) == ["sale-s1-4"]


@pytest.mark.parametrize("text", INJECTIONS)
def test_injection_strings_are_only_text(text: str, server: SquareServer, tmp_path: Path) -> None:
    server.locations = [{**server.locations[0], "name": text}]
    server.orders["s1"][0].update(id=text)
    result = _ask(server, tmp_path)
    assert set(result.frame["store_location"]) == {text}
    assert text in set(result.frame["order_id"])


def test_a_redirect_target_sees_neither_request_nor_token(server: SquareServer, tmp_path: Path) -> None:
    with running(SquareServer()) as foreign:
        server.always = status(307, Location=f"{foreign.url}/v2/orders/search")
        with pytest.raises(SourceError, match="redirects"):
            _ask(server, tmp_path)
        assert foreign.requests == []


def test_a_token_that_comes_back_escaped_is_blotted_out(server: SquareServer, tmp_path: Path) -> None:
    escaped = "".join(f"\\u{ord(letter):04x}" for letter in KEY)
    server.orders["s1"][0]["line_items"][0]["name"] = "HERE"
    server.always = lambda exchange: exchange.send(200, exchange.body.replace(b"HERE", escaped.encode()))
    result = _ask(server, tmp_path)
    assert "***" in result.frame.to_csv()
    assert KEY not in result.frame.to_csv()


@pytest.mark.parametrize("fault", [faults.drip, faults.silence], ids=["body", "silence"])
def test_the_deadline_cuts_a_server_that_takes_its_time(fault: Fault, server: SquareServer, tmp_path: Path) -> None:
    server.always = fault
    with pytest.raises(SourceError, match=r"no complete answer .*(not complete within 0\.3 s|timed out)"):
        _ask(server, tmp_path, attempts=1, attempt_seconds=0.3)


@pytest.mark.parametrize("fault", [faults.endless, faults.bomb], ids=["512 MB", "gzip bomb"])
def test_a_body_without_end_is_refused(fault: Fault, server: SquareServer, tmp_path: Path) -> None:
    server.always = fault
    with pytest.raises(SourceError, match="larger than"):
        _ask(server, tmp_path)
    assert _searches(server) == 1


@pytest.mark.parametrize("share", [0.3, 0.6])
@pytest.mark.parametrize("seed", range(10))
def test_random_faults_lose_and_invent_nothing(share: float, seed: int, server: SquareServer, tmp_path: Path) -> None:
    drawn = random.Random(seed)
    choices = list(MENDED_BY_ASKING_AGAIN.values())
    server.faults = [drawn.choice(choices) if drawn.random() < share else None for _ in range(200)]
    with contextlib.suppress(SourceError):  # then nothing is stored
        assert _is_exact(_ask(server, tmp_path))
