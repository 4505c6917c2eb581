"""Whether stored data is stale, and why.

The inputs of a week are defined in week_inputs.py; backfill.py brings stale weeks up to date.
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
"""Collected assets keep a stored week that their source no longer covers (a mock week of raw_orders may also come from
an export labelled mock); derived weeks are deleted with their inputs."""

MISSING = "missing"
INCOMPLETE = "collected before the week was complete"
_STAND_IN = "a stand-in for"


def is_stand_in(reason: str) -> bool:
    """Whether this reason for staleness is that mock data stand in for a source that failed. Making the week again
    changes nothing until the source answers."""
    return reason.startswith(_STAND_IN)


class Staleness:
    """The staleness of single weeks and of tables over all weeks.

    whole_parents: the inputs of each asset over all weeks. parameters: see resources.analysis_parameters.
    checks: the latest results of the asset checks.
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
        """The reason why this week is stale; None if it is up to date."""
        try:
            expected = self._inputs.fingerprint(asset, week)
            facts = self._tables.week_facts(asset, week.key)
        except StorageError as error:
            return f"can't be read: {error}"
        if facts is None:
            return None if expected is None else MISSING
        if expected is None:
            return None if asset in COLLECTED else "its inputs no longer exist"
        return (
            self._stand_in(asset, facts)
            or _outdated(asset, facts)
            or _changed(week, facts, expected)
            or self._blocked(asset, week.key)
        )

    def of_analysis(self) -> list[str]:
        """The assets over all weeks that are missing or built from outdated inputs."""
        identities: dict[str, str] = {}
        return [asset for asset in self._whole_parents if not self._is_current(asset, identities)]

    def _is_current(self, asset: str, identities: dict[str, str]) -> bool:
        """identities: of the inputs seen so far, since many tables share them."""
        try:
            facts = self._tables.whole_facts(asset)
            for parent in self._whole_parents[asset]:
                if parent not in identities:
                    identities[parent] = table_identity(self._tables, parent)
        except StorageError:
            return False  # an unreadable table is rebuilt; whoever reads it reports the error
        inputs = {parent: identities[parent] for parent in self._whole_parents[asset]}
        has_same_inputs = facts is not None and facts.input_fingerprint == whole_fingerprint(self._parameters, inputs)
        return has_same_inputs and _outdated(asset, facts) is None

    def _stand_in(self, asset: str, facts: Facts) -> str | None:
        """A remote source that failed may work now; for local sources the fingerprint changes."""
        remote = self._inputs.remote_source(asset)
        if remote is None:
            return None
        if facts.data_source == DataSource.MOCK and facts.source_name == "mock":
            return f"{_STAND_IN} {remote}"
        return "partial" if facts.is_partial else None

    def _blocked(self, asset: str, week: str) -> str | None:
        """A week that a check blocked is made and checked again: the cause may have been fixed, or the limit raised."""
        failed = [verdict.check for verdict in self.checks.failed(asset, week) if verdict.is_error]
        return f"the check {failed[0]} failed" if failed else None


def _outdated(asset: str, facts: Facts) -> str | None:
    if facts.code_version != CODE_VERSIONS[asset]:
        return f"made by code version {facts.code_version}, now {CODE_VERSIONS[asset]}"
    if PLACES[asset].suffix in {"parquet", "csv"} and facts.schema_version != model_of(asset).schema_version():
        return f"stored in schema version {facts.schema_version}, now {model_of(asset).schema_version()}"
    return None


def _changed(week: MatchWeek, facts: Facts, expected: str) -> str | None:
    if facts.input_fingerprint == expected:
        return None
    if facts.collected_at and datetime.fromisoformat(facts.collected_at) < week.ends_at + SETTLED_AFTER:
        return INCOMPLETE
    return "its inputs have changed"
