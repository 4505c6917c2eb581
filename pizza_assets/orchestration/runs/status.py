"""The status of stored weeks: real or mock, row counts, staleness, checks that did not pass; as text and as JSON."""

import json
import textwrap
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime

from pizza_assets.command_name import typed
from pizza_assets.counted_noun import counted_noun
from pizza_assets.escaping import printable_json
from pizza_assets.models.vocabulary import DataSource
from pizza_assets.models.week import MatchWeek
from pizza_assets.orchestration.freshness.staleness import INCOMPLETE, Staleness, is_stand_in
from pizza_assets.orchestration.runs.backfill_plan import reasons_text
from pizza_assets.storage.tables import TableStore, Unreadable

LONG_TEXT = 60
_WIDTH = 100
_SOURCE_CHECK = "comes_from_chosen_source"
"""The check that says how the source failed that mock data stand in for."""


@dataclass(frozen=True)
class DatasetStatus:
    """Orders or matches of one week. data_source: real, mock, none or unreadable."""

    data_source: str
    row_count: int
    refused_count: int
    is_partial: bool
    reason: str | None
    collected_at: str | None


@dataclass(frozen=True)
class WeekStatus:
    """One week. stale: asset to reason. failed_checks, warnings: asset.check to its message. stand_ins: asset to the
    failure of the source that mock data stand in for. unfinished: assets that were collected before the week's end,
    which is still to come."""

    week: str
    orders: DatasetStatus
    matches: DatasetStatus
    stale: dict[str, str]
    failed_checks: dict[str, str]
    stand_ins: dict[str, str] = field(default_factory=dict)
    unfinished: tuple[str, ...] = ()
    warnings: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Status:
    """The requested weeks, and the stale assets over all weeks."""

    storage: str
    weeks: tuple[WeekStatus, ...]
    stale_analysis: tuple[str, ...]


def status_of(
    tables: TableStore, weeks: Sequence[MatchWeek], assets: Sequence[str], staleness: Staleness, now: datetime
) -> Status:
    """The status of these weeks; `assets` are the weekly ones."""
    return Status(
        tables.objects.uri(""),
        tuple(_week_status(tables, week, assets, staleness, now) for week in weeks),
        tuple(staleness.of_analysis()),
    )


def status_json(status: Status, damages: Sequence[str] | None) -> str:
    """The status as JSON. damages: None if storage was not verified."""
    return printable_json(json.dumps({**asdict(status), "damages": damages}, indent=1))


def status_text(status: Status, damages: Sequence[str] | None) -> str:
    """The status as text: a line per week, then what to do."""
    stored = [week for week in status.weeks if {week.orders.data_source, week.matches.data_source} != {"none"}]
    lines = [f"Storage   {status.storage}"]
    if not stored:
        asked = f" from {status.weeks[0].week} to {status.weeks[-1].week}" if status.weeks else ""
        return "\n".join([*lines, f"Weeks     none stored{asked}; run `{typed('run')}`"])
    lines += [f"Weeks     {len(stored)} stored ({stored[0].week} to {stored[-1].week}, each from Tuesday 06:00)"]
    lines += [f"Analysis  {_analysis_text(status.stale_analysis)}", ""]
    notes = _notes(status.weeks)
    cells = [("week", "orders", "matches", "refused", "state"), *(_cells(week, notes) for week in status.weeks)]
    widths = [max(len(row[column]) for row in cells) for column in range(4)]
    lines += [
        "  ".join([*(text.ljust(width) for text, width in zip(row, widths, strict=False)), row[4]]) for row in cells
    ]
    lines += ["", *(line for text, number in notes.items() for line in _note(number, text))] if notes else []
    stale = sum(bool(week.stale) for week in status.weeks)
    failed = sum(bool(week.failed_checks) for week in status.weeks)
    stand_ins = sum(bool(week.stand_ins) for week in status.weeks)
    again = typed("backfill --stale-only")
    warned = sum(bool(week.warnings) and not week.failed_checks for week in status.weeks)
    only_warned = f", {warned} in which checks only warned" if warned else ""
    lines += ["", f"{counted_noun(stale, 'stale week', 'stale weeks')}, {failed} with a failed check{only_warned}"]
    lines += [f"bring them up to date with: {again}"] if stale or status.stale_analysis else []
    if stand_ins:
        weeks = counted_noun(stand_ins, "week", "weeks")
        lines += [f"{weeks} with mock stand-ins; once the source answers, collect again with: {again}"]
    if any(week.unfinished for week in status.weeks):
        lines += [f"a week that is not over yet is collected again by each `{typed('run')}`"]
    if damages is not None:
        lines += [counted_noun(len(damages), "damaged object", "damaged objects"), *damages]
    return "\n".join(lines)


def _week_status(
    tables: TableStore, week: MatchWeek, assets: Sequence[str], staleness: Staleness, now: datetime
) -> WeekStatus:
    checks = staleness.checks
    found = {asset: staleness.of_week(asset, week) for asset in assets}
    reasons = {asset: why for asset, why in found.items() if why is not None}
    unfinished = tuple(asset for asset, why in reasons.items() if why == INCOMPLETE and now < week.ends_at)
    verdicts = {f"{asset}.{verdict.check}": verdict for asset in assets for verdict in checks.failed(asset, week.key)}
    told = {name: verdict.description for name, verdict in verdicts.items()}
    standing_in = {asset: why for asset, why in reasons.items() if is_stand_in(why)}
    causes = {asset: told.pop(f"{asset}.{_SOURCE_CHECK}", None) for asset in standing_in}
    of_sources = {standing_in[asset]: cause for asset, cause in causes.items() if cause is not None}
    # the check does not judge match events, which come from the source of the matches
    stand_ins = {asset: causes[asset] or of_sources.get(why, why) for asset, why in standing_in.items()}
    failed = {name: text for name, text in told.items() if verdicts[name].is_error}
    warnings = {name: text for name, text in told.items() if not verdicts[name].is_error}
    stale = {asset: why for asset, why in reasons.items() if asset not in stand_ins and asset not in unfinished}
    return WeekStatus(
        week.key,
        _dataset(tables, "raw_orders", week.key),
        _dataset(tables, "raw_matches", week.key),
        stale,
        failed,
        stand_ins,
        unfinished,
        warnings,
    )


def _dataset(tables: TableStore, asset: str, week: str) -> DatasetStatus:
    facts, refused = tables.examine_week(asset, week), tables.examine_refused_rows(asset, week)
    if isinstance(facts, Unreadable):
        return DatasetStatus("unreadable", 0, 0, is_partial=False, reason=facts.why, collected_at=None)
    if isinstance(refused, Unreadable):
        return DatasetStatus("unreadable", 0, 0, is_partial=False, reason=refused.why, collected_at=None)
    if facts is None:
        return DatasetStatus("none", 0, refused.refused, is_partial=False, reason=None, collected_at=None)
    return DatasetStatus(
        facts.data_source,
        facts.row_count,
        refused.refused,
        facts.is_partial,
        facts.reason,
        facts.collected_at or None,
    )


def _cells(week: WeekStatus, notes: Mapping[str, int]) -> tuple[str, str, str, str, str]:
    refused = week.orders.refused_count + week.matches.refused_count
    states = [
        *([f"stale: {reasons_text(week.stale)}"] if week.stale else []),
        *(["not over yet"] if week.unfinished else []),
        *(f"{what} ({notes[why]})" if why in notes else f"{what}: {why}" for what, why in _reasoned_states(week)),
    ]
    return week.week, _counted(week.orders), _counted(week.matches), str(refused or "-"), "; ".join(states) or "ok"


def _reasoned_states(week: WeekStatus) -> Iterator[tuple[str, str]]:
    """What is noteworthy about the week, and why."""
    for why in dict.fromkeys(week.stand_ins.values()):
        names = ", ".join(name for name, own in week.stand_ins.items() if own == why)
        yield f"mock {names}" if is_stand_in(why) else f"mock stand-in for {names}", why
    yield from ((f"failed check {name}", why) for name, why in week.failed_checks.items())
    yield from ((f"warning of {name}", why) for name, why in week.warnings.items())


def _notes(weeks: Sequence[WeekStatus]) -> dict[str, int]:
    """Long reasons, numbered: each is printed once, below the weeks."""
    reasons = dict.fromkeys(why for week in weeks for _, why in _reasoned_states(week) if len(why) > LONG_TEXT)
    return {why: number for number, why in enumerate(reasons, start=1)}


def _note(number: int, text: str) -> list[str]:
    """A note in lines; addresses and paths stay whole."""
    start = f"({number}) "
    return textwrap.wrap(
        start + text, _WIDTH, subsequent_indent=" " * len(start), break_long_words=False, break_on_hyphens=False
    )


def _counted(dataset: DatasetStatus) -> str:
    if dataset.data_source in {"none", "unreadable"}:
        return dataset.data_source
    label = "MOCK" if dataset.data_source == DataSource.MOCK else dataset.data_source
    return f"{dataset.row_count:,} {label}{', partial' if dataset.is_partial else ''}"


def _analysis_text(stale: Sequence[str]) -> str:
    if not stale:
        return "up to date"
    tables = counted_noun(len(stale), "table is", "tables are")
    return f"stale: {tables} missing or built from outdated inputs, {stale[0]} first"
