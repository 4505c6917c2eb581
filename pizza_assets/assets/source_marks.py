"""Which sources are set, as a kind on every asset: a mark in the UI's catalogue and graph.

The marks follow the settings, not what is stored: weeks may be of earlier settings, or mock data may stand in for a
source that failed. So they name the source and say "set to", never "real". What is stored is in each materialization's
metadata.
"""

from collections.abc import Sequence
from functools import cache

import dagster as dg

from pizza_assets.settings import Settings

ALWAYS_MOCK = "always_mock"


def with_source_marks(assets: Sequence[dg.AssetsDefinition], settings: Settings) -> list[dg.AssetsDefinition]:
    """The assets, each with the kinds of the sources that it is built from."""
    orders, matches = f"orders_set_to_{settings.orders}", f"matches_set_to_{settings.matches}"
    begun = {
        "mock_orders": frozenset({ALWAYS_MOCK}),
        "raw_orders": frozenset({orders}),
        "raw_matches": frozenset({matches}),
        "coming_matches": frozenset({matches}),
    }
    parents = {
        spec.key.to_user_string(): [dep.asset_key.to_user_string() for dep in spec.deps]
        for definition in assets
        for spec in definition.specs
    }

    @cache
    def marks(asset: str) -> frozenset[str]:
        # assets that wait for mock_orders read its rows as those of raw_orders
        read = [parent for parent in parents[asset] if parent != "mock_orders"]
        return begun.get(asset, frozenset().union(*map(marks, read)))

    def marked(spec: dg.AssetSpec) -> dg.AssetSpec:
        return spec.merge_attributes(kinds=set(marks(spec.key.to_user_string())))

    return list(dg.map_asset_specs(marked, assets))
