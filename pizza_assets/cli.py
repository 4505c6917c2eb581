"""`pizza`: the few commands a person types every day. Thin over Dagster; each can be done with `dagster` as well."""

import argparse
import logging
import os
import sys
import webbrowser
from collections.abc import Sequence
from datetime import date
from pathlib import Path

from pizza_assets.errors import ConfigurationError, PizzaAssetsError
from pizza_assets.models.week import MatchWeek


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; returns the exit code: 0 done, 1 something failed, 2 not started, 130 interrupted."""
    options = _parser().parse_args(arguments)
    try:
        return options.command(options)
    except ConfigurationError as error:
        print(f"pizza: {error}", file=sys.stderr)
        return 2
    except PizzaAssetsError as error:
        print(f"pizza: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("pizza: interrupted; what was stored is whole, run the same command again to go on", file=sys.stderr)
        return 130


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="pizza", description="What does football do to pizza orders?")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    run = commands.add_parser("run", help="collect match weeks, analyse them and write the page")
    run.add_argument(
        "--from", dest="first", type=_day, metavar="DATE", help="any date in the first week, e.g. 2026-08-04"
    )
    run.add_argument("--to", dest="last", type=_day, metavar="DATE", help="any date in the last week")
    run.add_argument("--weeks", type=_count, default=52, metavar="N", help="finished weeks before the running one (52)")
    run.set_defaults(command=_run)
    ui = commands.add_parser("ui", help="Dagster's webserver and daemon on loopback")
    ui.add_argument("--port", type=_count, default=3000, metavar="PORT", help="port on 127.0.0.1 (3000)")
    ui.set_defaults(command=_ui)
    opened = commands.add_parser("open", help="open the page in a browser")
    opened.add_argument("--print", dest="only_print", action="store_true", help="only print its path")
    opened.set_defaults(command=_open)
    return parser


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(f"{text!r} is no date; write it as 2026-08-04") from error


def _count(text: str) -> int:
    if not text.isdigit() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"{text!r} is no whole number from 1")
    return int(text)


def _run(options: argparse.Namespace) -> int:
    # imported late: `pizza --help` and a wrong option answer at once
    from pizza_assets.definitions import build_definitions
    from pizza_assets.orchestration.dead_runs import fail_dead_runs
    from pizza_assets.orchestration.local_run import analyse, chosen_weeks, collect, covered_span, local_instance
    from pizza_assets.orchestration.progress import Progress
    from pizza_assets.orchestration.resources import build_io_manager, build_tables, markets_of, order_files, utc_now
    from pizza_assets.orchestration.run_summary import summary, unknown_names
    from pizza_assets.settings import Settings

    logging.getLogger("dagster").setLevel(logging.CRITICAL)
    settings = Settings.from_environment(os.environ)
    tables = build_tables(settings)
    first = options.first and MatchWeek.of_date(options.first, settings.timezone)
    last = options.last and MatchWeek.of_date(options.last, settings.timezone)
    files = order_files(settings, utc_now)
    if files is not None and first is None and last is None:
        first, last = covered_span(files.periods(), options.weeks)
    weeks = chosen_weeks(settings, utc_now(), first, last, options.weeks)
    tables.objects.check()
    with local_instance() as instance, Progress(len(weeks), sys.stderr) as progress:
        fail_dead_runs(instance)
        definitions = build_definitions(os.environ, {"io_manager": build_io_manager(settings, tables, progress.stored)})
        collected = collect(definitions, instance, weeks)
        analysis_error = analyse(definitions, instance)
    warnings = [] if files is None else files.warnings()
    if settings.markets_file is not None:
        warnings += unknown_names(tables, markets_of(settings), weeks)
    print(summary(tables, collected, analysis_error, warnings))
    return 1 if collected.failures or collected.error or analysis_error else 0


def _ui(options: argparse.Namespace) -> int:
    from pizza_assets.orchestration.dead_runs import fail_dead_runs
    from pizza_assets.orchestration.local_run import local_instance

    with local_instance() as instance:
        fail_dead_runs(instance)  # one would hold the only place in the queue
    dagster = Path(sys.executable).with_name("dagster")
    os.execv(dagster, [str(dagster), "dev", "--host", "127.0.0.1", "--port", str(options.port)])


def _open(options: argparse.Namespace) -> int:
    from pizza_assets.orchestration.resources import build_tables
    from pizza_assets.settings import Settings
    from pizza_assets.storage.layout import whole_key

    tables = build_tables(Settings.from_environment(os.environ))
    key = whole_key("dashboard_page")
    if not tables.objects.exists(key):
        raise PizzaAssetsError(f"{tables.objects.uri(key)} does not exist yet; run `pizza run` first")
    path = Path(tables.objects.uri(key))
    print(path)
    if not options.only_print:
        webbrowser.open(path.as_uri())
    return 0


if __name__ == "__main__":
    sys.exit(main())
