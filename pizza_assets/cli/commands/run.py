"""`pizza run`."""

from datetime import date

import click

from pizza_assets.cli.options import WholeNumber, week_range


@click.command()
@week_range
@click.option(
    "--weeks",
    type=WholeNumber(1, 5200),
    default=52,
    metavar="N",
    help="How many finished weeks to collect before the last one, if --from is not given.",
)
def run(first: date | None, last: date | None, weeks: int) -> int:
    """Collect match weeks, analyse them and write the page.

    By default these are the last weeks up to the current one, or the last weeks that your order files cover.
    """
    from pizza_assets.cli import collecting

    return collecting.run(first, last, weeks)
