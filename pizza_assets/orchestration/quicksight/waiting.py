"""Waiting for QuickSight's asynchronous operations: polling with a limit, with clock and sleep as parameters."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from pizza_assets.errors import StillAtWork

Answer = TypeVar("Answer")


@dataclass(frozen=True)
class Patience:
    """Polls every `pause` seconds, for at most `longest` seconds."""

    clock: Callable[[], float] = time.monotonic
    sleep: Callable[[float], None] = time.sleep
    pause: float = 2.0
    longest: float = 900.0

    def until(self, ask: Callable[[], Answer], is_done: Callable[[Answer], bool], what: str) -> Answer:
        """The first answer for which `is_done` holds. Raises StillAtWork naming `what` after the longest wait."""
        began = self.clock()
        while not is_done(answer := ask()):
            if self.clock() - began >= self.longest:
                raise StillAtWork(
                    f"{what}: QuickSight was still working after {self.longest:.0f} seconds; run the same command "
                    "again later to resume"
                )
            self.sleep(self.pause)
        return answer
