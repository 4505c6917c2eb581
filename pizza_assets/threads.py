"""Work in threads: side by side, or ahead of who uses it. What the work is, and whether it may, belongs elsewhere.

Threads help as far as work is done outside of Python's lock: by numpy, Arrow, DuckDB, SQLite and the disk.
"""

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TypeVar

Item = TypeVar("Item")
Result = TypeVar("Result")

AT_ONCE = 2
"""Half of the work here holds Python's lock, so more threads would only wait for each other."""


def side_by_side(work: Callable[[Item], Result], items: Iterable[Item], at_once: int = AT_ONCE) -> Iterator[Result]:
    """What `work` makes of each item, in the order of the items; `at_once` are at work while the caller uses one.

    With one at a time there is no thread. Who stops early waits for these.
    """
    if at_once <= 1:
        yield from map(work, items)
        return
    with ThreadPoolExecutor(at_once) as threads:
        begun: deque[Future[Result]] = deque()
        for item in items:
            begun.append(threads.submit(work, item))
            if len(begun) > at_once:
                yield begun.popleft().result()
        while begun:
            yield begun.popleft().result()


def ahead(items: Iterator[Item]) -> Iterator[Item]:
    """The items in their order, one of them made ahead in a thread; an error of `items` comes where its item would."""
    end = object()
    with ThreadPoolExecutor(1) as thread:
        coming = thread.submit(next, items, end)
        while (item := coming.result()) is not end:
            coming = thread.submit(next, items, end)
            yield item  # type: ignore[misc]  # all but the end are items
