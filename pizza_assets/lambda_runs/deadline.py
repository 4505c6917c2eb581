"""How long a call of the function may still work."""

import time
from collections.abc import Callable
from dataclasses import dataclass

LONGEST_MARGIN_SECONDS = 40.0
"""Enough to stop a step and to write the end of a run; a function with little time keeps a fifth of it."""


@dataclass(frozen=True)
class Deadline:
    """stop_at: when work is to be stopped in good order. give_up_at: when nothing more can be waited for.

    Both in the seconds of `clock`, which never goes back.
    """

    stop_at: float
    give_up_at: float
    clock: Callable[[], float] = time.monotonic

    @classmethod
    def after(cls, remaining_seconds: float, clock: Callable[[], float] = time.monotonic) -> "Deadline":
        """Of a call that AWS kills after so many seconds."""
        margin = min(LONGEST_MARGIN_SECONDS, remaining_seconds / 5)
        killed_at = clock() + remaining_seconds
        return cls(killed_at - margin, killed_at - margin / 4, clock)

    @property
    def is_near(self) -> bool:
        return self.clock() >= self.stop_at

    @property
    def is_past_saving(self) -> bool:
        return self.clock() >= self.give_up_at
