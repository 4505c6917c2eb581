"""`python -m pizza_assets_tests.second_leg_week`: a week of second legs through `pizza run`, from a loopback server.

Prints what the command prints, what is stored, and its exit code; exits with 1 if a score is not as it was played.
"""

import os
import subprocess
import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path

import pandas as pd

from pizza_assets.storage.local_folder import LocalFolder
from pizza_assets.storage.tables import TableStore
from pizza_assets_tests.support.api_rows import KEY
from pizza_assets_tests.support.fault_server import FaultServer, running
from pizza_assets_tests.support.second_legs import GOALS, SECOND_LEGS, STORED, WEEK


def main() -> int:
    server = FaultServer(matches={"CL": SECOND_LEGS}, orders={})
    with tempfile.TemporaryDirectory() as folder, running(server):
        environ = os.environ | {
            "PIZZA_STORAGE": folder,
            "PIZZA_MATCHES": "football-data",
            "PIZZA_FOOTBALL_DATA": server.url,
            "PIZZA_FOOTBALL_DATA_KEY": KEY,
            "PIZZA_COMPETITIONS": "uefa.cl",
            "PIZZA_FALLBACK": "fail",
        }
        command = [sys.executable, "-m", "pizza_assets.cli", "run", "--from", WEEK, "--to", WEEK]
        exit_code = subprocess.run(command, env=environ, check=False).returncode
        tables = TableStore(LocalFolder(Path(folder)), lambda: datetime.now(UTC))
        found = tables.read_week("raw_matches", WEEK)
        rows = pd.DataFrame() if found is None else found.rows
        print(rows[["home_team", "away_team", "stage", "decided_by", *GOALS]].to_string() if len(rows) else "nothing")
        print(f"refused: {len(tables.rejected('raw_matches', WEEK))}, exit code {exit_code}")
    return 0 if exit_code == 0 and stored_scores(rows) == STORED else 1


def stored_scores(rows: pd.DataFrame) -> dict[tuple[str, str], tuple[str, list[int | None]]]:
    """In the form of STORED."""
    return {
        (row["home_team"], row["away_team"]): (
            row["decided_by"],
            [None if pd.isna(row[name]) else int(row[name]) for name in GOALS],
        )
        for row in rows.to_dict("records")
    }


if __name__ == "__main__":
    raise SystemExit(main())
