from collections.abc import Iterator
from threading import Barrier, Event

import pytest

from pizza_assets.errors import BadFile
from pizza_assets.threads import ahead, side_by_side

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


@pytest.mark.parametrize("at_once", [1, 2, 5])
def test_results_come_in_the_order_of_the_items(at_once: int) -> None:
    assert list(side_by_side(lambda item: item * item, range(50), at_once)) == [item * item for item in range(50)]
    assert list(side_by_side(str, [], at_once)) == []


def test_two_are_at_work_at_once() -> None:
    both = Barrier(2)
    assert list(side_by_side(lambda _: both.wait(PATIENCE_SECONDS) in (0, 1), range(2), 2)) == [True, True]


def test_an_error_ends_it_and_little_more_is_begun() -> None:
    begun = []

    def work(item: int) -> int:
        begun.append(item)
        if item == 3:
            raise BadFile("orders.csv: torn")
        return item

    with pytest.raises(BadFile, match="torn"):
        list(side_by_side(work, range(1_000), 2))
    assert len(begun) < 10
