"""`pizza forecast`."""

import click

from pizza_assets.cli.options import WholeNumber

MOST_DAYS = 14
"""As far as forecasts reach: HORIZON_DAYS, whose module is slow to import."""


@click.command()
@click.option("--market", metavar="NAME", help="Only this market, in upper or lower case.")
@click.option("--team", metavar="NAME", help="Only markets that follow this team.")
@click.option(
    "--days",
    type=WholeNumber(1, MOST_DAYS),
    metavar="N",
    help=f"How many days ahead, up to {MOST_DAYS}. Without it: shops on the weekend, and the matches of 14 days.",
)
@click.option("--next-weekend", "is_next", is_flag=True, help="Shops on the weekend after this one.")
@click.option("--json", "is_json", is_flag=True, help="Every hour and day of every shop as JSON.")
@click.option("--csv", "is_csv", is_flag=True, help="The same as CSV.")
def forecast(market: str | None, team: str | None, days: int | None, is_next: bool, is_json: bool, is_csv: bool) -> int:
    """Show what every shop should staff for, and the latest forecast of orders around coming matches.

    It was computed by the last `pizza run`; nothing is collected or computed now.
    """
    if is_json and is_csv:
        raise click.UsageError("choose one of --json and --csv")
    from pizza_assets.cli import forecasting

    return forecasting.forecast(market, team, days, is_next, "json" if is_json else "csv" if is_csv else "text")
