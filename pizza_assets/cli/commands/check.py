"""`pizza check`."""

import shlex
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from pizza_assets.cli.options import ARGUMENTS
from pizza_assets.command_name import typed
from pizza_assets.escaping import printable

if TYPE_CHECKING:
    from pizza_assets.sources.orders.proposal.answers import Answers


def _pair(example: str) -> Callable[[str], tuple[str, str]]:
    """A reader of NAME=VALUE."""

    def read(text: str) -> tuple[str, str]:
        name, _, value = text.partition("=")
        if not (name and value):
            raise click.BadParameter(f"{text!r} is not of the form {example}")
        return name, value

    return read


class _ExportType(click.Path):
    """An existing file or folder; or the address of a database, which is returned as text."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        is_database = "://" in str(value) and not str(value).startswith("s3://")
        return value if is_database else super().convert(value, param, ctx)


def _format(text: str) -> tuple[str, str]:
    """(part, format); without a part the format is that of date and time in one."""
    part, _, written = text.partition("=")
    return (part, written) if part in ("timestamp", "date", "time") else ("timestamp", text)


def _order_id(_context: click.Context, _option: click.Parameter, text: str | None) -> tuple[str, ...]:
    return tuple(part.strip() for part in text.split("+")) if text else ()


@click.command()
@click.argument("files", nargs=-1, type=_ExportType(exists=True, path_type=Path), metavar="[FILE...]")
@click.option(
    "--mapping",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    metavar="FILE",
    help="Check with this mapping instead of proposing one.",
)
@click.option(
    "--write",
    is_flag=False,
    flag_value=Path("orders.toml"),
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="[FILE]",
    help="Save the mapping, as orders.toml if no FILE is given.",
)
@click.option(
    "--replace",
    is_flag=True,
    help="With --write: save the mapping in place of another one, which is kept under another name.",
)
@click.option(
    "--table",
    metavar="NAME",
    help="The table or view of the orders in the database of PIZZA_ORDERS_URL, or one SELECT.",
)
@click.option("--label", type=click.Choice(["real", "mock"]), help="Whether these orders really happened.")
@click.option("--timezone", metavar="ZONE", help="Time zone of times without an offset, e.g. Europe/London or UTC.")
@click.option("--currency", metavar="CODE", help="ISO 4217 code, e.g. GBP.")
@click.option("--date-order", type=click.Choice(["day", "month"]), help="Whether 03/04 is in April or in March.")
@click.option("--price-unit", type=click.Choice(["major", "minor"]), help="Whether 1250 means pounds or pence.")
@click.option("--price-is", type=click.Choice(["unit", "line"]), help="Whether a price is for one item or the line.")
@click.option(
    "--amount-on",
    type=click.Choice(["each_line", "first_line", "repeated"]),
    help="Which lines of an order have its money: each its own, the first alone, or each that of the whole order.",
)
@click.option("--amount", metavar="HEADER", help="The column of the money, e.g. another one than proposed.")
@click.option(
    "--id",
    "order_id",
    callback=_order_id,
    metavar="COLUMN+COLUMN",
    help="The columns that together identify an order, e.g. Store+Date+Number; none if there are none.",
)
@click.option(
    "--refunds",
    type=click.Choice(["net", "exclude", "refuse"]),
    help="Negative lines: take them from their orders, leave them out, or refuse them.",
)
@click.option(
    "--format",
    "formats",
    multiple=True,
    type=_format,
    metavar="[PART=]FORMAT",
    help="How times are written, for strptime; PART is timestamp, date or time. May be repeated.",
)
@click.option("--business-day-ends", metavar="HH:MM", help="When a business date ends, e.g. 05:00.")
@click.option(
    "--zone",
    "zones",
    multiple=True,
    type=_pair("EST=-05:00"),
    metavar="NAME=ZONE",
    help="What a zone name in the export means: an IANA name or an offset. May be repeated.",
)
@click.option(
    "--count-status",
    multiple=True,
    metavar="A,B",
    help="Statuses of orders that count. May be repeated.",
)
@click.option(
    "--exclude-status",
    multiple=True,
    metavar="A,B",
    help="Statuses of orders that are left out, such as cancelled ones. May be repeated.",
)
@click.option(
    "--layout", metavar="NAME", help="The known export that this is; none to be asked for everything instead."
)
@click.option("--records", metavar="NAME", help="The list with the orders, of a JSON object that holds several lists.")
@click.option("--rows", type=click.Choice(["orders", "items"]), help="Whether a line is an order or one of its items.")
@click.option("--market", metavar="NAME", help="The market of all orders.")
@click.option("--store-id", metavar="NAME", help="The store id of all orders.")
@click.option("--chain", metavar="NAME", help="The chain of all orders.")
@click.option("--accept-doubts", is_flag=True, help="Exit with 0 although something in the export is doubtful.")
@click.option(
    "--column",
    "columns",
    multiple=True,
    type=_pair("order_id=HEADER"),
    metavar="NAME=HEADER",
    help="The column that holds a value, e.g. order_id=Reference. May be repeated.",
)
def check(
    files: tuple[Path | str, ...],
    mapping: Path | None,
    write: Path | None,
    replace: bool,
    table: str | None,
    accept_doubts: bool,
    **said: Any,
) -> int:
    """Check an export of orders, and propose a mapping for it.

    FILE is CSV, JSON, JSON lines, Parquet or a workbook, plain or packed, or a folder of such files. With --table
    alone, the database of PIZZA_ORDERS_URL is read; its address may also stand for FILE, but a password given so is
    kept in the history of the shell. The report accounts
    for every line, and says which questions the export could answer. The options from --label on state what
    only you can know; the command names those that it needs. The exit code is 1 if an option is missing, or if
    something must be fixed or is doubtful.
    """
    from pizza_assets.cli import checking, checking_tables
    from pizza_assets.cli.mapping_file import MappingFile

    if replace and write is None:
        raise click.UsageError("--replace belongs to --write")
    write_to = None if write is None else MappingFile(write, is_replaceable=replace)
    given = shlex.join(click.get_current_context().meta[ARGUMENTS])
    # options can't be added behind "--", and an escaped name can't be typed
    again = None if " -- " in given or printable(given) != given else typed(given)
    if not files and table is None:
        raise click.UsageError("name files, or a table with --table")
    if not files or (len(files) == 1 and isinstance(files[0], str)):
        return checking_tables.check_table(
            files[0] if files else None, table, answers_of(said), mapping, write_to, accepts_doubts=accept_doubts,
            again=None if files else again,  # an address may hold a password
        )  # fmt: skip
    paths = [file for file in files if isinstance(file, Path)]
    if len(paths) < len(files) or table is not None:
        raise click.UsageError("name either files, or one database with --table")
    return checking.check(paths, answers_of(said), mapping, write_to, accepts_doubts=accept_doubts, again=again)


def answers_of(said: dict[str, Any]) -> "Answers":
    """The answers in the command's options, by the names of their parameters."""
    from pizza_assets.sources.orders.proposal.answers import Answers

    constants = {name: said.pop(name) for name in ("market", "store_id", "chain")}
    known = {name: value for name, value in constants.items() if value is not None}
    pairs = {name: dict(said.pop(name)) for name in ("columns", "formats", "zones")}
    return Answers(**said, **pairs, constants=known)
