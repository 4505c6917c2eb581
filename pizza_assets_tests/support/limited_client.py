"""A process that makes requests under a shared limit: `python -m … URL DATABASE MOST WINDOW REQUESTS`.

It prints `slot` and a moment for each slot that it took, `hold` and a moment for each wait that it wrote down for all.
The moments lie inside the limit's transactions, which follow one another over all processes.
"""

import contextlib
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from pizza_assets.models.secret import Secret
from pizza_assets.sources.api import Api, ApiClient, Bounds
from pizza_assets.sources.rate_limit import SharedLimit


class ReportingLimit(SharedLimit):
    def __init__(self, database: Path, most: int, window_seconds: float) -> None:
        super().__init__(database, "shared", most, window_seconds, now=self._look)
        self._looked_at = 0.0

    def _look(self) -> float:
        self._looked_at = time.time()
        return self._looked_at

    @contextlib.contextmanager
    def slot(self) -> Iterator[None]:
        with super().slot():
            print("slot", self._looked_at)
            yield

    def hold(self, seconds: float) -> None:
        super().hold(seconds)
        print("hold", self._looked_at)


def main() -> None:
    url, database, most, window, requests = sys.argv[1:]
    limit = ReportingLimit(Path(database), int(most), float(window))
    client = ApiClient(Api("the API", url, Secret("k" * 8), {"X-Auth-Token": "{key}"}, "", Bounds()), limit)
    for _ in range(int(requests)):
        client.ask("/v4/competitions/PL/matches", {}, lambda document, origin: document)


if __name__ == "__main__":
    main()
