"""`pizza teams`."""

from datetime import date

import click

from pizza_assets.cli.options import week_range


@click.command()
@click.option("--market", "market_name", metavar="NAME", help="Only the teams that this market follows.")
@week_range
def teams(market_name: str | None, first: date | None, last: date | None) -> int:
    """List the teams of all matches, the markets that follow them, and names that may be one club.

    By default, the real matches of all stored weeks are listed; if there are none, the mock ones, marked as such, and
    what to do for real ones. With --from or --to, the weeks are read from the match source instead, stored or not. The
    exit code is 1 if two names may be one club.
    """
    from pizza_assets.cli.team_listing import list_teams

    return list_teams(market_name, first, last)
