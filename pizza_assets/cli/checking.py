"""Implements `pizza check`: check an export before it is used, and propose its mapping."""

import logging
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from pizza_assets.cli.check_report import (
    doubts_text,
    files_settings,
    next_steps,
    questions_text,
    report_text,
    sample_text,
    settings_to_repeat,
    why_unusable,
)
from pizza_assets.cli.mapping_file import MappingFile
from pizza_assets.cli.terminal import say
from pizza_assets.errors import BadFile, ConfigurationError, NoLines
from pizza_assets.freed_memory import keep_freed_memory
from pizza_assets.models.vocabulary import DataSource
from pizza_assets.orchestration.own_export.export_check import check_export
from pizza_assets.orchestration.resources import utc_now
from pizza_assets.settings import Settings
from pizza_assets.sources.orders.file_mapping import FileMapping
from pizza_assets.sources.orders.mapping_reader import load_mapping, parse_mapping
from pizza_assets.sources.orders.packed_files import ORDER_SUFFIXES
from pizza_assets.sources.orders.proposal.answers import Answers, Proposal, refuse_unknown
from pizza_assets.sources.orders.proposal.mapping_text import mapping_text
from pizza_assets.sources.orders.proposal.proposal import propose
from pizza_assets.sources.orders.proposal.refunds import unused_refunds
from pizza_assets.sources.orders.proposal.sample import ExportSample, read_sample
from pizza_assets.temporary import temporary_folder
from pizza_assets.workbench import Workbench

_MOST_SAMPLES = 50
"""Files of a folder that are looked at for columns that a given mapping does not use."""


@dataclass(frozen=True)
class Export:
    """What is checked: one file, or the files of a folder that match a pattern."""

    path: Path
    files: tuple[Path, ...]
    pattern: str | None


@dataclass(frozen=True)
class Stand:
    """For files that stand for something else: the staging, the whole export under a mapping, settings to use it."""

    staging: Path
    whole: Callable[[FileMapping], Path]
    settings: Mapping[str, str]


def check(
    paths: Sequence[Path],
    answers: Answers,
    mapping_file: Path | None,
    write_to: MappingFile | None,
    *,
    accepts_doubts: bool = False,
    stand: Stand | None = None,
    again: str | None = None,
) -> int:
    """Print the report on an export and save its mapping on request. again: the command, to be shown for repeating.

    Returns 0 if the export can be used as it is, 1 if a question must be answered, or something fixed or looked at.
    """
    refuse_unknown(answers)
    logging.getLogger("dagster").setLevel(logging.CRITICAL)
    keep_freed_memory()  # before the export is read
    bench = Workbench()
    export = export_of(paths)
    if mapping_file is not None:
        mapping, proposal = load_mapping(mapping_file), None
        samples, unreadable = _samples(export.files[:_MOST_SAMPLES], mapping.records)
    else:
        samples, unreadable = _samples(export.files, answers.records)
        if not samples:
            raise next(iter(unreadable.values()))
        proposal = _with_pattern(propose(samples, answers, bench.settings.timezone), export)
        if any(question.stand_in is None for question in proposal.questions):
            say(sample_text(samples, proposal))
            damaged = [str(error) for error in unreadable.values() if not isinstance(error, NoLines)]
            say(questions_text(proposal, unreadable=damaged))
            return 1
        mapping = parse_mapping(
            mapping_text(proposal.document, proposal.notes), str(write_to.path if write_to else "(proposed)")
        )
        say(sample_text(samples, proposal))  # only now: a wrong answer is refused before anything is shown
    path = export.path if stand is None else stand.whole(mapping)
    with _cache(bench.settings, stand) as cache:
        checked = check_export(path, mapping, cache, bench.settings, utc_now)
    say(report_text(checked, mapping, proposal, bench.settings))
    if proposal is not None and proposal.questions:
        bad = checked.bad_files
        say(
            questions_text(
                proposal,
                refused=[why for name, why in bad.items() if name not in unreadable],
                unreadable=[why for name, why in bad.items() if name in unreadable],
            )
        )
        return 1
    unusable = why_unusable(checked, bench.settings.reject_error_share)
    doubts = [*checked.doubts, *unused_refunds(samples, mapping)]
    is_doubtful = bool(doubts) and not accepts_doubts
    if is_doubtful:
        say(doubts_text(doubts))
    written: tuple[Path, ...] = ()
    if proposal is not None and write_to is not None:
        unsound = unusable or (
            "what is doubtful must be looked at first; then add --accept-doubts." if is_doubtful else None
        )
        written = write_to.save(proposal, checked, unsound)
    holds_mock = mapping.label == DataSource.REAL and bool(bench.tables.weeks("mock_orders"))
    repeated = settings_to_repeat(os.environ, holds_mock=holds_mock)
    chosen = {
        **{name: value for name, value in repeated.items() if name not in checked.place},
        **(files_settings(export.path) if stand is None else stand.settings),
    }
    mapping_at = mapping_file or (write_to.path if write_to else None)
    say(next_steps(checked, chosen, mapping_at, written, unusable=unusable, is_doubtful=is_doubtful, again=again))
    return 0 if unusable is None and not is_doubtful else 1


@contextmanager
def _cache(settings: Settings, stand: Stand | None) -> Iterator[Path]:
    """Where the lines that are read stay, so that a later run need not read them: nowhere if nothing is stored yet."""
    if stand is not None:
        yield stand.staging
    elif settings.machine_folder.is_dir():
        yield settings.machine_folder / "staging"
    else:
        with temporary_folder("check") as folder:
            yield folder


def _samples(files: Sequence[Path], records: str | None) -> tuple[list[ExportSample], dict[str, BadFile]]:
    """The samples of the files that have lines to show, and why the others have none, by name."""
    samples, unreadable = [], {}
    for file in files:
        try:
            samples.append(read_sample(file, records))
        except BadFile as error:
            unreadable[file.name] = error
    return samples, unreadable


def export_of(paths: Sequence[Path]) -> Export:
    """One file; or a folder or several of its files, which a mapping then finds by their ending.

    Raises ConfigurationError for files of several kinds or in several folders.
    """
    if len(paths) == 1 and paths[0].is_file():
        return Export(paths[0], (paths[0],), None)
    folders = {path if path.is_dir() else path.parent for path in paths}
    if len(folders) > 1:
        raise ConfigurationError(
            f"{paths[0]} and {paths[-1]} are in different folders; put the files of one export into one folder"
        )
    folder = folders.pop()
    named = [path for path in paths if path.is_file()] or sorted(
        path for path in folder.iterdir() if path.is_file() and path.name.endswith(ORDER_SUFFIXES)
    )
    endings = {next((s for s in ORDER_SUFFIXES if path.name.endswith(s)), path.suffix) for path in named}
    if len(endings) != 1:
        found = ", ".join(sorted(endings)) or "none"
        raise ConfigurationError(
            f"{folder}: an export must consist of files of one kind, but here are {found}; name those of one kind, "
            f"e.g. {folder}/*.csv"
        )
    pattern = f"*{endings.pop()}"
    return Export(folder, tuple(sorted(folder.glob(pattern))), pattern)


def _with_pattern(proposal: Proposal, export: Export) -> Proposal:
    """The proposal with the pattern of the files in the folder that belong to the export."""
    if export.pattern is None or export.pattern == "*.csv":
        return proposal
    return replace(proposal, document={**proposal.document, "files": export.pattern})
