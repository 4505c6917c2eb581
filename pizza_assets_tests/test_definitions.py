"""What the code location needs to start: every run, sensor and `pizza` command waits for it."""

import json
import subprocess
import sys
from importlib.util import find_spec

ONLY_WHERE_USED = (
    "alembic", "apprise", "boto3", "botocore", "dagster_aws", "duckdb", "holidays", "ibis", "icalendar",
    "python_calamine", "requests", "scipy", "sqlalchemy", "statsmodels", "vl_convert",
)  # fmt: skip
"""Packages that are slow to import and needed by few runs, or not before a run's assets are made."""
START = """
import json, sys
from datetime import UTC, datetime
from pizza_assets.definitions import build_definitions
from pizza_assets.orchestration.sources import Sources
from pizza_assets.settings import Settings
environ = {"PIZZA_MATCHES": "mock", "PIZZA_ORDERS": "mock"}
build_definitions(environ)
chosen = Sources(Settings.from_environment(environ), lambda: datetime.now(UTC))
assert chosen.order_files is None and chosen.orders_table is None
print(json.dumps(sorted({name.partition(".")[0] for name in sys.modules})))
"""


def test_the_code_location_starts_without_packages_that_few_runs_need() -> None:
    done = subprocess.run([sys.executable, "-c", START], capture_output=True, text=True, check=True)
    loaded = json.loads(done.stdout)
    assert {"dagster", "pandas", "pizza_assets"} <= set(loaded)
    assert sorted(set(ONLY_WHERE_USED) & set(loaded)) == []
    assert [name for name in ONLY_WHERE_USED if find_spec(name) is None] == [], "a misspelt name would prove nothing"
