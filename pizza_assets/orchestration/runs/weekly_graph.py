"""The weekly assets as a graph: what is made of what, and which of them look at the weeks beside their own."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

import dagster as dg

from pizza_assets.storage.layout import PLACES


@dataclass(frozen=True)
class WeeklyGraph:
    """parents: the weekly assets each weekly asset reads, parents first. reaching: those pairs of asset and parent in
    which the asset reads the parent's neighbouring weeks, too.
    """

    parents: dict[str, tuple[str, ...]]
    reaching: frozenset[tuple[str, str]]

    @classmethod
    def of(cls, definitions: dg.Definitions) -> "WeeklyGraph":
        """The graph of these definitions."""
        graph = definitions.resolve_asset_graph()
        ordered = [key.to_user_string() for key in graph.toposorted_asset_keys]
        parents = {
            name: tuple(
                sorted(key.to_user_string() for key in graph.get(dg.AssetKey(name)).parent_keys if _is_weekly(key))
            )
            for name in ordered
            if PLACES[name].weekly
        }
        reaching = {
            (name, key.to_user_string())
            for name in parents
            for key, mapping in graph.get(dg.AssetKey(name)).partition_mappings.items()
            if isinstance(mapping, dg.TimeWindowPartitionMapping) and (mapping.start_offset or mapping.end_offset)
        }
        return cls(parents, frozenset(reaching))

    @property
    def assets(self) -> list[str]:
        """All weekly assets, parents first."""
        return list(self.parents)

    def in_order(self, assets: Iterable[str]) -> list[str]:
        """These assets, parents first."""
        chosen = set(assets)
        return [asset for asset in self.parents if asset in chosen]

    @cached_property
    def layers(self) -> list[list[str]]:
        """The assets in layers: one that reads neighbouring weeks comes a layer after all weeks of what it reads."""
        depth: dict[str, int] = {}
        for asset, parents in self.parents.items():
            depth[asset] = max((depth[p] + ((asset, p) in self.reaching) for p in parents), default=0)
        return [[asset for asset in depth if depth[asset] == layer] for layer in range(max(depth.values()) + 1)]

    def descendants(self, assets: Iterable[str]) -> set[str]:
        """All that is made of these assets, directly or not; without them."""
        found: set[str] = set()
        start = set(assets)
        for asset, parents in self.parents.items():  # parents come first
            if not (found | start).isdisjoint(parents):
                found.add(asset)
        return found - start


def _is_weekly(key: dg.AssetKey) -> bool:
    return PLACES[key.to_user_string()].weekly
