"""`pizza backfill`."""

from datetime import date

import click

from pizza_assets.cli.options import week_range


@click.command()
@week_range
@click.option("--dry-run", "is_dry_run", is_flag=True, help="Only print what would be done.")
@click.option("--stale-only", "is_stale_only", is_flag=True, help="Only weeks that are missing or out of date.")
@click.option(
    "--anew", "starts_over", is_flag=True, help="Start from the beginning instead of resuming an interrupted backfill."
)
def backfill(first: date | None, last: date | None, is_dry_run: bool, is_stale_only: bool, starts_over: bool) -> int:
    """Collect many weeks; run it again to resume after an interruption.

    --to is the current week by default. With --stale-only, --from may be left out: it then covers every stored week.
    """
    from pizza_assets.cli import collecting

    return collecting.backfill(first, last, is_stale_only=is_stale_only, is_dry_run=is_dry_run, starts_over=starts_over)
