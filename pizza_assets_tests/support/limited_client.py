"""A process that makes requests under a shared limit: `python -m … URL DATABASE MOST WINDOW REQUESTS`."""

import sys
from pathlib import Path

from pizza_assets.models.secret import Secret
from pizza_assets.sources.api import Api, ApiClient, Bounds
from pizza_assets.sources.rate_limit import SharedLimit


def main() -> None:
    url, database, most, window, requests = sys.argv[1:]
    limit = SharedLimit(Path(database), "shared", int(most), float(window))
    client = ApiClient(Api("the API", url, Secret("k" * 8), {"X-Auth-Token": "{key}"}, "", Bounds()), limit)
    for _ in range(int(requests)):
        client.ask("/v4/competitions/PL/matches", {}, lambda document, origin: document)


if __name__ == "__main__":
    main()
