"""`pizza`: the few commands a person types every day. Thin over Dagster; each can be done with `dagster` as well."""

from pizza_assets.cli.program import main

__all__ = ["main"]
