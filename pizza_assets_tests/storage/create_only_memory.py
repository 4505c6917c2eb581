"""Create-only objects in memory and a clock that only moves when told, for tests of claims."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

START = datetime(2026, 3, 3, 6, 0, tzinfo=UTC)


class MemoryObjects:
    """Keeps objects in a dict. `mishaps` befall the next writes, one each."""

    def __init__(self) -> None:
        self.objects: dict[str, bytes] = {}
        self.mishaps: list[str | Exception] = []

    def uri(self, key: str) -> str:
        return f"memory://{key}"

    def create(self, key: str, content: bytes) -> bool:
        mishap = self._befall()
        if mishap == "conflict" or key in self.objects:
            return False
        self.objects[key] = content
        # the client repeats a request whose answer got lost, and is then told that the object is there
        return mishap != "answer lost"

    def put(self, key: str, content: bytes) -> None:
        self._befall()
        self.objects[key] = content

    def read(self, key: str) -> bytes | None:
        return self.objects.get(key)

    def keys(self, prefix: str) -> list[str]:
        return sorted(key for key in self.objects if key.startswith(prefix))

    def delete(self, key: str) -> None:
        self._befall()
        self.objects.pop(key, None)

    def _befall(self) -> str | None:
        mishap = self.mishaps.pop(0) if self.mishaps else None
        if isinstance(mishap, Exception):
            raise mishap
        return mishap


class Clock:
    """Time that passes by `sleep` only; renewals that fall due meanwhile are done, unless this writer is stopped."""

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
