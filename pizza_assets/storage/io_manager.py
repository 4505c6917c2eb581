"""The only Dagster IO manager: stores weeks as they finish, whole tables, CSV extracts and files.

The contents of a week are decided in the assets, its key in layout.py.
"""

import traceback
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

import dagster as dg
import pandas as pd
from dagster._core.definitions.data_version import (
    CODE_VERSION_TAG,
    DATA_VERSION_IS_USER_PROVIDED_TAG,
    DATA_VERSION_TAG,
    DEFAULT_DATA_VERSION,
    NULL_DATA_VERSION,
    NULL_EVENT_POINTER,
    get_input_data_version_tag,
    get_input_event_pointer_tag,
)
from dagster._core.definitions.source_asset import SYSTEM_METADATA_KEY_SOURCE_ASSET_OBSERVATION

from pizza_assets.errors import PizzaAssetsError, StorageError, WeeksFailed
from pizza_assets.escaping import plain_markdown, printable
from pizza_assets.freed_memory import FreedMemory
from pizza_assets.models.coverage import CoveredPeriod
from pizza_assets.models.row_stream import RowStream
from pizza_assets.models.vocabulary import DataSource
from pizza_assets.models.week import weeks_in_ranges, with_neighbours
from pizza_assets.storage.fingerprints import ABSENT, table_identity, version_of, whole_fingerprint
from pizza_assets.storage.tables import TableStore, Unreadable, WeekTables, model_of
from pizza_assets.storage.week_events import latest_materializations
from pizza_assets.storage.week_writer import Origin, Stored, WeekWriter, Withheld
from pizza_assets.threads import side_by_side

REPORTED_HERE = {SYSTEM_METADATA_KEY_SOURCE_ASSET_OBSERVATION: True}
"""Metadata of an output whose weeks the IO manager reports itself, each when it is stored.

Without this key Dagster would report all weeks of the run again at the end of the step, even those that failed
(decision 0003).
"""

READS_NEIGHBOURS = "pizza/reads_neighbours"
"""Metadata of a weekly input that is loaded with the weeks before and after those of the run."""


@dataclass(frozen=True)
class WeekOutput:
    """An asset's output for one week.

    rows: None if there is nothing to store, because the source does not cover this week or an input is missing. A
    derived week is then deleted (`is_retired`), a collected one kept. failure: of the source that these rows stand in
    for, if any. lacks_only_new: as in SourceResult.
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
    lacks_only_new: bool = False


@dataclass(frozen=True)
class WeekOutputs:
    """The weeks of one run and a function that makes one of them just before it is written.

    fingerprint: returns the input fingerprint of a week, or None if nothing is expected to be stored for it.
    at_once: the number of weeks made in parallel threads; if above one, `make` and `fingerprint` must be thread-safe.
    """

    weeks: Sequence[str]
    make: Callable[[str], WeekOutput]
    fingerprint: Callable[[str], str | None]
    at_once: int = 1


@dataclass(frozen=True)
class _WeekResult:
    """A written week, or the error that prevented it. version: of the data that readers now get."""

    week: str
    metadata: dict[str, object] = field(default_factory=dict)
    version: str = ABSENT
    error: Exception | None = None


@dataclass(frozen=True)
class WholeOutput:
    """A table over all weeks, the label of its data, and metadata for the Dagster UI."""

    rows: pd.DataFrame
    data_source: str
    metadata: Mapping[str, object]


@dataclass(frozen=True)
class FilesOutput:
    """Finished files by name, stored in one folder."""

    files: Mapping[str, bytes]
    data_source: str
    real_share: float
    metadata: Mapping[str, object]


class TableIOManager(dg.IOManager):
    """Stores what assets return and loads their inputs.

    Outputs: WeekOutputs for a weekly asset (made, written and reported one by one), WholeOutput for a table over all
    weeks, FilesOutput for pages. Inputs: WeekTables or a DataFrame, as annotated.
    parameters: the fingerprint of the settings that tables over all weeks depend on.
    on_stored: called with asset and week (None for a table over all weeks) after each write.
    """

    def __init__(
        self, tables: TableStore, parameters: str, on_stored: Callable[[str, str | None], None] | None = None
    ) -> None:
        self._tables = tables
        self._parameters = parameters
        self._on_stored = on_stored
        self._freed = FreedMemory()
        self._loaded: dict[tuple[str, str], dict[str, str]] = {}

    def handle_output(  # pyright: ignore[reportIncompatibleMethodOverride] - Dagster takes generators too
        self, context: dg.OutputContext, obj: object
    ) -> Iterator[dg.DagsterEvent]:
        """Write and report. Raises WeeksFailed at the end if some weeks failed; the others are stored and reported."""
        asset = context.asset_key.to_user_string()
        self._freed.return_surplus()  # what earlier steps and the making of this output have freed
        if isinstance(obj, WeekOutputs):
            yield from self._write_weeks(context, asset, obj)
            self._freed.return_surplus()
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
            raise StorageError(
                f"{asset} returned {type(obj).__name__}, which the IO manager can't store; return one of its outputs"
            )
        self._stored(asset, None)

    def load_input(self, context: dg.InputContext) -> object:
        """The stored input as annotated: WeekTables (lazy) or a DataFrame."""
        asset = context.asset_key.to_user_string()
        wanted = context.dagster_type.typing_type
        self._record_version(context, asset)
        if context.has_asset_partitions:
            # not asset_partition_keys: it goes through the calendar from the first week, for each input anew
            asked = context.asset_partition_key_range
            keys = weeks_in_ranges([(asked.start, asked.end)])
            if context.definition_metadata.get(READS_NEIGHBOURS):
                keys = with_neighbours(keys)
            weeks = WeekTables(self._tables, asset, keys)
            return weeks if wanted is WeekTables else weeks.rows()
        rows = self._tables.read_whole(asset)
        if rows is None:
            raise StorageError(f"{asset} is not stored yet; materialize it first")
        return rows

    def _write_weeks(self, context: dg.OutputContext, asset: str, outputs: WeekOutputs) -> Iterator[dg.DagsterEvent]:
        failures: dict[str, Exception] = {}

        def write(week: str) -> _WeekResult:
            return self._write_week(context, asset, outputs, week)

        # as the fingerprints: before anything is made, so that an input that changes meanwhile is marked
        inputs = _input_versions(context, outputs.weeks)
        for done in side_by_side(write, outputs.weeks, outputs.at_once):
            if done.error is not None:
                failures[done.week] = done.error
                context.log.error(printable(f"{asset} {done.week}: {_error_text(done.error)}"))
                continue
            yield _materialized(context, done, inputs[done.week])
            self._stored(asset, done.week)
        if failures:
            # an exception has one cause, so chain the first error; the traces of the others are in the run's log
            stored = len(outputs.weeks) - len(failures)
            raise WeeksFailed(asset, failures, stored) from next(iter(failures.values()))

    def _write_week(self, context: dg.OutputContext, asset: str, outputs: WeekOutputs, week: str) -> _WeekResult:
        try:
            with self._tables.writing_week(asset, week) as writer:
                # taken before the rows are made: if an input changes meanwhile, the week is stale, never wrongly fresh
                fingerprint = outputs.fingerprint(week)
                output = outputs.make(week)
                return _WeekResult(week, *self._write_output(context, asset, writer, output, fingerprint or ""))
        # A catch-all, because any error, even a bug, must fail only its own week. Nothing is swallowed: a bug's trace
        # goes to the run's log, and the step ends with WeeksFailed.
        except Exception as error:  # noqa: BLE001
            return _WeekResult(week, error=error)

    def _write_output(
        self, context: dg.OutputContext, asset: str, writer: WeekWriter, output: WeekOutput, fingerprint: str
    ) -> tuple[dict[str, object], str]:
        """The week's metadata, and the version of the data that readers now get (ABSENT if none)."""
        if output.rows is None:
            return self._without_rows(asset, writer, output)
        origin = Origin(
            str(output.data_source),
            _code_version(context),
            context.run_id,
            output.source_name,
            output.reason,
            output.is_partial,
            fingerprint,
            output.failure,
            output.lacks_only_new,
        )
        stored = writer.write(output.rows, origin, output.covered, output.rejected)
        if isinstance(stored, Withheld):
            context.log.warning(printable(f"{asset} {output.week} is not stored: {stored.reason}"))
            return self._without_rows(asset, writer, replace(output, reason=stored.reason))
        if stored.is_kept:
            context.log.warning(printable(f"{asset} {output.week} is {stored.facts.reason}"))
        return _stored_metadata(stored), stored.facts.content_sha256

    def _without_rows(self, asset: str, writer: WeekWriter, output: WeekOutput) -> tuple[dict[str, object], str]:
        """Metadata and version of a week without new rows: deleted if retired, else as stored before."""
        if output.is_retired:
            writer.retire()
        reason = output.reason or "nothing to store"
        kept = self._tables.examine_week(asset, output.week)
        if isinstance(kept, Unreadable):
            # not fatal here: another asset may rewrite the same week, and whoever reads it gets a named error
            kept, reason = None, f"{reason}; what is stored can't be read: {kept.why}"
        metadata = {
            "dagster/row_count": 0 if kept is None else kept.row_count,
            "real_share": float(kept is not None and kept.data_source == DataSource.REAL),
            "data_source": "none" if kept is None else kept.data_source,
            "is_kept": kept is not None,
            "reason": printable(reason),
        }
        return metadata, ABSENT if kept is None else version_of(kept)

    def _record_version(self, context: dg.InputContext, asset: str) -> None:
        """Record which version of an input a step over all weeks has loaded."""
        if not context.step_context.has_partition_key and not context.step_context.has_partition_key_range:
            step = (context.step_context.run_id, context.step_context.step.key)
            self._loaded.setdefault(step, {})[asset] = table_identity(self._tables, asset)

    def _origin_of_whole(self, context: dg.OutputContext, data_source: str) -> Origin:
        loaded = self._loaded.pop((context.run_id, context.step_context.step.key), {})
        graph = context.step_context.job_def.asset_layer.asset_graph
        inputs = [key.to_user_string() for key in graph.get(context.asset_key).parent_keys]
        identities = {name: loaded.get(name) or table_identity(self._tables, name) for name in inputs}
        fingerprint = whole_fingerprint(self._parameters, identities)
        return Origin(str(data_source), _code_version(context), context.run_id, input_fingerprint=fingerprint)

    def _stored(self, asset: str, week: str | None) -> None:
        if self._on_stored is not None:
            self._on_stored(asset, week)


def _materialized(context: dg.OutputContext, done: _WeekResult, inputs: Mapping[str, str]) -> dg.DagsterEvent:
    """The materialization event of one stored week, with the versions by which Dagster marks outdated ones."""
    tags: dict[str, str] = {}
    if done.version != ABSENT:
        tags = {DATA_VERSION_TAG: done.version, DATA_VERSION_IS_USER_PROVIDED_TAG: "true", **inputs}
        tags[CODE_VERSION_TAG] = _code_version(context)
    materialization = dg.AssetMaterialization(context.asset_key, partition=done.week, metadata=done.metadata, tags=tags)
    return dg.DagsterEvent.asset_materialization(context.step_context, materialization)


def _input_versions(context: dg.OutputContext, weeks: Sequence[str]) -> dict[str, dict[str, str]]:
    """Week to tags: the version of each input's same week, and the event that reported it."""
    found: dict[str, dict[str, str]] = {week: {} for week in weeks}
    graph = context.step_context.job_def.asset_layer.asset_graph
    for parent in graph.get(context.asset_key).parent_keys:
        records = latest_materializations(context.step_context.instance, parent, weeks)
        for week in weeks:
            version, pointer = NULL_DATA_VERSION.value, NULL_EVENT_POINTER
            record = records.get(week)
            if record is not None and record.asset_materialization is not None:
                tags = record.asset_materialization.tags or {}
                version, pointer = tags.get(DATA_VERSION_TAG, DEFAULT_DATA_VERSION.value), str(record.storage_id)
            found[week][get_input_data_version_tag(parent)] = version
            found[week][get_input_event_pointer_tag(parent)] = pointer
    return found


def _error_text(error: Exception) -> str:
    """The message of an error raised on purpose; the full trace of a bug."""
    return str(error) if isinstance(error, PizzaAssetsError) else "".join(traceback.format_exception(error))


def _code_version(context: dg.OutputContext) -> str:
    return context.asset_spec.code_version or "unversioned"


def _files_metadata(output: FilesOutput, uris: Sequence[str]) -> dict[str, object]:
    return {
        "path": dg.MetadataValue.path(uris[0])
        if len(uris) == 1
        else dg.MetadataValue.md("\n".join(f"- {plain_markdown(uri)}" for uri in uris)),
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
        metadata["source"] = printable(facts.source_name)
    if facts.reason:
        metadata["reason"] = printable(facts.reason)
    return metadata


def column_schema(asset: str) -> dg.TableSchema:
    """The asset's columns for the Dagster UI: name, type, description."""
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
