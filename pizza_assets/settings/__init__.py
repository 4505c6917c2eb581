"""Settings from the environment, and the markets table."""

from pizza_assets.settings.markets_table import read_markets
from pizza_assets.settings.settings import Settings
from pizza_assets.settings.sources import OPENFOOTBALL_URL
from pizza_assets.settings.values import bucket_and_prefix, service_address

__all__ = ["OPENFOOTBALL_URL", "Settings", "bucket_and_prefix", "read_markets", "service_address"]
