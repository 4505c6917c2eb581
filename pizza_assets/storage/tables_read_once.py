"""Stored tables for one report over many weeks. Runs write and then read again, so they need TableStore itself."""

from collections.abc import Callable
from datetime import datetime

from pizza_assets.storage.facts import Facts
from pizza_assets.storage.object_store import ObjectStore
from pizza_assets.storage.refusals import RefusalLimits
from pizza_assets.storage.tables import TableStore


class TablesReadOnce(TableStore):
    """Reads the facts of each week once, since several tables depend on the same one; in a bucket each is requests.

    What is stored later is not seen.
    """

    def __init__(
        self,
        store: ObjectStore,
        now: Callable[[], datetime],
        mock_refused: frozenset[str] = frozenset(),
        limits: RefusalLimits | None = None,
    ) -> None:
        super().__init__(store, now, mock_refused, limits)
        self._known: dict[tuple[str, str], Facts | None] = {}

    def week_facts(self, asset: str, week: str) -> Facts | None:
        if (asset, week) not in self._known:
            self._known[asset, week] = super().week_facts(asset, week)
        return self._known[asset, week]
