"""Deliveries of work that may be done twice: one at a time, none after a success, the next one after a death."""

import itertools
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any, cast

from pizza_assets.storage.delivery_claims import DeliveryClaims


class Objects:
    """Create-only objects in memory with a time of change, which a test moves."""

    def __init__(self) -> None:
        self.changed: dict[str, datetime] = {}
        self.now = datetime(2026, 8, 4, 18, tzinfo=UTC)

    def create(self, key: str, content: bytes) -> bool:
        return key not in self.changed and not self.put(key, content)

    def put(self, key: str, content: bytes) -> None:
        self.changed[key] = self.now

    def modified_at(self, key: str) -> datetime | None:
        return self.changed.get(key)


def claims(objects: Objects, during_look: Callable[[], object] = lambda: None) -> DeliveryClaims:
    tokens = itertools.count()

    def sleep(seconds: float) -> None:
        objects.now += timedelta(seconds=seconds)
        during_look()

    return DeliveryClaims(cast("Any", objects), lambda: str(next(tokens)), sleep)


def test_a_second_delivery_does_nothing_while_the_first_is_at_work() -> None:
    objects = Objects()
    first = claims(objects)
    assert first.take_or_follow("tick") == "tick"
    assert claims(objects, lambda: first.renew("tick")).take_or_follow("tick") is None


def test_a_second_delivery_does_nothing_once_the_first_has_finished() -> None:
    objects = Objects()
    first = claims(objects)
    assert first.take_or_follow("tick") == "tick"
    assert claims(objects, lambda: first.finish("tick")).take_or_follow("tick") is None
    looked: list[bool] = []
    assert claims(objects, lambda: looked.append(True)).take_or_follow("tick") is None
    assert not looked


def test_after_a_death_one_of_two_retries_does_the_work_and_after_the_next_death_a_third() -> None:
    objects = Objects()
    assert claims(objects).take_or_follow("tick") == "tick"
    second = claims(objects)
    assert second.take_or_follow("tick") == "tick.1"
    assert claims(objects, lambda: second.renew("tick.1")).take_or_follow("tick") is None
    assert claims(objects).take_or_follow("tick") == "tick.2"
    assert claims(objects).take_or_follow("other tick") == "other tick"
