"""The chart library is bundled once and kept; only the right bundle is ever used from disk."""

import hashlib
from collections.abc import Iterator
from pathlib import Path

import pytest
import vl_convert

from pizza_assets.dashboards import chart_library as module
from pizza_assets.dashboards.chart_library import SHA256, chart_library

BUNDLE = "'a bundle — with text beyond ASCII'"


@pytest.fixture
def bundled(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """One entry for each time that the library was bundled, with an empty folder for caches."""
    made: list[str] = []

    def bundle() -> str:
        made.append(BUNDLE)
        return BUNDLE

    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "caches"))
    monkeypatch.setattr(vl_convert, "javascript_bundle", bundle)
    monkeypatch.setattr(module, "SHA256", hashlib.sha256(BUNDLE.encode()).hexdigest())
    chart_library.cache_clear()
    yield made
    chart_library.cache_clear()


def next_process() -> str:
    chart_library.cache_clear()
    return chart_library()


def files(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


def test_the_checksum_is_that_of_the_installed_release() -> None:
    assert hashlib.sha256(vl_convert.javascript_bundle().encode()).hexdigest() == SHA256


def test_it_is_bundled_once(bundled: list[str], tmp_path: Path) -> None:
    assert [next_process(), next_process(), next_process()] == [BUNDLE] * 3
    assert bundled == [BUNDLE]
    assert len(files(tmp_path)) == 1


@pytest.mark.parametrize("damage", [b"", b"'another script'", BUNDLE.encode()[:-3], b"\xff\xfe", b" "])
def test_a_file_with_another_content_is_replaced(bundled: list[str], tmp_path: Path, damage: bytes) -> None:
    chart_library()
    (kept,) = files(tmp_path)
    kept.write_bytes(damage)
    assert next_process() == BUNDLE
    assert kept.read_text(encoding="utf-8") == BUNDLE
    assert len(bundled) == 2


def test_the_bundle_of_another_release_is_not_kept(
    bundled: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "SHA256", SHA256)
    assert [next_process(), next_process()] == [BUNDLE] * 2
    assert len(bundled) == 2
    assert files(tmp_path) == []


def test_a_folder_that_cannot_be_written_is_no_error(
    bundled: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "caches").write_text("a file where a folder is expected")
    assert next_process() == BUNDLE
    monkeypatch.delenv("XDG_CACHE_HOME")
    monkeypatch.setattr(Path, "home", lambda: (_ for _ in ()).throw(RuntimeError("no home")))
    assert next_process() == BUNDLE
    assert len(bundled) == 2
