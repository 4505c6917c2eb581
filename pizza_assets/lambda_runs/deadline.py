"""The time that is left for an invocation of the function."""

import time
from collections.abc import Callable
from dataclasses import dataclass

LONGEST_MARGIN_SECONDS = 40.0
"""Enough to stop a step and record the end of a run; a function with a short time limit keeps a fifth of it."""


@dataclass(frozen=True)
class Deadline:
    """stop_at: when to stop the work gracefully. give_up_at: when to stop waiting for that.

    Both in seconds of the monotonic `clock`.
    """

    stop_at: float
    give_up_at: float
    clock: Callable[[], float] = time.monotonic

    @classmethod
    def after(cls, remaining_seconds: float, clock: Callable[[], float] = time.monotonic) -> "Deadline":
        """The deadline of an invocation that AWS kills after so many seconds."""
        margin = min(LONGEST_MARGIN_SECONDS, remaining_seconds / 5)
        killed_at = clock() + remaining_seconds
        return cls(killed_at - margin, killed_at - margin / 4, clock)

    @property
    def seconds_to_stop(self) -> float:
        """How long the work may still go on; 0 once it must stop."""
        return max(self.stop_at - self.clock(), 0.0)

    @property
    def is_near(self) -> bool:
        return self.clock() >= self.stop_at

    @property
    def has_passed(self) -> bool:
        return self.clock() >= self.give_up_at
