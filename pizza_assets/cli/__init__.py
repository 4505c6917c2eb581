"""The command `pizza`: a thin layer over Dagster for everyday tasks."""

from pizza_assets.cli.program import main

__all__ = ["main"]
