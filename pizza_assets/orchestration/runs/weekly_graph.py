"""The dependency graph of the weekly assets, and which of them read neighbouring weeks."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property

import dagster as dg

from pizza_assets.storage.io_manager import READS_NEIGHBOURS
from pizza_assets.storage.layout import PLACES


@dataclass(frozen=True)
class WeeklyGraph:
    """parents: the weekly inputs of each weekly asset, in topological order. neighbouring: the pairs of asset and
    parent in which the asset also reads the parent's neighbouring weeks.
    """

    parents: dict[str, tuple[str, ...]]
    neighbouring: frozenset[tuple[str, str]]

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
        neighbouring = {
            (name, parent)
            for name in parents
            for parent in _neighbouring_inputs(graph.get(dg.AssetKey(name)).assets_def)
        }
        return cls(parents, frozenset(neighbouring))

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
        """The assets in layers: one that reads neighbouring weeks is in a later layer than its inputs."""
        depth: dict[str, int] = {}
        for asset, parents in self.parents.items():
            depth[asset] = max((depth[p] + ((asset, p) in self.neighbouring) for p in parents), default=0)
        return [[asset for asset in depth if depth[asset] == layer] for layer in range(max(depth.values()) + 1)]

    def descendants(self, assets: Iterable[str]) -> set[str]:
        """All assets downstream of these, without them."""
        found: set[str] = set()
        start = set(assets)
        for asset, parents in self.parents.items():  # parents come first
            if not (found | start).isdisjoint(parents):
                found.add(asset)
        return found - start


def _neighbouring_inputs(asset: dg.AssetsDefinition) -> Iterator[str]:
    for name, key in asset.keys_by_input_name.items():
        if asset.op.input_def_named(name).metadata.get(READS_NEIGHBOURS):
            yield key.to_user_string()


def _is_weekly(key: dg.AssetKey) -> bool:
    return PLACES[key.to_user_string()].weekly
