import os
from pathlib import Path

import pytest

from pizza_assets.sources.orders.staging import MARKER, Staging


def fill_with(text: str):
    def fill(folder: Path) -> dict:
        (folder / "orders.txt").write_text(text)
        return {"text": text}

    return fill


def test_what_was_built_is_found(tmp_path: Path) -> None:
    staging = Staging(tmp_path / "new" / "staging")
    assert staging.facts("shop", "f1") is None
    assert staging.build("shop", "f1", fill_with("one")) == {"text": "one"}
    assert staging.facts("shop", "f1") == {"text": "one"}
    assert (staging.path("shop", "f1") / "orders.txt").read_text() == "one"


def test_an_interrupted_build_is_never_used_and_leaves_nothing(tmp_path: Path) -> None:
    staging = Staging(tmp_path)

    def interrupted(folder: Path) -> dict:
        (folder / "orders.txt").write_text("half")
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        staging.build("shop", "f1", interrupted)
    assert staging.facts("shop", "f1") is None
    assert list(tmp_path.iterdir()) == []


def test_a_folder_without_marker_is_replaced(tmp_path: Path) -> None:
    staging = Staging(tmp_path)
    staging.path("shop", "f1").mkdir()
    (staging.path("shop", "f1") / "half.txt").write_text("half")
    assert staging.facts("shop", "f1") is None
    staging.build("shop", "f1", fill_with("one"))
    assert sorted(f.name for f in staging.path("shop", "f1").iterdir()) == ["orders.txt", MARKER]


def test_a_faster_process_wins(tmp_path: Path) -> None:
    staging = Staging(tmp_path)

    def slow(folder: Path) -> dict:
        Staging(tmp_path).build("shop", "f1", fill_with("same"))
        return fill_with("same")(folder)

    assert staging.build("shop", "f1", slow) == {"text": "same"}
    assert [path.name for path in tmp_path.iterdir()] == ["shop-f1"]


def test_what_a_killed_process_left_is_swept(tmp_path: Path) -> None:
    unused_pid = 2**22 + 1
    (tmp_path / f".shop-building-{unused_pid}-abc").mkdir(parents=True)
    Staging(tmp_path).build("shop", "f1", fill_with("one"))
    assert [path.name for path in tmp_path.iterdir()] == ["shop-f1"]


def test_old_stagings_of_the_same_source_go(tmp_path: Path) -> None:
    staging = Staging(tmp_path)
    for number in range(4):
        staging.build("shop", f"f{number}", fill_with(str(number)))
        os.utime(staging.path("shop", f"f{number}"), (1000 + number, 1000 + number))
    staging.build("other", "f0", fill_with("other"))
    staging.build("shop", "f4", fill_with("4"))
    assert sorted(path.name for path in tmp_path.iterdir()) == ["other-f0", "shop-f3", "shop-f4"]


def test_facts_of_all_kept_stagings_of_a_source(tmp_path: Path) -> None:
    staging = Staging(tmp_path / "staging")
    assert staging.kept_facts("shop") == []
    staging.build("shop", "f1", fill_with("one"))
    staging.build("shop", "f2", fill_with("two"))
    staging.build("other", "f1", fill_with("other"))
    staging.path("shop", "f3").mkdir()  # half-written
    assert sorted(facts["text"] for facts in staging.kept_facts("shop")) == ["one", "two"]
