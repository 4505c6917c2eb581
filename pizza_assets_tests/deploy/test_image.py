"""The image: the Dockerfile, and its steps executed in a folder instead of a Docker engine."""

import os
import shlex
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from pizza_assets_tests.conftest import PROJECT_ROOT
from pizza_assets_tests.support.dockerfile import DOCKERFILE, copied_from_project, instructions, stage

LIMIT = 10 * 1000**3
"""Bytes: the largest image that Lambda takes."""


def test_all_copied_files_exist() -> None:
    missing = {source for source in copied_from_project() if not (PROJECT_ROOT / source).exists()}
    assert missing == set()


def test_nothing_else_is_sent_to_the_engine() -> None:
    lines = (DOCKERFILE.parent / "Dockerfile.dockerignore").read_text().splitlines()
    assert lines[1] == "*"
    assert sorted(line[1:] for line in lines if line.startswith("!")) == sorted(set(copied_from_project()))


def test_it_does_not_run_as_root() -> None:
    users = [rest for instruction, rest in stage("run") if instruction == "USER"]
    assert users == ["10001"]


def test_dependencies_are_hashed_and_come_before_the_code() -> None:
    build = [f"{instruction} {rest}" for instruction, rest in stage("build")]
    installed = next(i for i, line in enumerate(build) if "--require-hashes" in line)
    assert installed < next(i for i, line in enumerate(build) if line.startswith("COPY pizza_assets"))


def test_no_variable_of_the_image_is_a_secret() -> None:
    named = [pair.split("=")[0] for kind, rest in instructions() if kind == "ENV" for pair in shlex.split(rest)]
    assert set(named) == {
        "HOME",
        "MPLCONFIGDIR",
        "PATH",
        "PIP_DISABLE_PIP_VERSION_CHECK",
        "PIP_NO_CACHE_DIR",
        "PYTHONDONTWRITEBYTECODE",
        "PYTHONPATH",
        "PYTHONUNBUFFERED",
    }
    assert not any(kind == "ARG" for kind, _ in instructions())


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A folder in the place of / after the stage `build`."""
    root = tmp_path_factory.mktemp("image")
    for instruction, rest in stage("build"):
        if instruction == "COPY":
            *sources, target = shlex.split(rest)
            for source in sources:
                _copy(PROJECT_ROOT / source, root / target.removeprefix("/"), is_folder=target.endswith("/"))
        if instruction == "RUN":
            _run(rest, root)
    yield root
    shutil.rmtree(root)


def _copy(source: Path, target: Path, *, is_folder: bool) -> None:
    if source.is_dir():
        shutil.copytree(source, target, ignore=shutil.ignore_patterns("__pycache__"))
        return
    place = target / source.name if is_folder else target
    place.parent.mkdir(parents=True, exist_ok=True)
    shutil.copy(source, place)


def _run(command: str, root: Path) -> None:
    """One RUN with the folder in the place of /, and this Python in that of the base image."""
    words = [sys.executable if word == "python" else word for word in shlex.split(command)]
    placed = [f"{root}{word}" if word.startswith(("/opt", "/src")) else word for word in words]
    subprocess.run(placed, check=True, capture_output=True, cwd=root, env={**os.environ, "PYTHONPATH": ""})


@pytest.mark.integration
@pytest.mark.deploy
def test_the_built_environment_imports_everything(built: Path, tmp_path: Path) -> None:
    imports = "import awslambdaric, psycopg2, pizza_assets, pizza_assets.definitions, pizza_assets.lambda_runs.handler"
    said = f"{imports}; print(pizza_assets.__file__)"
    environ = {"PYTHONPATH": f"{built}/opt/product", "PATH": f"{built}/opt/venv/bin", "HOME": str(tmp_path)}
    ended = subprocess.run(
        [f"{built}/opt/venv/bin/python", "-W", "error::ImportWarning", "-c", said],
        cwd=tmp_path,
        env=environ,
        capture_output=True,
        text=True,
        check=True,
    )
    assert ended.stdout.strip().startswith(f"{built}/opt/product/")


@pytest.mark.integration
@pytest.mark.deploy
def test_no_imported_module_is_compiled_at_the_start(built: Path, tmp_path: Path) -> None:
    """A cold start would compile it each time: the image is read-only."""
    listed = (
        "import sys, pizza_assets.definitions, pizza_assets.lambda_runs.handler\n"
        "for module in list(sys.modules.values()):\n"
        "    print(getattr(module, '__file__', None), getattr(module, '__cached__', None))"
    )
    environ = {"PYTHONPATH": f"{built}/opt/product", "PYTHONDONTWRITEBYTECODE": "1", "HOME": str(tmp_path)}
    python = f"{built}/opt/venv/bin/python"
    said = subprocess.run([python, "-c", listed], cwd=tmp_path, env=environ, capture_output=True, text=True, check=True)
    modules = dict(line.split() for line in said.stdout.splitlines() if line.startswith(f"{built}/opt/"))
    sources = {file: cached for file, cached in modules.items() if file.endswith(".py")}
    assert len(sources) > 1_000
    assert [file for file, cached in sources.items() if not Path(cached).is_file()] == []


@pytest.mark.integration
@pytest.mark.deploy
def test_it_fits_into_lambda(built: Path) -> None:
    size = sum(path.lstat().st_size for path in (built / "opt").rglob("*") if path.is_file() and not path.is_symlink())
    print(f"{size / 1e6:.0f} MB below /opt")
    assert size < LIMIT


@pytest.mark.integration
@pytest.mark.deploy
def test_it_contains_nothing_from_outside_the_project(built: Path) -> None:
    product = {path.name for path in (built / "opt" / "product").iterdir()}
    assert {name for name in product if not name.startswith("pizza_assets")} == {"bin"}


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, made of a copy, as `python -m build --wheel` makes it."""
    folder = tmp_path_factory.mktemp("wheel")
    source = folder / "source"
    source.mkdir()
    for name in ("pyproject.toml", "README.md"):
        shutil.copy(PROJECT_ROOT / name, source)
    shutil.copytree(
        PROJECT_ROOT / "pizza_assets", source / "pizza_assets", ignore=shutil.ignore_patterns("__pycache__")
    )
    command = [
        sys.executable,
        "-m",
        "pip",
        "wheel",
        "--quiet",
        "--no-deps",
        "--no-build-isolation",
        "-w",
        folder,
        source,
    ]
    subprocess.run(command, check=True, capture_output=True)
    (made,) = folder.glob("*.whl")
    return made


def test_the_wheel_contains_every_file_of_the_package(wheel: Path) -> None:
    package = PROJECT_ROOT / "pizza_assets"
    wanted = {
        path.relative_to(PROJECT_ROOT).as_posix()
        for path in package.rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    held = {name for name in zipfile.ZipFile(wheel).namelist() if not name.split("/")[0].endswith(".dist-info")}
    assert held == wanted


def test_the_wheel_is_typed_and_names_no_licence(wheel: Path) -> None:
    archive = zipfile.ZipFile(wheel)
    assert "pizza_assets/py.typed" in archive.namelist()
    (name,) = [name for name in archive.namelist() if name.endswith(".dist-info/METADATA")]
    described = archive.read(name).decode()
    assert "Classifier: Private :: Do Not Upload" in described
    assert "License-Expression" not in described


@pytest.mark.integration
@pytest.mark.deploy
def test_the_wheel_runs_outside_the_repository(wheel: Path, tmp_path: Path) -> None:
    site, home = tmp_path / "site", tmp_path / "home"
    zipfile.ZipFile(wheel).extractall(site)
    home.mkdir()
    environ = {
        name: value for name, value in os.environ.items() if not name.startswith(("PIZZA_", "DAGSTER_", "QUICKSIGHT_"))
    }
    environ |= {"PYTHONPATH": str(site), "PIZZA_MATCHES": "mock"}

    def pizza(*arguments: str, **more: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "pizza_assets.cli", *arguments],
            cwd=home,
            env={**environ, **more},
            capture_output=True,
            text=True,
            check=False,
        )

    with ThreadPoolExecutor(2) as pool:
        at_once = list(pool.map(lambda _: pizza("run", "--weeks", "1"), range(2)))
    for ended in at_once:
        assert ended.returncode == 0, ended.stdout + ended.stderr
    assert {path.name for path in home.iterdir()} == {"dagster.yaml", ".dagster", "data"}
    assert "up to date" in pizza("status").stdout
    page = pizza("open", "--print")
    assert Path(page.stdout.strip()).resolve().is_relative_to(home.resolve())
