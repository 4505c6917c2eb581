"""`pizza check`."""

from pathlib import Path

import click


def _column(text: str) -> tuple[str, str]:
    name, _, header = text.partition("=")
    if not (name and header):
        raise click.BadParameter(f"{text!r} is not of the form order_id=HEADER")
    return name, header


@click.command()
@click.argument("files", nargs=-1, required=True, type=click.Path(exists=True, path_type=Path), metavar="FILE...")
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
@click.option("--label", type=click.Choice(["real", "mock"]), help="Whether these orders really happened.")
@click.option("--timezone", metavar="ZONE", help="Time zone of times without an offset, e.g. Europe/London or UTC.")
@click.option("--currency", metavar="CODE", help="ISO 4217 code, e.g. GBP.")
@click.option("--date-order", type=click.Choice(["day", "month"]), help="Whether 03/04 is in April or in March.")
@click.option("--price-unit", type=click.Choice(["major", "minor"]), help="Whether 1250 means pounds or pence.")
@click.option("--rows", type=click.Choice(["orders", "items"]), help="Whether a line is an order or one of its items.")
@click.option("--market", metavar="NAME", help="The market of all orders.")
@click.option("--store-id", metavar="NAME", help="The store id of all orders.")
@click.option("--chain", metavar="NAME", help="The chain of all orders.")
@click.option(
    "--column",
    "columns",
    multiple=True,
    type=_column,
    metavar="NAME=HEADER",
    help="The column that holds a value, e.g. order_id=Reference. May be repeated.",
)
def check(
    files: tuple[Path, ...],
    mapping: Path | None,
    write: Path | None,
    columns: tuple[tuple[str, str], ...],
    market: str | None,
    store_id: str | None,
    chain: str | None,
    **answers: str | None,
) -> int:
    """Check an export of orders, and propose a mapping for it.

    FILE is CSV, JSON, JSON lines or Parquet, or a folder of such files. The report accounts for every line, and says
    which questions the export could answer. The options from --label on state what only you can know; the command
    names those that it needs. The exit code is 1 if an option is missing or something must be fixed.
    """
    from pizza_assets.cli import checking
    from pizza_assets.sources.orders.proposal.proposal import Answers

    constants = {"market": market, "store_id": store_id, "chain": chain}
    known = {name: value for name, value in constants.items() if value is not None}
    return checking.check(files, Answers(**answers, columns=dict(columns), constants=known), mapping, write)
