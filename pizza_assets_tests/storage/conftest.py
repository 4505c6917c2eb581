"""A table store in a temporary folder."""

from pathlib import Path

import pytest

from pizza_assets.storage.local_folder import LocalFolder
from pizza_assets.storage.tables import TableStore
from pizza_assets_tests.storage.rows import NOW


@pytest.fixture
def tables(tmp_path: Path) -> TableStore:
    return TableStore(LocalFolder(tmp_path), lambda: NOW)
