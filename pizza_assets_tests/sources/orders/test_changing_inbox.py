"""An inbox that changes while it is read: no half file is taken, it is told in words, and the next run ends right."""

import gzip
import io
import os
import shutil
import zipfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from pyarrow import Table, parquet

from pizza_assets.cli.checking import export_of
from pizza_assets.errors import BadFile, ConfigurationError
from pizza_assets.sources.orders import file_import, file_intake
from pizza_assets.sources.orders.file_intake import PASSING
from pizza_assets.sources.orders.files import OrderFiles
from pizza_assets.sources.orders.proposal import sample
from pizza_assets.sources.orders.proposal.sample import read_sample
from pizza_assets_tests.sources.orders.exports import AUGUST, HEADER, ORDER_ROWS, csv_text, mapping, order_files

Rows = Sequence[tuple[str, ...]]


def rows(prefix: str, count: int) -> Rows:
    return [(f"{prefix}{number}", "2025-08-15 19:00", "5.00", "1", "Leeds", "s1") for number in range(count)]


OLD, NEW, OTHER = rows("old", 30), rows("new", 60), rows("other", 2)


def workbook(lines: Rows) -> bytes:
    """The smallest workbook with one sheet of texts."""
    cells = "".join(
        "<row>" + "".join(f'<c t="inlineStr"><is><t>{text}</t></is></c>' for text in line) + "</row>"
        for line in [HEADER, *lines]
    )
    main, office = (
        f"http://schemas.openxmlformats.org/{part}" for part in ("spreadsheetml/2006/main", "officeDocument/2006/")
    )
    package = "http://schemas.openxmlformats.org/package/2006/"
    parts = {
        "[Content_Types].xml": f'<Types xmlns="{package}content-types"></Types>',
        "_rels/.rels": f'<Relationships xmlns="{package}relationships"><Relationship Id="r1" '
        f'Type="{office}relationships/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'<workbook xmlns="{main}" xmlns:r="{office}relationships"><sheets>'
        '<sheet name="Orders" sheetId="1" r:id="r1"/></sheets></workbook>',
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{package}relationships"><Relationship Id="r1" '
        f'Type="{office}relationships/worksheet" Target="worksheets/sheet1.xml"/></Relationships>',
        "xl/worksheets/sheet1.xml": f'<worksheet xmlns="{main}"><sheetData>{cells}</sheetData></worksheet>',
    }
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, text in parts.items():
            archive.writestr(name, text)
    return out.getvalue()


def columnar(lines: Rows) -> bytes:
    out = io.BytesIO()
    parquet.write_table(Table.from_pandas(pd.DataFrame(lines, columns=HEADER)), out)
    return out.getvalue()


def quoted_csv(lines: Rows) -> bytes:
    """Not entirely ordinary, so that it is read by itself and not with other small files."""
    return csv_text(HEADER, lines).replace("Leeds", '"Leeds"').encode()


KINDS: dict[str, Callable[[Rows], bytes]] = {
    ".csv": lambda lines: csv_text(HEADER, lines).encode(),
    ".txt": quoted_csv,
    ".csv.gz": lambda lines: gzip.compress(csv_text(HEADER, lines).encode()),
    ".xlsx": workbook,
    ".parquet": columnar,
}


def grow(file: Path, content: bytes) -> None:
    with file.open("r+b") as handle:
        handle.write(content[: len(content) // 2 + 3])
        handle.truncate()


def replace(file: Path, content: bytes) -> None:
    new = file.with_name("uploading")
    new.write_bytes(content)
    new.replace(file)


def truncate(file: Path, content: bytes) -> None:
    os.truncate(file, file.stat().st_size // 2)


def empty(file: Path, content: bytes) -> None:
    os.truncate(file, 0)


def remove(file: Path, content: bytes) -> None:
    file.unlink()


def rename(file: Path, content: bytes) -> None:
    file.rename(file.with_name(f"0-{file.name}"))


def vanish(file: Path, content: bytes) -> None:
    shutil.rmtree(file.parent)


CHANGES = (grow, replace, truncate, empty, remove, rename, vanish)
STABLE_HALVES = (grow, truncate)
"""Before a file is first looked at, these leave half a file that stays so, which can't be told from a whole one."""
MOMENTS = {"listed": (file_import, "take_in"), "hashed": (file_intake, "_whole"), "read": (file_intake, "_row")}
"""The change happens just before this function is called first."""


def before(patch: pytest.MonkeyPatch, moment: str, change: Callable[[], None]) -> None:
    module, name = MOMENTS[moment]
    original, is_done = getattr(module, name), []

    def changed_first(*args: Any) -> Any:
        if not is_done:
            is_done.append(True)
            change()
        return original(*args)

    patch.setattr(module, name, changed_first)


def source_of(folder: Path, staging: Path | None = None) -> OrderFiles:
    return order_files(folder, mapping(ORDER_ROWS, ('label = "real"', 'label = "real"\nfiles = "*"')), staging=staging)


def taken(source: OrderFiles) -> set[str]:
    """The ids of the orders; none if the week has to wait."""
    try:
        return ids(source)
    except BadFile:
        return set()


def ids(source: OrderFiles) -> set[str]:
    return set(source.orders(AUGUST).rows["order_id"])


CASES = [
    pytest.param(suffix, change, moment, marks=[] if suffix == ".csv" else pytest.mark.integration)
    for suffix in KINDS
    for moment in (MOMENTS if suffix in (".csv", ".parquet") else ["hashed"])
    for change in CHANGES
    if moment != "listed" or change not in STABLE_HALVES
]


@pytest.mark.parametrize(("suffix", "change", "moment"), CASES)
def test_no_half_file_is_taken_and_the_next_run_ends_right(
    suffix: str, change: Callable[[Path, bytes], None], moment: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder, make = tmp_path / "in", KINDS[suffix]
    folder.mkdir()
    file, new = folder / f"orders{suffix}", make(NEW)
    file.write_bytes(make(OLD))
    (folder / f"other{suffix}").write_bytes(make(OTHER))
    source = source_of(folder)
    with monkeypatch.context() as patch:
        before(patch, moment, lambda: change(file, new))
        bad = source.facts.bad_files
    whole = [{row[0] for row in lines} for lines in ([], OLD, NEW)]
    assert taken(source) - {row[0] for row in OTHER} in whole
    why = [why for name, why in bad.items() if name.startswith("orders")]
    assert all(one.endswith(PASSING) or "the file is empty" in one for one in why)
    folder.mkdir(exist_ok=True)
    if change not in (remove, rename):
        file.write_bytes(new)
    after, afresh = source_of(folder), source_of(folder, tmp_path / "afresh")
    assert after.facts.bad_files == {}
    assert ids(after) == ids(afresh) != set()
    assert after.identity(AUGUST) == afresh.identity(AUGUST)


def test_half_of_a_packed_file_that_grows_is_not_called_damaged(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    for suffix in (".csv.gz", ".xlsx", ".parquet"):
        file, content = folder / f"orders{suffix}", KINDS[suffix](OLD)
        file.write_bytes(content[: len(content) // 2])
        with monkeypatch.context() as patch:
            patch.setattr(file_intake.time, "sleep", lambda _, file=file, content=content: file.write_bytes(content))
            assert source_of(folder).facts.bad_files[file.name].endswith(PASSING)
        assert ids(source_of(folder)) == {row[0] for row in OLD}
        file.write_bytes(content[: len(content) // 2])
        monkeypatch.setattr(file_intake.time, "sleep", lambda _: None)
        assert not source_of(folder).facts.bad_files[file.name].endswith(PASSING), "it stays as it is"
        file.unlink()


def test_a_file_or_folder_that_vanishes_while_it_is_listed_is_left_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    (folder / "a.csv").write_bytes(KINDS[".csv"](OLD))
    (folder / "gone.csv").write_bytes(b"")
    found = list(folder.iterdir())
    with monkeypatch.context() as patch:
        patch.setattr("pizza_assets.sources.orders.files._matching", lambda *_: found)
        (folder / "gone.csv").unlink()
        assert list(source_of(folder).listing()) == [str(folder / "a.csv")]

    def vanished(*_: object) -> None:
        raise FileNotFoundError(2, "No such file or directory", str(folder))

    monkeypatch.setattr(Path, "glob", vanished)
    assert source_of(folder).listing() == {}
    with pytest.raises(ConfigurationError, match="no file in"):
        source_of(folder).periods()


@pytest.mark.parametrize("suffix", KINDS)
def test_a_check_of_a_file_that_vanishes_says_so(suffix: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / f"orders{suffix}"
    file.write_bytes(KINDS[suffix](OLD))
    export = export_of([file])
    file.unlink()
    with pytest.raises(BadFile, match="removed or renamed.*run again"):
        read_sample(export.files[0])
    file.write_bytes(KINDS[suffix](OLD))
    original = sample.check_file

    def then_gone(path: Path) -> None:
        original(path)
        path.unlink()

    monkeypatch.setattr(sample, "check_file", then_gone)
    with pytest.raises(BadFile, match="removed or renamed.*run again"):
        read_sample(file)
