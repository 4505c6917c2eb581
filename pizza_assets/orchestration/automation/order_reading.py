"""The job that reads the inbox of order files and finds the weeks that they change.

It is a job because long files take more time than a sensor has. Another run collects those weeks; its sensor is in
order_file_sensor.py.
"""

from typing import TYPE_CHECKING

import dagster as dg

from pizza_assets.escaping import printable
from pizza_assets.models.week import MatchWeek, ranges_to_text, week_ranges, weeks_between
from pizza_assets.orchestration.freshness.week_inputs import WeekInputs
from pizza_assets.orchestration.sources import Sources, span_of_orders
from pizza_assets.settings import Settings
from pizza_assets.sources.base import Clock
from pizza_assets.storage.tables import TableStore

if TYPE_CHECKING:
    from pizza_assets.sources.orders.files import OrderFiles

READ_ORDER_FILES = "read_order_files"
WEEKS_TAG = "pizza/weeks"
"""The tag of a reading run with the weeks to collect, as ranges; empty if there are none."""


def order_reading_job(settings: Settings) -> dg.JobDefinition:
    """The job with a single op, which also succeeds if some files can't be read, and names them."""

    @dg.op(
        name="read_inbox",
        # a listing is read only once, so a transient fault must be retried
        retry_policy=dg.RetryPolicy(max_retries=3, delay=20, backoff=dg.Backoff.EXPONENTIAL),
        description="Parse and stage the files in the inbox; find the weeks that they change.",
    )
    def read_inbox(
        context: dg.OpExecutionContext,
        sources: dg.ResourceParam[Sources],
        inputs: dg.ResourceParam[WeekInputs],
        tables: dg.ResourceParam[TableStore],
        clock: dg.ResourceParam[Clock],
    ) -> None:
        files = sources.order_files
        assert files is not None, "the job exists only with PIZZA_ORDERS=files"
        running = MatchWeek.containing(clock(), settings.timezone)
        weeks, refused = changed_weeks(files, inputs, tables, settings, running)
        for warning in files.warnings():
            context.log.warning(printable(warning))
        for week, why in refused.items():
            context.log.warning(printable(f"{week} stays as it is: {why}"))
        stretches = week_ranges(weeks, settings.timezone)
        context.instance.add_run_tags(context.run_id, {WEEKS_TAG: ranges_to_text(stretches)})
        context.add_output_metadata(
            {
                "weeks to collect": len(weeks),
                "ranges": ranges_to_text(stretches) or "none",
                "files that can't be read": len(files.facts.bad_files),
                "weeks held by them": len(refused),
            }
        )

    @dg.job(
        name=READ_ORDER_FILES,
        description="Reads new files in the inbox; started by the sensor new_order_files. Collecting follows.",
        executor_def=dg.in_process_executor,
    )
    def job() -> None:
        read_inbox()

    return job


def changed_weeks(
    files: "OrderFiles", inputs: WeekInputs, tables: TableStore, settings: Settings, running: MatchWeek
) -> tuple[list[str], dict[str, str]]:
    """The weeks whose stored orders are outdated; and, by week, why a bad file keeps others unchanged."""
    changed: list[str] = []
    refused: dict[str, str] = {}
    for week in _weeks_of(files, settings, running):
        why = files.refusal(week)
        if why is not None:
            refused[week.key] = why
            continue
        if not files.covers(week):
            continue
        facts = tables.week_facts("raw_orders", week.key)
        expected = inputs.fingerprint("raw_orders", week)
        if expected is not None and (facts is None or facts.input_fingerprint != expected):
            changed.append(week.key)
    return changed, refused


def _weeks_of(files: "OrderFiles", settings: Settings, running: MatchWeek) -> list[MatchWeek]:
    """From the first to the last week that a file covers, or covered while it was readable."""
    spans = [tuple(MatchWeek(key, settings.timezone) for key in extent) for extent in files.facts.extents.values()]
    if files.facts.coverage and (period := span_of_orders(files)) is not None:
        spans.append(period)
    if not spans:
        return []
    first = max(min(span[0] for span in spans), MatchWeek.of_date(settings.first_week, settings.timezone))
    return weeks_between(first, min(max(span[1] for span in spans), running))
