from collections.abc import Iterator
from threading import Event

import pytest

from pizza_assets.errors import BadFile
from pizza_assets.sources.orders.ahead import ahead

PATIENCE_SECONDS = 30


def test_the_items_come_in_their_order() -> None:
    assert list(ahead(iter(range(100)))) == list(range(100))
    assert list(ahead(iter([]))) == []


def test_the_next_item_is_made_while_one_is_in_use() -> None:
    is_made = Event()

    def items() -> Iterator[int]:
        yield 1
        is_made.set()
        yield 2

    for item in ahead(items()):
        assert is_made.wait(PATIENCE_SECONDS), f"nothing was made while {item} was in use"


def test_an_error_comes_where_its_item_would() -> None:
    def items() -> Iterator[int]:
        yield 1
        raise BadFile("orders.csv: torn")

    seen = []
    with pytest.raises(BadFile, match="torn"):
        for item in ahead(items()):
            seen.append(item)
    assert seen == [1]


def test_who_stops_early_leaves_no_thread_at_work() -> None:
    made = []

    def items() -> Iterator[int]:
        for number in range(100):
            made.append(number)
            yield number

    coming = ahead(items())
    next(coming)
    coming.close()  # type: ignore[attr-defined]
    assert len(made) <= 2
