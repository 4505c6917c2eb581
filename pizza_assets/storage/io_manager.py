"""The one Dagster IO manager: weeks as they finish, whole tables, CSV extracts and files; local folder or bucket.

What a week holds is decided in the assets; where it lies in layout.py.
"""

import traceback
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import dagster as dg
import pandas as pd
from dagster._core.events import DagsterEvent

from pizza_assets.errors import PizzaAssetsError, StorageError, WeeksFailed
from pizza_assets.models.coverage import CoveredPeriod
from pizza_assets.models.labels import real_share
from pizza_assets.models.vocabulary import DataSource
from pizza_assets.storage import layout
from pizza_assets.storage.frames import write_bytes
from pizza_assets.storage.tables import Origin, Stored, TableStore, WeekTables, model_of


@dataclass(frozen=True)
class WeekOutput:
    """What an asset made of one week.

    rows None means that there is nothing to store: the source does not speak for this week, or what
    it is made of is not there. A derived week is then retired (`is_retired`), a collected one stays as it was.
    """

    week: str
    rows: pd.DataFrame | None = None
    data_source: str = DataSource.REAL
    source_name: str | None = None
    reason: str | None = None
    is_partial: bool = False
    is_retired: bool = False
    covered: tuple[CoveredPeriod, ...] | None = None
    rejected: pd.DataFrame | None = None


@dataclass(frozen=True)
class WeekOutputs:
    """The weeks of one run and how to make one of them; each is made just before it is written."""

    weeks: Sequence[str]
    make: Callable[[str], WeekOutput]


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

    Outputs: WeekOutputs for a weekly asset (written one by one as it is consumed), WholeOutput for
    a table over all weeks, FilesOutput for extracts and pages. Inputs: WeekTables or a DataFrame, as annotated.
    """

    def __init__(self, tables: TableStore, on_stored: Callable[[str, str | None], None] | None = None) -> None:
        self._tables = tables
        self._on_stored = on_stored

    def handle_output(  # pyright: ignore[reportIncompatibleMethodOverride] - Dagster takes generators too
        self, context: dg.OutputContext, obj: object
    ) -> Iterator[DagsterEvent]:
        """Write and report. Raises WeeksFailed at the end if some weeks failed; the others are kept and reported."""
        asset = context.asset_key.to_user_string()
        if isinstance(obj, WholeOutput):
            origin = Origin(str(obj.data_source), _code_version(context), context.run_id)
            stored = self._tables.write_whole(asset, obj.rows, origin)
            context.add_output_metadata({**_stored_metadata(stored), **obj.metadata})
            self._report(asset, None)
        elif isinstance(obj, FilesOutput):
            context.add_output_metadata(self._write_files(asset, obj))
            self._report(asset, None)
        elif isinstance(obj, WeekOutputs):
            yield from self._write_weeks(context, asset, obj)
        else:
            raise StorageError(f"{asset} returned {type(obj).__name__}, which the IO manager can't store")

    def load_input(self, context: dg.InputContext) -> object:
        """The stored input as annotated: WeekTables (lazy) or a DataFrame."""
        asset = context.asset_key.to_user_string()
        wanted = context.dagster_type.typing_type
        if context.has_asset_partitions:
            weeks = WeekTables(self._tables, asset, list(context.asset_partition_keys))
            return weeks if wanted is WeekTables else weeks.rows()
        rows = self._tables.read_whole(asset)
        if rows is None:
            raise StorageError(f"{asset} is not stored yet; materialise it first")
        return rows

    def _write_weeks(self, context: dg.OutputContext, asset: str, outputs: WeekOutputs) -> Iterator[DagsterEvent]:
        failures: dict[str, Exception] = {}
        reported: dict[str, dict[str, object]] = {}
        for week in outputs.weeks:
            try:
                reported[week] = self._write_week(context, asset, outputs.make(week))
            # The one catch-all: a week is the unit of failure, whatever is wrong with it, a bug included. Nothing is
            # swallowed: the trace of a bug goes to the run's log, and the step ends with WeeksFailed below.
            except Exception as error:  # noqa: BLE001
                failures[week] = error
                context.log.error(f"{asset} {week}: {_told(error)}")
            else:
                self._report(asset, week)
        if not failures:
            for week, metadata in reported.items():
                context.step_context.add_asset_metadata(metadata, context.asset_key, week)
            return
        # Dagster reports every week of a range only if the step succeeds, so here the good ones are reported by hand
        for week, metadata in reported.items():
            materialization = dg.AssetMaterialization(context.asset_key, partition=week, metadata=metadata)
            yield DagsterEvent.asset_materialization(context.step_context, materialization)
        # a cause is one error: the first; the traces of the others are in the run's log
        raise WeeksFailed(asset, failures, stored=len(reported)) from next(iter(failures.values()))

    def _write_week(self, context: dg.OutputContext, asset: str, output: WeekOutput) -> dict[str, object]:
        if output.rows is None:
            return self._without_rows(asset, output)
        origin = Origin(
            str(output.data_source),
            _code_version(context),
            context.run_id,
            output.source_name,
            output.reason,
            output.is_partial,
        )
        stored = self._tables.write_week(asset, output.week, output.rows, origin, output.covered, output.rejected)
        return _stored_metadata(stored)

    def _without_rows(self, asset: str, output: WeekOutput) -> dict[str, object]:
        """What the week comes to when nothing is stored for it: nothing, or what was stored before."""
        if output.is_retired:
            self._tables.retire_week(asset, output.week)
        kept = self._tables.week_facts(asset, output.week)
        found = self._tables.read_week(asset, output.week) if kept is not None else None
        return {
            "dagster/row_count": 0 if found is None else len(found.rows),
            "real_share": 0.0 if found is None or kept is None else real_share(found.rows, kept.data_source),
            "data_source": "none" if kept is None else kept.data_source,
            "is_kept": kept is not None,
            "reason": output.reason or "nothing to store",
        }

    def _write_files(self, asset: str, output: FilesOutput) -> dict[str, object]:
        for name, content in output.files.items():
            write_bytes(self._tables.objects, layout.member_key(asset, name), content)
        uris = [self._tables.objects.uri(layout.member_key(asset, name)) for name in output.files]
        return {
            "path": dg.MetadataValue.path(uris[0])
            if len(uris) == 1
            else dg.MetadataValue.md("\n".join(f"- `{u}`" for u in uris)),
            "bytes": sum(len(content) for content in output.files.values()),
            "real_share": output.real_share,
            "data_source": str(output.data_source),
            **output.metadata,
        }

    def _report(self, asset: str, week: str | None) -> None:
        if self._on_stored is not None:
            self._on_stored(asset, week)


def _told(error: Exception) -> str:
    """An error raised on purpose says all in its message; of a bug one wants the trace."""
    return str(error) if isinstance(error, PizzaAssetsError) else "".join(traceback.format_exception(error))


def _code_version(context: dg.OutputContext) -> str:
    return context.asset_spec.code_version or "unversioned"


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
