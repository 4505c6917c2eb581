"""In-memory listed objects and a manually advanced clock, for tests of claims."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

START = datetime(2026, 3, 3, 6, 0, tzinfo=UTC)


@dataclass(frozen=True)
class Listed:
    key: str
    etag: str


class MemoryObjects:
    """Keeps objects in a dict. mishaps: faults of the next writes, one each."""

    def __init__(self) -> None:
        self.objects: dict[str, bytes] = {}
        self.mishaps: list[Exception] = []

    def uri(self, key: str) -> str:
        return f"memory://{key}"

    def put(self, key: str, content: bytes) -> None:
        self._befall()
        self.objects[key] = content

    def read(self, key: str) -> bytes | None:
        return self.objects.get(key)

    def listing(self, prefix: str) -> list[Listed]:
        return [Listed(key, str(hash(self.objects[key]))) for key in sorted(self.objects) if key.startswith(prefix)]

    def delete(self, key: str) -> None:
        self._befall()
        self.objects.pop(key, None)

    def _befall(self) -> None:
        if self.mishaps:
            raise self.mishaps.pop(0)


class Clock:
    """Time that advances only in `sleep`, which runs the renewals due meanwhile unless this writer is stopped."""

    def __init__(self) -> None:
        self.time = START
        self.is_stopped = False
        self.repeated: list[list] = []

    def now(self) -> datetime:
        return self.time

    def sleep(self, seconds: float) -> None:
        until = self.time + timedelta(seconds=seconds)
        while due := [entry for entry in self.repeated if entry[0] <= until]:
            entry = min(due, key=lambda each: each[0])
            self.time = max(self.time, entry[0])
            entry[0] += entry[1]
            if not self.is_stopped and not entry[2]():
                self.repeated.remove(entry)
        self.time = until

    @contextmanager
    def repeating(self, every: timedelta, action: Callable[[], bool]) -> Iterator[None]:
        entry = [self.time + every, every, action]
        self.repeated.append(entry)
        try:
            yield
        finally:
            if entry in self.repeated:
                self.repeated.remove(entry)
