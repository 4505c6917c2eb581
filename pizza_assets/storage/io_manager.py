"""The one Dagster IO manager: weeks as they finish, whole tables, CSV extracts and files; local folder or bucket.

What a week holds is decided in the assets; where it lies in layout.py.
"""

import traceback
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import dagster as dg
import pandas as pd
from dagster._core.definitions.data_version import DATA_VERSION_TAG
from dagster._core.definitions.source_asset import SYSTEM_METADATA_KEY_SOURCE_ASSET_OBSERVATION
from dagster._core.events import DagsterEvent

from pizza_assets.errors import PizzaAssetsError, StorageError, WeeksFailed
from pizza_assets.models.coverage import CoveredPeriod
from pizza_assets.models.row_stream import RowStream
from pizza_assets.models.vocabulary import DataSource
from pizza_assets.storage.fingerprints import ABSENT, table_identity, version_of, whole_fingerprint
from pizza_assets.storage.tables import TableStore, Unreadable, WeekTables, model_of
from pizza_assets.storage.week_writer import Origin, Stored, WeekWriter
from pizza_assets.threads import side_by_side

REPORTED_HERE = {SYSTEM_METADATA_KEY_SOURCE_ASSET_OBSERVATION: True}
"""Metadata of an output whose weeks are reported by the IO manager, each as it is stored.

With this key Dagster leaves the reporting to us; without it, it would report all weeks of a run once more at the end of
the step, also those of which it knows nothing (decision 0003).
"""


@dataclass(frozen=True)
class WeekOutput:
    """What an asset made of one week.

    rows None means that there is nothing to store: the source does not speak for this week, or what
    it is made of is not there. A derived week is then retired (`is_retired`), a collected one stays as it was.
    failure: of the source whose stand-in the rows are; None if they stand for themselves.
    """

    week: str
    rows: pd.DataFrame | RowStream | None = None
    data_source: str = DataSource.REAL
    source_name: str | None = None
    reason: str | None = None
    is_partial: bool = False
    is_retired: bool = False
    covered: tuple[CoveredPeriod, ...] | None = None
    rejected: pd.DataFrame | None = None
    failure: str | None = None


@dataclass(frozen=True)
class WeekOutputs:
    """The weeks of one run and how to make one of them; each is made just before it is written.

    fingerprint: of all that a week is about to be made of, or None if nothing is expected to be stored for it.
    at_once: so many weeks are made side by side in threads; with more than one, `make` and `fingerprint` must allow it.
    """

    weeks: Sequence[str]
    make: Callable[[str], WeekOutput]
    fingerprint: Callable[[str], str | None]
    at_once: int = 1


@dataclass(frozen=True)
class _Done:
    """A week that was written, or the error that kept it from being. version: of what a reader finds now."""

    week: str
    metadata: dict[str, object] = field(default_factory=dict)
    version: str = ABSENT
    error: Exception | None = None


@dataclass(frozen=True)
class WholeOutput:
    """A table over all weeks with the label of what it was made of and what else to say about it."""

    rows: pd.DataFrame
    data_source: str
    metadata: Mapping[str, object]


@dataclass(frozen=True)
class FilesOutput:
    """Finished files by name, stored side by side."""

    files: Mapping[str, bytes]
    data_source: str
    real_share: float
    metadata: Mapping[str, object]


class TableIOManager(dg.IOManager):
    """Stores what assets return and gives their inputs back.

    Outputs: WeekOutputs for a weekly asset (made, written and reported one by one), WholeOutput for a table over all
    weeks, FilesOutput for pages. Inputs: WeekTables or a DataFrame, as annotated.
    parameters: the fingerprint of the settings that tables over all weeks depend on.
    on_stored: called with asset and week (None for all weeks) after each write.
    """

    def __init__(
        self, tables: TableStore, parameters: str, on_stored: Callable[[str, str | None], None] | None = None
    ) -> None:
        self._tables = tables
        self._parameters = parameters
        self._on_stored = on_stored
        self._loaded: dict[tuple[str, str], dict[str, str]] = {}

    def handle_output(  # pyright: ignore[reportIncompatibleMethodOverride] - Dagster takes generators too
        self, context: dg.OutputContext, obj: object
    ) -> Iterator[DagsterEvent]:
        """Write and report. Raises WeeksFailed at the end if some weeks failed; the others are kept and reported."""
        asset = context.asset_key.to_user_string()
        if isinstance(obj, WeekOutputs):
            yield from self._write_weeks(context, asset, obj)
            return
        if isinstance(obj, WholeOutput):
            origin = self._origin_of_whole(context, obj.data_source)
            stored = self._tables.write_whole(asset, obj.rows, origin)
            context.add_output_metadata({**_stored_metadata(stored), **obj.metadata})
        elif isinstance(obj, FilesOutput):
            origin = self._origin_of_whole(context, obj.data_source)
            uris = self._tables.write_files(asset, obj.files, origin)
            context.add_output_metadata(_files_metadata(obj, uris))
        else:
            raise StorageError(f"{asset} returned {type(obj).__name__}, which the IO manager can't store")
        self._stored(asset, None)

    def load_input(self, context: dg.InputContext) -> object:
        """The stored input as annotated: WeekTables (lazy) or a DataFrame."""
        asset = context.asset_key.to_user_string()
        wanted = context.dagster_type.typing_type
        self._remember(context, asset)
        if context.has_asset_partitions:
            weeks = WeekTables(self._tables, asset, list(context.asset_partition_keys))
            return weeks if wanted is WeekTables else weeks.rows()
        rows = self._tables.read_whole(asset)
        if rows is None:
            raise StorageError(f"{asset} is not stored yet; materialise it first")
        return rows

    def _write_weeks(self, context: dg.OutputContext, asset: str, outputs: WeekOutputs) -> Iterator[DagsterEvent]:
        failures: dict[str, Exception] = {}

        def write(week: str) -> _Done:
            return self._write_week(context, asset, outputs, week)

        for done in side_by_side(write, outputs.weeks, outputs.at_once):
            if done.error is not None:
                failures[done.week] = done.error
                context.log.error(f"{asset} {done.week}: {_told(done.error)}")
                continue
            yield _materialized(context, done.week, done.metadata, done.version)
            self._stored(asset, done.week)
        if failures:
            # a cause is one error: the first; the traces of the others are in the run's log
            stored = len(outputs.weeks) - len(failures)
            raise WeeksFailed(asset, failures, stored) from next(iter(failures.values()))

    def _write_week(self, context: dg.OutputContext, asset: str, outputs: WeekOutputs, week: str) -> _Done:
        try:
            with self._tables.writing_week(asset, week) as writer:
                # before the rows are made: if an input changes meanwhile, the week counts as stale, not as fresh
                made_of = outputs.fingerprint(week)
                output = outputs.make(week)
                return _Done(week, *self._write_output(context, asset, writer, output, made_of or ""))
        # A catch-all: a week is the unit of failure, whatever is wrong with it, a bug included. Nothing is swallowed:
        # the trace of a bug goes to the run's log, and the step ends with WeeksFailed.
        except Exception as error:  # noqa: BLE001
            return _Done(week, error=error)

    def _write_output(
        self, context: dg.OutputContext, asset: str, writer: WeekWriter, output: WeekOutput, made_of: str
    ) -> tuple[dict[str, object], str]:
        """Metadata of the week, and the version of the data that a reader finds now (ABSENT if none)."""
        if output.rows is None:
            return self._without_rows(asset, writer, output)
        origin = Origin(
            str(output.data_source),
            _code_version(context),
            context.run_id,
            output.source_name,
            output.reason,
            output.is_partial,
            made_of,
            output.failure,
        )
        stored = writer.write(output.rows, origin, output.covered, output.rejected)
        return _stored_metadata(stored), stored.facts.content_sha256

    def _without_rows(self, asset: str, writer: WeekWriter, output: WeekOutput) -> tuple[dict[str, object], str]:
        """What the week comes to when nothing is stored for it: nothing, or what was stored before."""
        if output.is_retired:
            writer.retire()
        reason = output.reason or "nothing to store"
        kept = self._tables.examine_week(asset, output.week)
        if isinstance(kept, Unreadable):
            # not this asset's to mend: another may write the same week after it, and whoever reads it says so by name
            kept, reason = None, f"{reason}; what is stored can't be read: {kept.why}"
        metadata = {
            "dagster/row_count": 0 if kept is None else kept.row_count,
            "real_share": float(kept is not None and kept.data_source == DataSource.REAL),
            "data_source": "none" if kept is None else kept.data_source,
            "is_kept": kept is not None,
            "reason": reason,
        }
        return metadata, ABSENT if kept is None else version_of(kept)

    def _remember(self, context: dg.InputContext, asset: str) -> None:
        """Which version of an input a step over all weeks has been given."""
        if not context.step_context.has_partition_key and not context.step_context.has_partition_key_range:
            step = (context.step_context.run_id, context.step_context.step.key)
            self._loaded.setdefault(step, {})[asset] = table_identity(self._tables, asset)

    def _origin_of_whole(self, context: dg.OutputContext, data_source: str) -> Origin:
        loaded = self._loaded.pop((context.run_id, context.step_context.step.key), {})
        graph = context.step_context.job_def.asset_layer.asset_graph
        inputs = [key.to_user_string() for key in graph.get(context.asset_key).parent_keys]
        identities = {name: loaded.get(name) or table_identity(self._tables, name) for name in inputs}
        made_of = whole_fingerprint(self._parameters, identities)
        return Origin(str(data_source), _code_version(context), context.run_id, input_fingerprint=made_of)

    def _stored(self, asset: str, week: str | None) -> None:
        if self._on_stored is not None:
            self._on_stored(asset, week)


def _materialized(context: dg.OutputContext, week: str, metadata: dict[str, object], version: str) -> DagsterEvent:
    """The event of one stored week."""
    tags = {} if version == ABSENT else {DATA_VERSION_TAG: version}
    materialization = dg.AssetMaterialization(context.asset_key, partition=week, metadata=metadata, tags=tags)
    return DagsterEvent.asset_materialization(context.step_context, materialization)


def _told(error: Exception) -> str:
    """An error raised on purpose says all in its message; of a bug one wants the trace."""
    return str(error) if isinstance(error, PizzaAssetsError) else "".join(traceback.format_exception(error))


def _code_version(context: dg.OutputContext) -> str:
    return context.asset_spec.code_version or "unversioned"


def _files_metadata(output: FilesOutput, uris: Sequence[str]) -> dict[str, object]:
    return {
        "path": dg.MetadataValue.path(uris[0])
        if len(uris) == 1
        else dg.MetadataValue.md("\n".join(f"- `{uri}`" for uri in uris)),
        "bytes": sum(len(content) for content in output.files.values()),
        "real_share": output.real_share,
        "data_source": str(output.data_source),
        **output.metadata,
    }


def _stored_metadata(stored: Stored) -> dict[str, object]:
    facts = stored.facts
    metadata: dict[str, object] = {
        "dagster/row_count": facts.row_count,
        "dagster/uri": stored.uri,
        "bytes": facts.byte_count,
        "real_share": stored.real_share,
        "is_kept": stored.is_kept,
        "data_source": facts.data_source,
        "sha256": facts.sha256,
        "rejected_rows": facts.rejected_count,
    }
    if facts.source_name:
        metadata["source"] = facts.source_name
    if facts.reason:
        metadata["reason"] = facts.reason
    return metadata


def column_schema(asset: str) -> dg.TableSchema:
    """The asset's columns for the Dagster UI: name, type, meaning."""
    return dg.TableSchema(
        columns=[
            dg.TableColumn(
                name=column.name,
                type=column.dtype,
                description=column.description,
                constraints=dg.TableColumnConstraints(nullable=column.nullable),
            )
            for column in model_of(asset).columns()
        ]
    )
