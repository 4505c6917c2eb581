"""`pizza forecast`."""

import click

from pizza_assets.cli.options import WholeNumber


@click.command()
@click.option("--market", metavar="NAME", help="Only this market.")
@click.option(
    "--days",
    type=WholeNumber(1, 366),
    default=14,
    metavar="N",
    help="How many days ahead; a forecast reaches no further than 14.",
)
def forecast(market: str | None, days: int) -> int:
    """Show the latest forecast of orders around coming matches.

    It was computed by the last `pizza run`; nothing is collected or computed now.
    """
    from pizza_assets.cli import forecasting

    return forecasting.forecast(market, days)
