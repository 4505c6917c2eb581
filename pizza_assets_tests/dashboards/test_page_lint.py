"""The linter of the page's scripts sees what it is there for, across files: faults are planted in a copy."""

import shutil
import subprocess
from pathlib import Path

import pytest

from pizza_assets_tests.conftest import absent

pytestmark = pytest.mark.integration
PROJECT = Path(__file__).parents[2]
SCRIPTS = Path("pizza_assets", "dashboards")


@pytest.fixture(scope="module")
def eslint() -> Path:
    command = PROJECT / ".venv" / "eslint" / "node_modules" / ".bin" / "eslint"
    if not command.exists():
        absent("ESLint is absent; run: make lint-js")
    return command


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    shutil.copy(PROJECT / "eslint.config.mjs", tmp_path)
    for folder in ("page", "views"):
        shutil.copytree(PROJECT / SCRIPTS / folder, tmp_path / SCRIPTS / folder)
    return tmp_path


def complaints(eslint: Path, copy: Path, name: str) -> str:
    command = [str(eslint), "--format", "json", str(SCRIPTS / name)]
    return subprocess.run(command, cwd=copy, capture_output=True, text=True, timeout=120, check=False).stdout


@pytest.mark.parametrize(
    ("name", "planted", "said"),
    [
        ("views/kpis.js", "function unused() {}", "'unused' is defined but never used"),
        ("page/format.js", "function nobodyCalls() {}", "'nobodyCalls' is defined but never used"),
        ("views/kpis.js", "RENDERERS.kpis = () => nowhere();", "'nowhere' is not defined"),
        ("views/kpis.js", "RENDERERS.kpis = () => insightItem();", "'insightItem' is not defined"),
        ("views/kpis.js", "RENDERERS.kpis = (id) => id == 1;", "Expected '==='"),
    ],
    ids=["unused in a view", "unused in any script", "declared nowhere", "of another view", "loose equality"],
)
def test_a_planted_fault_is_found_in_its_file_and_line(eslint, copy, name, planted, said):
    script = copy / SCRIPTS / name
    text = script.read_text(encoding="utf-8")
    script.write_text(text + planted + "\n", encoding="utf-8")
    found = complaints(eslint, copy, name)
    assert said in found
    assert f'"line":{text.count(chr(10)) + 1},' in found
