from collections.abc import Iterator
from threading import Barrier, Event

import pytest

from pizza_assets.errors import BadFile
from pizza_assets.threads import ahead, side_by_side

PATIENCE_SECONDS = 30


def test_items_keep_their_order() -> None:
    assert list(ahead(iter(range(100)))) == list(range(100))
    assert list(ahead(iter([]))) == []


def test_the_next_item_is_fetched_while_one_is_in_use() -> None:
    is_made = Event()

    def items() -> Iterator[int]:
        yield 1
        is_made.set()
        yield 2

    for item in ahead(items()):
        assert is_made.wait(PATIENCE_SECONDS), f"nothing was made while {item} was in use"


def test_an_error_is_raised_in_place_of_its_item() -> None:
    def items() -> Iterator[int]:
        yield 1
        raise BadFile("orders.csv: torn")

    seen = []
    with pytest.raises(BadFile, match="torn"):
        for item in ahead(items()):
            seen.append(item)
    assert seen == [1]


def test_stopping_early_leaves_no_running_thread() -> None:
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
def test_results_keep_the_order_of_the_items(at_once: int) -> None:
    assert list(side_by_side(lambda item: item * item, range(50), at_once)) == [item * item for item in range(50)]
    assert list(side_by_side(str, [], at_once)) == []


def test_two_items_are_processed_in_parallel() -> None:
    both = Barrier(2)
    assert list(side_by_side(lambda _: both.wait(PATIENCE_SECONDS) in (0, 1), range(2), 2)) == [True, True]


def test_an_error_stops_further_work() -> None:
    begun = []

    def work(item: int) -> int:
        begun.append(item)
        if item == 3:
            raise BadFile("orders.csv: torn")
        return item

    with pytest.raises(BadFile, match="torn"):
        list(side_by_side(work, range(1_000), 2))
    assert len(begun) < 10
