"""`pizza quicksight`."""

import click


@click.group()
def quicksight() -> None:
    """Manage the dashboard in QuickSight.

    Each command can be repeated: `create` run twice changes nothing the second time.
    """


@quicksight.command()
@click.option("--offline", "is_offline", is_flag=True, help="Do not compare with what is in the account.")
@click.option("--json", "is_json", is_flag=True, help="Print the API calls with all their parameters, as JSON.")
def plan(is_offline: bool, is_json: bool) -> int:
    """Print what create or update would do; works without AWS."""
    from pizza_assets.cli import quicksight as work

    return work.plan(is_offline=is_offline, is_json=is_json)


@quicksight.command()
def create() -> int:
    """Create what is missing and update what differs."""
    from pizza_assets.cli import quicksight as work

    return work.create()


@quicksight.command()
def update() -> int:
    """The same as create, but only where the dashboard exists."""
    from pizza_assets.cli import quicksight as work

    return work.update()


@quicksight.command()
def refresh() -> int:
    """Import the extracts into every data set, and wait."""
    from pizza_assets.cli import quicksight as work

    return work.refresh()


@quicksight.command()
def delete() -> int:
    """Remove everything that create made."""
    from pizza_assets.cli import quicksight as work

    return work.delete()
