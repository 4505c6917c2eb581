"""Stored tables for one report over many weeks. Runs write and then read again, so they need TableStore itself."""

from collections.abc import Callable
from datetime import datetime

from pizza_assets.storage.facts import Facts
from pizza_assets.storage.object_store import ObjectStore
from pizza_assets.storage.refusals import RefusalLimits
from pizza_assets.storage.tables import TableStore


class TablesReadOnce(TableStore):
    """Reads the facts of every week and table once, since several tables depend on the same one.

    In a bucket each reading is requests, and for a CSV it reads the whole object. What is stored later is not seen.
    """

    def __init__(
        self,
        store: ObjectStore,
        now: Callable[[], datetime],
        mock_refused: frozenset[str] = frozenset(),
        limits: RefusalLimits | None = None,
    ) -> None:
        super().__init__(store, now, mock_refused, limits)
        self._of_weeks: dict[tuple[str, str], Facts | None] = {}
        self._of_whole: dict[str, Facts | None] = {}

    def week_facts(self, asset: str, week: str) -> Facts | None:
        if (asset, week) not in self._of_weeks:
            self._of_weeks[asset, week] = super().week_facts(asset, week)
        return self._of_weeks[asset, week]

    def whole_facts(self, asset: str) -> Facts | None:
        if asset not in self._of_whole:
            self._of_whole[asset] = super().whole_facts(asset)
        return self._of_whole[asset]
