"""The docs keep up with the code, and say nothing that does not exist."""

import ast
import re
import tomllib
from collections.abc import Iterator
from dataclasses import fields
from pathlib import Path

import pytest
import yaml

from pizza_assets.cli.program import pizza
from pizza_assets.definitions import build_definitions
from pizza_assets.settings import Settings
from pizza_assets_tests.support import notebook
from pizza_assets_tests.support.reference_docs import DOCS, PAGES

ROOT = DOCS.parent
WRITTEN = sorted([*DOCS.rglob("*.md"), *(ROOT / f"{name}.md" for name in ("README", "CHANGELOG", "CONTRIBUTING"))])


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


@pytest.mark.parametrize("path", sorted(DOCS.rglob("*.md")), ids=lambda path: path.relative_to(DOCS).as_posix())
def test_pages_of_the_site_link_to_nothing_outside_it(path: Path) -> None:
    """Which Zensical does not see; broken links to pages and headings it refuses itself."""
    for target in re.findall(r"\]\(([^)#]+)[^)]*\)", path.read_text(encoding="utf-8")):
        if not target.startswith(("http://", "https://")):
            assert (path.parent / target).resolve().is_relative_to(DOCS), target


def test_every_page_is_in_the_navigation_of_the_site() -> None:
    configured = yaml.safe_load((ROOT / "mkdocs.yml").read_text(encoding="utf-8"))
    pages = sorted(path.relative_to(DOCS).as_posix() for path in DOCS.rglob("*.md"))
    assert sorted(_pages(configured["nav"])) == pages


def _pages(entry: str | list | dict) -> Iterator[str]:
    if isinstance(entry, str):
        yield entry
    else:
        for inner in entry.values() if isinstance(entry, dict) else entry:
            yield from _pages(inner)


def test_the_page_of_the_notebook_is_up_to_date() -> None:
    assert notebook.PAGE.read_text(encoding="utf-8") == notebook.page(notebook.stored_notebook()), "run `make notebook`"


def test_the_notebook_imports_nothing_of_the_product() -> None:
    code = [cell for cell in notebook.stored_notebook()["cells"] if cell["cell_type"] == "code"]
    nodes = [node for cell in code for node in ast.walk(ast.parse("".join(cell["source"])))]
    names = {alias.name for node in nodes if isinstance(node, ast.Import) for alias in node.names}
    names |= {node.module or "" for node in nodes if isinstance(node, ast.ImportFrom)}
    assert {name.split(".")[0] for name in names} == {"os", "pathlib", "numpy", "pandas", "scipy", "statsmodels"}


def test_hooks_run_what_the_environment_holds() -> None:
    configured = yaml.safe_load((ROOT / ".pre-commit-config.yaml").read_text(encoding="utf-8"))
    hooks = [hook for repository in configured["repos"] for hook in repository["hooks"]]
    assert {repository["repo"] for repository in configured["repos"]} == {"local"}
    assert {hook["language"] for hook in hooks} == {"system"}
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    for command in (hook["entry"].split()[0] for hook in hooks):
        # what npm installs comes with its own target of the Makefile
        assert (ROOT / command).is_file() or f"@{command} " in makefile, command


def test_every_check_sensor_and_schedule_is_in_its_table() -> None:
    definitions = build_definitions({})
    checks = {key.name for key in definitions.resolve_asset_graph().asset_check_keys}
    assert checks <= _first_column("operations.md")
    automations = {one.name for one in [*(definitions.sensors or []), *(definitions.schedules or [])]}
    assert automations <= _first_column("automation.md")


def _first_column(page: str) -> set[str]:
    lines = (DOCS / page).read_text(encoding="utf-8").splitlines()
    return {line.split("`")[1] for line in lines if line.startswith("| `")}


def test_dg_is_told_where_the_definitions_are() -> None:
    configured = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["dg"]
    assert configured["directory_type"] == "project"
    project = configured["project"]
    assert project == {"root_module": "pizza_assets", "code_location_target_module": build_definitions.__module__}


def test_every_file_that_contributing_names_exists() -> None:
    text = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    named = re.findall(r"`((?:pizza_assets|pizza_assets_tests|deploy|docs|constraints)/[\w./-]*)`", text)
    assert named
    assert [path for path in named if not (ROOT / path).exists()] == []


def test_every_private_import_of_dagster_is_listed_with_its_test() -> None:
    package = ROOT / "pizza_assets"
    found = {
        (module, path.relative_to(package).as_posix())
        for path in package.rglob("*.py")
        for module in re.findall(r"^\s*(?:from|import) (dagster\._\S*)", path.read_text(encoding="utf-8"), re.MULTILINE)
    }
    lines = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8").splitlines()
    rows = [re.findall(r"`([^`]+)`", line) for line in lines if line.startswith("| `dagster._")]
    assert {(module, user) for module, user, _ in rows} == found
    assert [test for _, _, test in rows if not (ROOT / "pizza_assets_tests" / test).is_file()] == []


def test_every_room_is_on_the_map() -> None:
    configured = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    layers = configured["tool"]["importlinter"]["contracts"][0]["layers"]
    rooms = [f"| {', '.join(f'`{room}`' for room in layer.split(' | '))} |" for layer in layers]
    lines = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8").splitlines()
    assert [room for line in lines for room in rooms if line.startswith(room)] == rooms
    inner = {path.parent.name for path in (ROOT / "pizza_assets" / "orchestration").glob("*/__init__.py")}
    assert inner <= {line.split("`")[1] for line in lines if line.startswith("| `")}
