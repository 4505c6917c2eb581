"""The report of `pizza check`: the export, its mapping, what becomes of every line, and what it could answer."""

import shlex
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import pandas as pd

from pizza_assets.analysis.sentences import TOO_FEW_ORDERS_MDE_PCT
from pizza_assets.analysis.wording import joined_words
from pizza_assets.command_name import typed
from pizza_assets.counted_noun import counted_noun
from pizza_assets.models.currency import minor_digits
from pizza_assets.models.vocabulary import DataSource
from pizza_assets.orchestration.own_export.export_check import ExportCheck
from pizza_assets.orchestration.own_export.readiness import Readiness
from pizza_assets.orchestration.team_matching import absence_of, unknown_chains
from pizza_assets.settings import Settings
from pizza_assets.sources.orders.file_folding import EXCLUDED
from pizza_assets.sources.orders.file_mapping import FileMapping
from pizza_assets.sources.orders.proposal.answers import Proposal
from pizza_assets.sources.orders.proposal.mapping_text import mapping_text
from pizza_assets.sources.orders.proposal.sample import ExportSample

_LINE_WORDS = {
    "accepted": "accepted",
    "rejected": "refused",
    "duplicate": "duplicates of an accepted order",
    "superseded": "earlier versions of an order",
    "excluded": "excluded by their status, as void or as paid back",
    "refund": "refunds of an order",
    "lone_refund": "refunds of no order in the export",
    "waiting": "in the current minute, left for the next run",
    "no_order": "no orders (other kinds of lines, headers, totals)",
    "blank": "blank",
}
_NOTE_WORDS = {
    "replaced_versions": "earlier versions of orders replaced by later ones",
    "moved_out_of_gap": "orders at a time that did not exist (clocks went forward), moved forward by the gap",
    "first_of_two": "orders at a time that occurred twice (clocks went back), taken as the first",
}
_MOST_LISTED = 12
_MOST_REASONS = 3
_WEEKS_OF_RUN = 53
"""Without options, `pizza run` collects at most this many weeks, the last ones of the export."""
_NIGHT = range(3, 8)
_ODD_NIGHT_SHARE = 0.2


def sample_text(samples: Sequence[ExportSample], proposal: Proposal) -> str:
    """The format of the files, and the proposed mapping."""
    lines = [
        f"{sample.file.name}: {_written(sample)}, {len(sample.header)} columns" for sample in samples[:_MOST_LISTED]
    ]
    if len(samples) > _MOST_LISTED:
        lines.append(f"and {len(samples) - _MOST_LISTED} more files")
    if proposal.layout is not None:
        lines += ["", f"Layout   {proposal.layout}"]
    text = mapping_text(proposal.document, proposal.notes)
    shown = "\n".join(f"    {line}" if line else "" for line in text.splitlines())
    lines += ["", "Proposed mapping", shown]
    if proposal.unused:
        lines += [f"    # never read: {', '.join(map(repr, proposal.unused))}"]
    return "\n".join(lines)


def _written(sample: ExportSample) -> str:
    if sample.kind != "csv":
        return {"json": "JSON", "parquet": "Parquet", "xlsx": "workbook"}[sample.kind]
    names = {",": "commas", ";": "semicolons", "\t": "tabs", "|": "vertical bars"}
    return f"CSV with {names.get(sample.delimiter, repr(sample.delimiter))}, {sample.encoding.removesuffix('-sig')}"


def questions_text(proposal: Proposal, *, refused: Sequence[str] = (), unreadable: Sequence[str] = ()) -> str:
    """The questions, each with the option that answers it.

    refused: why the preview refused whole files. unreadable: why others can't be read under any mapping.
    """
    lines = ["", "Only you can answer these questions. Add these options and check again:"]
    lines += [f"  {question.option:26} {question.about}" for question in proposal.questions]
    if refused:
        lines += ["", "With the placeholders whole files are refused; an answer may change that:", *refused]
    if unreadable:
        lines += ["", "These files can't be read; export them again or move them away:", *unreadable]
    return "\n".join(lines)


def report_text(checked: ExportCheck, mapping: FileMapping, proposal: Proposal | None, settings: Settings) -> str:
    """The lines, period, clock, markets and matches of the export, and the questions it could answer."""
    assumed = [q.option.split()[0] for q in proposal.questions] if proposal is not None else []
    lines = [""]
    if assumed:
        lines.append(f"A preview: {', '.join(assumed)} not answered yet; placeholders are used")
    lines += _accounted(checked)
    lines += _refused(checked)
    if not assumed:  # otherwise an answer may mend that, so the questions come first
        lines += [f"\nA whole file is refused: {why}" for why in checked.bad_files.values()]
    if checked.readiness is None and assumed:
        return "\n".join([*lines, "", "No order is accepted with the placeholders."])
    if checked.readiness is None:
        return "\n".join([*lines, "", "No order is accepted, so there is nothing to analyse."])
    lines += _period(checked, settings)
    lines += _clock(checked.readiness, mapping, settings)
    lines += _place(checked, settings)
    lines += _markets(checked)
    lines += [f"  {text}" for text in _unknown_chains(checked.readiness, settings)]
    lines += _matches(checked)
    lines += _ready(checked.readiness)
    return "\n".join(lines)


def _accounted(checked: ExportCheck) -> list[str]:
    parts = [f"{count:,} {words}" for kind, words in _LINE_WORDS.items() if (count := checked.lines[kind])]
    lines = [f"Lines    {checked.lines_read:,} read = {' + '.join(parts) or '0'}"]
    if excluded := checked.lines[EXCLUDED]:
        lines.append(f"         {excluded / checked.lines_read:.1%} of the lines are excluded")
    lines += [f"         {count:,} {_NOTE_WORDS[kind]}" for kind, count in checked.notes.items() if count]
    lines += [f"         {text}" for text in checked.aside[:_MOST_LISTED]]
    return lines


def doubts_text(doubts: Sequence[str]) -> str:
    """What is doubtful."""
    lines = ["", "Doubtful; look at it before you use the export:"]
    return "\n".join([*lines, *(f"  {doubt}" for doubt in doubts)])


def _refused(checked: ExportCheck) -> list[str]:
    if checked.rejected.empty:
        return []
    lines = ["", "Refused lines, for example"]
    for _, rows in checked.rejected.groupby(["column", "check"], sort=False):
        times = int(rows["times"].iloc[0])
        lines += [f"  {row.origin} line {row.line_number}: {row.reason}" for row in rows.itertuples()]
        if times > len(rows):
            lines.append(f"  … and {times - len(rows):,} more for this reason")
    return lines


def _period(checked: ExportCheck, settings: Settings) -> list[str]:
    orders = checked.readiness.orders if checked.readiness is not None else pd.DataFrame()
    per_week = orders.groupby("week")["order_count"].sum()
    assert checked.span is not None, "there are orders"
    first, last = checked.span
    lines = [
        "",
        f"Period   from the first order on {first:%Y-%m-%d at %H:%M} to the last on {last:%Y-%m-%d at %H:%M} "
        f"({first.tzinfo}): {counted_noun(len(checked.weeks), 'match week', 'match weeks')}, "
        f"{len(per_week)} of them with orders",
        f"Orders   {int(per_week.sum()):,}; {int(per_week.min()):,} to {int(per_week.max()):,} a week, "
        f"median {per_week.median():,.0f}",
        *(
            f"Revenue  {_money(total, str(code))}"
            for code, total in orders.groupby("currency")["revenue_cents"].sum().items()
        ),
    ]
    if checked.closed.shared:
        days = checked.closed.shared
        more = f" and {len(days) - _MOST_LISTED} more" if len(days) > _MOST_LISTED else ""
        lines.append(
            f"Closed   everywhere on {counted_noun(len(days), 'day', 'days')}: {', '.join(days[:_MOST_LISTED])}{more}"
        )
    lines += [
        f"Listed   {text}: in PIZZA_SPECIAL_DAYS, so the day is left out"
        for text in checked.listed_holes[:_MOST_LISTED]
    ]
    early = [week.key for week in checked.weeks if week.key < settings.first_week.isoformat()]
    if early:
        weeks = counted_noun(len(early), "week is", "weeks are")
        lines.append(f"         {weeks} before PIZZA_FIRST_WEEK; set it to {early[0]} to use all")
    return lines


def _money(minor_units: int, currency: str) -> str:
    digits = minor_digits(currency)
    return f"{minor_units / 10**digits:,.{digits}f} {currency}"


def _clock(ready: Readiness, mapping: FileMapping, settings: Settings) -> list[str]:
    """When people ordered, in local time: a wrong time zone shows here."""
    total = max(int(ready.hours.sum()), 1)
    zone = mapping.zone_of_days(settings.timezone)
    busiest = int(np.argmax(ready.hours))
    night = ready.hours[list(_NIGHT)].sum() / total
    lines = [
        f"Clock    busiest from {busiest:02}:00 to {busiest + 1:02}:00 ({zone}); {night:.1%} between 03:00 and 08:00"
    ]
    if night > _ODD_NIGHT_SHARE:
        lines.append("         So many orders at night are unusual: are the times in another time zone, e.g. UTC?")
    return lines


def _place(checked: ExportCheck, settings: Settings) -> list[str]:
    """The settings that the places of the markets need, to be typed before the check is repeated."""
    if not checked.place:
        return []
    needed = checked.place.get("PIZZA_COMPETITIONS", "").split(",")
    lacking = [code for code in needed if code not in settings.competitions]
    leagues = f"{joined_words(lacking)}, the {'league' if len(lacking) == 1 else 'leagues'}"
    reasons = {
        "PIZZA_TIMEZONE": f"match weeks begin by the clock of {settings.timezone}, which is not that of these markets",
        "PIZZA_COMPETITIONS": f"the setting lacks {leagues} of these markets or of their teams",
    }
    lines = ["", "Place    these markets need other settings; set them and check again:"]
    return lines + [f"  export {name}={value}     # {reasons[name]}" for name, value in checked.place.items()]


def _markets(checked: ExportCheck) -> list[str]:
    ready = checked.readiness
    if ready is None:
        return []
    ranked = ready.exposed.sort_values(["match_count", "market"], ascending=[False, True])
    table = (
        "the current markets table"
        if checked.proposed is None
        else "this proposal (--write saves it, correct it there)"
    )
    lines = ["", f"Markets  {len(ranked)}, by {table}"]
    whys = {entry.market.name: f" ({entry.why})" for entry in checked.proposed or ()}
    playing = sorted({*checked.matches["home_team"], *checked.matches["away_team"]})
    are_mock = set(checked.matches["match_source"]) <= {DataSource.MOCK}
    is_asked = bool(playing) and "PIZZA_COMPETITIONS" not in checked.place
    for row in ranked.head(_MOST_LISTED).itertuples():
        unknown = "" if row.is_known else " is not in the table, so it"
        closed = checked.closed.by_market.get(str(row.market), 0)
        lines.append(
            f"  {row.market}{unknown} follows {row.teams or 'no team'}{whys.get(str(row.market), '')}: "
            f"{counted_noun(int(row.match_count), 'match', 'matches')}; "
            f"{counted_noun(int(row.week_count), 'week', 'weeks')} with orders, {row.free_weeks} of them without a "
            f"match of its own; closed on {counted_noun(closed, 'day', 'days')}"
        )
        teams = [team for team in str(row.teams).split(", ") if team and is_asked]
        whys_absent = {team: absence_of(team, playing, are_mock=are_mock) for team in teams}
        lines += [f"    {team!r} {why}" for team, why in whys_absent.items() if why is not None]
    if len(ranked) > _MOST_LISTED:
        lines.append(f"  and {len(ranked) - _MOST_LISTED} more")
    return lines


def _unknown_chains(ready: Readiness, settings: Settings) -> list[str]:
    return unknown_chains(settings.people().of_chains, set(ready.orders["chain"]))


def _matches(checked: ExportCheck) -> list[str]:
    counts = checked.matches["match_source"].value_counts()
    by_label = [f"{count:,} {_label(str(source))}" for source, count in sorted(counts.items(), reverse=True)]
    lines = ["", f"Matches  {' and '.join(by_label) or 'none'} in these weeks"]
    lines += [f"         {reason}" for reason in checked.match_reasons[:_MOST_REASONS]]
    return lines


def _label(source: str) -> str:
    return "MOCK" if source == DataSource.MOCK else source


def _ready(ready: Readiness) -> list[str]:
    lines = ["", "What this export could answer"]
    for question in ready.questions:
        what = f"  {question.hypothesis.rstrip('.')}, with {_label(question.match_source)} matches ({question.role}):"
        if question.mde_80_pct is not None:
            counted = (
                f"{counted_noun(question.match_count, 'match', 'matches')}, {question.usable_windows} of "
                f"{counted_noun(question.windows, 'window', 'windows')}"
            )
            size = f"{question.mde_80_pct:.1f} %"
            lines.append(
                f"{what} too few orders, only a change of {size} or more would show. {counted}."
                if question.mde_80_pct > TOO_FEW_ORDERS_MDE_PCT
                else f"{what} yes. {counted}; a change of {size} would be detected four times in five."
            )
        else:
            lines.append(f"{what} not yet")
        word = "of which" if question.is_answered else "missing"
        lines += [f"      {word}: {reason}" for reason in question.reasons]
        lines += [f"      left out: {what}" for what in question.left_out]
    return lines


_REPEATED = ("PIZZA_STORAGE", "PIZZA_TIMEZONE", "PIZZA_COMPETITIONS", "PIZZA_MARKETS", "PIZZA_SPECIAL_DAYS")


def files_settings(path: Path) -> Mapping[str, str]:
    """The settings for an export of files, by variable."""
    return {"PIZZA_ORDERS": "files", "PIZZA_ORDERS_PATH": shlex.quote(str(path))}


def settings_to_repeat(environ: Mapping[str, str], *, holds_mock: bool) -> dict[str, str]:
    """The settings besides the source's that a run in another shell needs as well. holds_mock: whether mock orders are
    stored, which real ones should not be beside."""
    repeated = {name: shlex.quote(environ[name]) for name in _REPEATED if environ.get(name)}
    if holds_mock and "PIZZA_STORAGE" not in repeated:
        return {"PIZZA_STORAGE": "my-data     # mock orders are stored in the present one", **repeated}
    return repeated


def why_unusable(checked: ExportCheck, most_refused: float) -> str | None:
    """What must be fixed before the export can be used. most_refused: the largest share that may be refused."""
    if not checked.weeks:
        return "No order of this export can be used: fix what is refused above, or the mapping, and check again."
    if checked.bad_files:
        files = counted_noun(len(checked.bad_files), "file", "files")
        whose = "its" if len(checked.bad_files) == 1 else "their"
        return (
            f"{files} can't be read, so {whose} orders would be missing: fix what is named above or move it away, and "
            "check again."
        )
    share = checked.lines["rejected"] / checked.lines_read
    if share <= most_refused:
        return None
    return (
        f"{share:.1%} of the lines are refused, but weeks with more than {most_refused:.0%} are not stored "
        "(PIZZA_REJECT_ERROR_SHARE): fix what is refused above, or the mapping, and check again."
    )


def next_steps(
    checked: ExportCheck,
    settings: Mapping[str, str],
    mapping_file: Path | None,
    written: Sequence[Path],
    *,
    unusable: str | None,
    is_doubtful: bool,
    again: str | None,
) -> str:
    """The commands that lead from here to the page. settings: of the source, by variable, without the mapping.
    unusable: why the export can't be used as it is. again: the command that was typed; None if it may hold a password.
    """
    if unusable is not None:
        return f"\n{unusable}"
    more = " --accept-doubts" if is_doubtful else ""
    if mapping_file is None:
        command = "the same command with" if again is None else f"\n  {again}"
        condition = ", if all of it is right" if is_doubtful else ""
        return f"\nNext{condition}, to save the mapping: {command}{more} --write"
    lines = ["", f"Next, if all of it is right (with{more}, the check itself ends with 0):" if is_doubtful else "Next:"]
    lines += [
        *(f"  export {variable}={value}" for variable, value in settings.items()),
        f"  export PIZZA_ORDERS_MAPPING={shlex.quote(str(mapping_file))}",
        *(f"  export {variable}={value}" for variable, value in checked.place.items()),
    ]
    if checked.proposed is not None and len(written) > 1:
        lines.append(f"  export PIZZA_MARKETS={shlex.quote(str(written[-1]))}     # check it first: who follows whom?")
    if len(checked.weeks) > _WEEKS_OF_RUN:
        command = f"backfill --from {checked.weeks[0].key} --to {checked.weeks[-1].key}"
    else:
        command = "run"
    return "\n".join([*lines, f"  {typed(command)}", f"  {typed('open')}"])
