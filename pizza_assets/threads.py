"""Runs work in threads, in parallel or ahead of its consumer. Callers make sure that it is thread-safe.

Threads help as far as work releases Python's global lock: in numpy, Arrow, DuckDB, SQLite and on the disk.
"""

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TypeVar

Item = TypeVar("Item")
Result = TypeVar("Result")

AT_ONCE = 2
"""Half of the work here holds the global lock, so more threads would only wait for each other."""


def side_by_side(work: Callable[[Item], Result], items: Iterable[Item], at_once: int = AT_ONCE) -> Iterator[Result]:
    """The results of `work` for each item, in order, with `at_once` of them in progress while the caller uses one.

    If at_once is 1, no thread is started. A caller that stops early waits for the calls in progress.
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
    """The items in order, with the next one fetched ahead in a thread; an error is raised in place of its item."""
    end = object()
    with ThreadPoolExecutor(1) as thread:
        coming = thread.submit(next, items, end)
        while (item := coming.result()) is not end:
            coming = thread.submit(next, items, end)
            yield item  # type: ignore[misc]  # all but the end are items
