"""Opens export files, plain or packed (gzip, zip with one file), and tells their kind by name."""

import gzip
import zipfile
import zlib
from pathlib import Path
from typing import BinaryIO, cast

from pizza_assets.errors import BadFile

_KINDS = {
    ".csv": "csv", ".tsv": "csv", ".txt": "csv", ".json": "json", ".jsonl": "json", ".ndjson": "json",
    ".parquet": "parquet", ".pq": "parquet", ".xlsx": "xlsx", ".xlsm": "xlsx", ".xls": "xlsx", ".ods": "xlsx",
}  # fmt: skip
_PACKABLE = ("csv", "json")
_GZIPPED = tuple(f"{suffix}.gz" for suffix, kind in _KINDS.items() if kind in _PACKABLE)
ORDER_SUFFIXES = (*_GZIPPED, ".zip", *_KINDS)
"""The endings of readable files, longer ones first."""
UNPACKING_ERRORS = (EOFError, zlib.error, zipfile.BadZipFile, RuntimeError)
"""What reading a damaged or encrypted archive raises, besides OSError."""

_GZIP, _ZIP = b"\x1f\x8b", b"PK\x03\x04"
_IN_WORKBOOKS = "[Content_Types].xml"


def kind_of(file: Path) -> str:
    """csv, json, parquet or xlsx, by the extension; of a zip archive, that of its file. Raises BadFile for another."""
    name = file.name.casefold()
    if name.endswith(".zip"):
        with _archive(file) as archive:
            name = _only_member(file, archive).casefold()
    kind = _KINDS.get(Path(name.removesuffix(".gz")).suffix)
    if kind is None or (name != file.name.casefold() and kind not in _PACKABLE):
        raise BadFile(f"{file.name}: unknown kind of file; use one of {', '.join(sorted(ORDER_SUFFIXES))}")
    return kind


def is_packed(file: Path) -> bool:
    """Whether a file is gzip or zip, by its first bytes."""
    return _magic(file).startswith((_GZIP, _ZIP))


def _magic(file: Path) -> bytes:
    with file.open("rb") as handle:
        return handle.read(4)


def open_unpacked(file: Path) -> BinaryIO:
    """The bytes of a text file, unpacked if its first bytes say that it is packed."""
    head = _magic(file)
    if head.startswith(_GZIP):
        return cast(BinaryIO, gzip.open(file))
    if head == _ZIP:
        archive = _archive(file)
        return cast(BinaryIO, archive.open(_only_member(file, archive)))
    return file.open("rb")


def _archive(file: Path) -> zipfile.ZipFile:
    try:
        return zipfile.ZipFile(file)
    except zipfile.BadZipFile as error:
        raise BadFile(f"{file.name}: not readable as a zip archive ({error}); download it again") from error


def _only_member(file: Path, archive: zipfile.ZipFile) -> str:
    names = [name for name in archive.namelist() if not name.endswith("/") and not name.startswith("__MACOSX/")]
    if _IN_WORKBOOKS in names:
        raise BadFile(f"{file.name}: the file is an Excel workbook; give its name the ending .xlsx")
    if len(names) != 1:
        raise BadFile(f"{file.name}: the archive holds {len(names)} files; unpack it into a folder")
    return names[0]
