"""`pizza quicksight`."""

from functools import partial

import click


@click.group()
def quicksight() -> None:
    """Manage the dashboard in QuickSight. Each command can be repeated: a second `create` changes nothing."""


@quicksight.command()
@click.option("--offline", "is_offline", is_flag=True, help="Do not compare with what is in the account.")
@click.option("--json", "is_json", is_flag=True, help="Print the API calls with all their parameters, as JSON.")
def plan(is_offline: bool, is_json: bool) -> int:
    """Print what create or update would do; works without AWS."""
    from pizza_assets.cli import quicksight as work

    return work.plan(is_offline=is_offline, is_json=is_json)


def _work(name: str) -> int:
    from pizza_assets.cli import quicksight as work

    return getattr(work, name)()


for _name, _help in {
    "create": "Create what is missing and update what differs.",
    "update": "Like create, but only if the dashboard exists.",
    "refresh": "Import the extracts into every data set, and wait.",
    "delete": "Delete everything that create made.",
}.items():
    quicksight.add_command(click.Command(_name, callback=partial(_work, _name), help=_help))
