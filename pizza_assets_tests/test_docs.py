"""The docs keep up with the code, and say nothing that does not exist."""

import re
from dataclasses import fields
from pathlib import Path

import pytest

from pizza_assets.cli.program import pizza
from pizza_assets.settings import Settings
from pizza_assets_tests.support.reference_docs import DOCS, PAGES

ROOT = DOCS.parent
WRITTEN = sorted([*DOCS.rglob("*.md"), ROOT / "README.md", ROOT / "CHANGELOG.md"])


@pytest.mark.parametrize("name", PAGES)
def test_reference_pages_are_up_to_date(name: str) -> None:
    assert (DOCS / name).read_text(encoding="utf-8") == PAGES[name](), "run `make docs`"


@pytest.mark.parametrize("path", WRITTEN, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_links_lead_somewhere(path: Path) -> None:
    for target in re.findall(r"\]\(([^)#]+)[^)]*\)", path.read_text(encoding="utf-8")):
        if not target.startswith(("http://", "https://")):
            assert (path.parent / target).exists(), f"{path.name} links to {target}"


@pytest.mark.parametrize("path", WRITTEN, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_every_variable_named_is_a_setting(path: Path) -> None:
    known = {setting.metadata["variable"] for setting in fields(Settings)} | {"PIZZA_REQUIRE_ALL", "PIZZA_SHARED_DATA"}
    known |= {"PIZZA_LAMBDA_FUNCTION", "PIZZA_COMPLETE"}
    assert set(re.findall(r"PIZZA_[A-Z0-9_]*[A-Z0-9]", path.read_text(encoding="utf-8"))) <= known | {"PIZZA_AXE"}


def test_every_command_is_in_the_readme() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    for command in pizza.commands:
        assert f"pizza {command}" in readme or f"make {command}" in readme, command
