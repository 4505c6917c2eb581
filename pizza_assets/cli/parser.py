"""Commands, options and exit codes. What a command does is in a module of its own, imported when it is asked for."""

import argparse
import sys
from collections.abc import Sequence
from datetime import date, datetime
from pathlib import Path

from pizza_assets.errors import ConfigurationError, PizzaAssetsError

COMMANDS = ("check", "run", "backfill", "status", "restore", "forecast", "ui", "open", "quicksight")


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
    except BrokenPipeError:
        sys.stderr.close()  # the reader, such as `head`, has seen enough; nothing is to be said about it
        return 0
    except KeyboardInterrupt:
        print("pizza: interrupted; what was stored is whole, run the same command again to go on", file=sys.stderr)
        return 130


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="pizza", description="What does football do to pizza orders?")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    _add_check(commands.add_parser("check", help="look at an export of orders before using it, and write its mapping"))
    _add_run(commands.add_parser("run", help="collect match weeks, analyse them and write the page"))
    _add_backfill(commands.add_parser("backfill", help="collect many weeks, going on where it was interrupted"))
    _add_status(commands.add_parser("status", help="which weeks are stored, real or mock, stale or not"))
    _add_restore(commands.add_parser("restore", help="bring a week back as it was, from the versions a bucket keeps"))
    _add_forecast(
        commands.add_parser("forecast", help="orders around coming matches, as last worked out by `pizza run`")
    )
    ui = commands.add_parser("ui", help="Dagster's webserver and daemon on loopback")
    ui.add_argument("--port", type=_count, default=3000, metavar="PORT", help="port on 127.0.0.1 (3000)")
    ui.set_defaults(command=_ui)
    opened = commands.add_parser("open", help="open the page in a browser")
    opened.add_argument("--print", dest="only_print", action="store_true", help="only print its path")
    opened.set_defaults(command=_open)
    _add_quicksight(commands.add_parser("quicksight", help="the dashboard in QuickSight: plan, create, update, delete"))
    return parser


def _add_check(check: argparse.ArgumentParser) -> None:
    check.add_argument("files", nargs="+", type=Path, metavar="FILE", help="CSV, JSON (lines) or Parquet; or a folder")
    check.add_argument("--mapping", type=Path, metavar="FILE", help="check under this mapping, do not propose one")
    check.add_argument(
        "--write",
        nargs="?",
        type=Path,
        const=Path("orders.toml"),
        metavar="FILE",
        help="save the mapping (orders.toml)",
    )
    said = check.add_argument_group("what only you know (asked for when it is needed)")
    said.add_argument("--label", choices=["real", "mock"], help="whether these orders happened")
    said.add_argument(
        "--timezone", metavar="ZONE", help="the clock of times without an offset, e.g. Europe/London, UTC"
    )
    said.add_argument("--currency", metavar="CODE", help="ISO 4217, e.g. GBP")
    said.add_argument("--date-order", choices=["day", "month"], help="whether 03/04 is in April or in March")
    said.add_argument("--price-unit", choices=["major", "minor"], help="whether 1250 is pounds or pence")
    said.add_argument("--rows", choices=["orders", "items"], help="whether a line is an order or an item of one")
    for place in ("market", "store-id", "chain"):
        said.add_argument(f"--{place}", metavar="NAME", help=f"the {place.replace('-', ' ')} of all orders")
    said.add_argument(
        "--column", action="append", type=_column, default=[], metavar="NAME=HEADER", help="which column is what"
    )
    check.set_defaults(command=_check)


def _add_run(run: argparse.ArgumentParser) -> None:
    _add_range(run)
    run.add_argument("--weeks", type=_count, default=52, metavar="N", help="finished weeks before the running one (52)")
    run.set_defaults(command=_run)


def _add_backfill(backfill: argparse.ArgumentParser) -> None:
    _add_range(backfill)
    backfill.add_argument("--dry-run", action="store_true", help="only say what would be done")
    backfill.add_argument(
        "--stale-only", action="store_true", help="only weeks that are missing, or made of something else than now"
    )
    backfill.add_argument("--anew", action="store_true", help="start over, do not go on with an interrupted backfill")
    backfill.set_defaults(command=_backfill)


def _add_status(status: argparse.ArgumentParser) -> None:
    _add_range(status)
    status.add_argument("--json", dest="is_json", action="store_true", help="for programs")
    status.add_argument("--verify", action="store_true", help="read everything and compare it with its checksum")
    status.set_defaults(command=_status)


def _add_quicksight(quicksight: argparse.ArgumentParser) -> None:
    actions = quicksight.add_subparsers(required=True, metavar="ACTION", dest="action")
    plan = actions.add_parser("plan", help="print the calls that create or update would make; works without AWS")
    plan.add_argument("--offline", action="store_true", help="do not look at what is there")
    plan.add_argument("--json", dest="is_json", action="store_true", help="the calls with all their parameters")
    actions.add_parser("create", help="make what is absent, change what differs")
    actions.add_parser("update", help="the same, only where the dashboard is there already")
    actions.add_parser("refresh", help="read the extracts anew into every data set, and wait")
    actions.add_parser("delete", help="remove everything that create made")
    quicksight.set_defaults(command=_quicksight)


def _add_restore(restore: argparse.ArgumentParser) -> None:
    restore.add_argument("week", type=_day, metavar="DATE", help="any date in the week, e.g. 2026-08-04")
    restore.add_argument(
        "--before",
        type=_moment,
        metavar="TIME",
        help="as it was just before, e.g. 2026-08-12T18:00Z; without it, list what was written when",
    )
    restore.set_defaults(command=_restore)


def _add_forecast(forecast: argparse.ArgumentParser) -> None:
    forecast.add_argument("--market", metavar="M", help="only this market")
    forecast.add_argument("--days", type=_count, default=14, metavar="N", help="days ahead (14, which is the most)")
    forecast.set_defaults(command=_forecast)


def _add_range(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "--from", dest="first", type=_day, metavar="DATE", help="any date in the first week, e.g. 2026-08-04"
    )
    command.add_argument("--to", dest="last", type=_day, metavar="DATE", help="any date in the last week")


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(f"{text!r} is no date; write it as 2026-08-04") from error


def _moment(text: str) -> datetime:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(f"{text!r} is no time; write it as 2026-08-12T18:00Z") from error
    if moment.tzinfo is None:
        raise argparse.ArgumentTypeError(f"{text!r} has no zone; write 2026-08-12T18:00Z, or +01:00 in place of Z")
    return moment


def _column(text: str) -> tuple[str, str]:
    name, separator, header = text.partition("=")
    if not (name and separator and header):
        raise argparse.ArgumentTypeError(f"{text!r}: write it as order_id=HEADER")
    return name, header


def _count(text: str) -> int:
    if not text.isdigit() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"{text!r} is no whole number from 1")
    return int(text)


# imported late: `pizza --help` and a wrong option answer at once


def _check(options: argparse.Namespace) -> int:
    from pizza_assets.cli.checking import check
    from pizza_assets.sources.orders.proposal.proposal import Answers

    constants = {"market": options.market, "store_id": options.store_id, "chain": options.chain}
    answers = Answers(
        label=options.label,
        timezone=options.timezone,
        currency=options.currency,
        rows=options.rows,
        date_order=options.date_order,
        price_unit=options.price_unit,
        columns=dict(options.column),
        constants={name: value for name, value in constants.items() if value is not None},
    )
    return check(options.files, answers, options.mapping, options.write)


def _run(options: argparse.Namespace) -> int:
    from pizza_assets.cli.collecting import run

    return run(options.first, options.last, options.weeks)


def _backfill(options: argparse.Namespace) -> int:
    from pizza_assets.cli.collecting import backfill

    return backfill(
        options.first,
        options.last,
        is_stale_only=options.stale_only,
        is_dry_run=options.dry_run,
        starts_over=options.anew,
    )


def _status(options: argparse.Namespace) -> int:
    from pizza_assets.cli.looking import status

    return status(options.first, options.last, is_json=options.is_json, is_verified=options.verify)


def _restore(options: argparse.Namespace) -> int:
    from pizza_assets.cli.restoring import restore

    return restore(options.week, options.before)


def _forecast(options: argparse.Namespace) -> int:
    from pizza_assets.cli.forecasting import forecast

    return forecast(options.market, options.days)


def _ui(options: argparse.Namespace) -> int:
    from pizza_assets.cli.looking import ui

    return ui(options.port)


def _open(options: argparse.Namespace) -> int:
    from pizza_assets.cli.looking import open_page

    return open_page(options.only_print)


def _quicksight(options: argparse.Namespace) -> int:
    from pizza_assets.cli import quicksight

    if options.action == "plan":
        return quicksight.plan(is_offline=options.offline, is_json=options.is_json)
    return {
        "create": quicksight.create,
        "update": quicksight.update,
        "refresh": quicksight.refresh,
        "delete": quicksight.delete,
    }[options.action]()
