"""Whether what is stored is still what would be made now, and if not, why.

What a week is made of is in week_inputs.py; bringing it up to date belongs to backfill.py.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime

from pizza_assets.errors import StorageError
from pizza_assets.models.vocabulary import DataSource
from pizza_assets.models.week import MatchWeek
from pizza_assets.orchestration.freshness.check_history import CheckHistory
from pizza_assets.orchestration.freshness.week_inputs import SETTLED_AFTER, WeekInputs
from pizza_assets.storage.facts import Facts
from pizza_assets.storage.fingerprints import table_identity, whole_fingerprint
from pizza_assets.storage.layout import CODE_VERSIONS, PLACES
from pizza_assets.storage.tables import TableStore, model_of

COLLECTED = frozenset({"raw_matches", "raw_match_events", "raw_orders", "mock_orders"})
"""What is not derived stays as it was if its source says nothing (the mock weeks of raw_orders may also be those of an
export that is labelled mock); all else goes with what it was made of."""

MISSING = "missing"


class Staleness:
    """Answers for single weeks and for tables over all weeks.

    whole_parents: the inputs of each asset over all weeks. parameters: see resources.analysis_parameters.
    checks: what the asset checks last said.
    """

    def __init__(
        self,
        tables: TableStore,
        inputs: WeekInputs,
        whole_parents: Mapping[str, Iterable[str]],
        parameters: str,
        checks: CheckHistory,
    ) -> None:
        self._tables, self._inputs = tables, inputs
        self._whole_parents, self._parameters = whole_parents, parameters
        self.checks = checks

    def of_week(self, asset: str, week: MatchWeek) -> str | None:
        """Why this week should be made again, in a few words; None if it is as it should be."""
        try:
            expected = self._inputs.fingerprint(asset, week)
            facts = self._tables.week_facts(asset, week.key)
        except StorageError as error:
            return f"can't be read: {error}"
        if facts is None:
            return None if expected is None else MISSING
        if expected is None:
            return None if asset in COLLECTED else "nothing stands behind it any more"
        return (
            self._stand_in(asset, facts)
            or _outdated(asset, facts)
            or _changed(week, facts, expected)
            or self._blocked(asset, week.key)
        )

    def of_analysis(self) -> list[str]:
        """The assets over all weeks that are missing or made of something else than what is stored now."""
        identities: dict[str, str] = {}
        return [asset for asset in self._whole_parents if not self._is_current(asset, identities)]

    def _is_current(self, asset: str, identities: dict[str, str]) -> bool:
        """`identities` are those of the inputs seen so far: many tables have the same ones."""
        try:
            facts = self._tables.whole_facts(asset)
            for parent in self._whole_parents[asset]:
                if parent not in identities:
                    identities[parent] = table_identity(self._tables, parent)
        except StorageError:
            return False  # what can't be read is made again; why it can't be is told where it is read
        inputs = {parent: identities[parent] for parent in self._whole_parents[asset]}
        is_as_made = facts is not None and facts.input_fingerprint == whole_fingerprint(self._parameters, inputs)
        return is_as_made and _outdated(asset, facts) is None

    def _stand_in(self, asset: str, facts: Facts) -> str | None:
        """A remote source that failed may answer now; of a source at hand the fingerprint tells."""
        remote = self._inputs.remote_source(asset)
        if remote is None:
            return None
        if facts.data_source == DataSource.MOCK and facts.source_name == "mock":
            return f"a stand-in for the source {remote}"
        return "partial" if facts.is_partial else None

    def _blocked(self, asset: str, week: str) -> str | None:
        """A week that a check holds back is made and checked again: what was wrong may have been mended, or allowed."""
        failed = [verdict.check for verdict in self.checks.failed(asset, week) if verdict.is_error]
        return f"the check {failed[0]} failed" if failed else None


def _outdated(asset: str, facts: Facts) -> str | None:
    if facts.code_version != CODE_VERSIONS[asset]:
        return f"made by code version {facts.code_version}, now {CODE_VERSIONS[asset]}"
    if PLACES[asset].suffix in {"parquet", "csv"} and facts.schema_version != model_of(asset).schema_version():
        return f"of schema version {facts.schema_version}, now {model_of(asset).schema_version()}"
    return None


def _changed(week: MatchWeek, facts: Facts, expected: str) -> str | None:
    if facts.input_fingerprint == expected:
        return None
    if facts.collected_at and datetime.fromisoformat(facts.collected_at) < week.ends_at + SETTLED_AFTER:
        return "collected before all of the week had come in"
    return "what it is made of has changed"
