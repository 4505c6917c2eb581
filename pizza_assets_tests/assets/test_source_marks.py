"""The marks of the sources that are set, on every asset."""

import pytest

from pizza_assets.assets.source_marks import ALWAYS_MOCK
from pizza_assets.definitions import build_definitions

OF_ORDERS, OF_MATCHES = (
    {"raw_orders", "order_bins", "quarter_hours", "dashboard_orders_timeline"},
    {"raw_matches", "raw_match_events", "coming_matches", "dashboard_matches"},
)


def marks(**environ: str) -> dict[str, set[str]]:
    specs = build_definitions(environ).resolve_all_asset_specs()
    return {
        spec.key.to_user_string(): {kind for kind in spec.kinds if "set_to" in kind or "mock" in kind} for spec in specs
    }


@pytest.mark.parametrize(
    ("environ", "orders", "matches"),
    [
        ({}, "orders_set_to_mock", "matches_set_to_openfootball"),
        ({"PIZZA_MATCHES": "mock"}, "orders_set_to_mock", "matches_set_to_mock"),
        # without its key this source is stood in for by mock, but still the one that is set
        ({"PIZZA_MATCHES": "football-data"}, "orders_set_to_mock", "matches_set_to_football-data"),
        ({"PIZZA_FALLBACK": "fail"}, "orders_set_to_mock", "matches_set_to_openfootball"),
    ],
)
def test_every_asset_names_the_sources_that_are_set(environ: dict[str, str], orders: str, matches: str) -> None:
    found = marks(**environ)
    assert found.pop("mock_orders") == {ALWAYS_MOCK}
    for asset, kinds in found.items():
        of_orders, of_matches = asset not in OF_MATCHES, asset not in OF_ORDERS
        assert kinds == ({orders} if of_orders else set()) | ({matches} if of_matches else set()), asset


def test_no_mark_claims_that_data_are_real() -> None:
    for environ in ({}, {"PIZZA_MATCHES": "football-data"}):
        specs = build_definitions(environ).resolve_all_asset_specs()
        assert not [kind for spec in specs for kind in spec.kinds if "real" in kind]
