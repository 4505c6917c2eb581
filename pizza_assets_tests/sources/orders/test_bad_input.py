"""What people put into order files: each is a clear error or a refused line, and good lines beside it live.

A refused file is named with cause and remedy; a refused line with its number, column, value and reason.
"""

import gzip
import io
import json
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from pizza_assets.cli import main
from pizza_assets.errors import BadFile
from pizza_assets_tests.sources.orders.exports import AUGUST, HEADER, ORDER_ROWS, csv_text, mapping, order_files, write

GOOD = ("a1", "2025-08-15 19:00", "12.50", "1", "Leeds", "s1")
JSON = ('label = "real"', 'label = "real"\nfiles = "*.jsonl"')


def workbook() -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
    return buffer.getvalue()


WHOLE_FILES: dict[str, tuple[str | bytes, str]] = {
    "0 bytes": ("", "the file is empty (0 bytes)"),
    "header only": (csv_text(HEADER, []), ""),
    "missing column": (csv_text(HEADER[:-1], [GOOD[:-1]]), "column 'store' (mapped as store_id) is missing"),
    "renamed column": (csv_text(("ID", *HEADER[1:]), [GOOD]), "column 'id' (mapped as order_id) is missing"),
    "duplicate column": (
        csv_text((*HEADER, "id"), [(*GOOD, "a2")]),
        "column 'id' (mapped as order_id) appears 2 times",
    ),
    "semicolons": (
        csv_text(HEADER, [GOOD]).replace(",", ";").replace("12.50", "12,50"),
        "with the delimiter ',' its header has none of the mapped columns; the file seems to have ';'",
    ),
    "half of a gz": (gzip.compress(csv_text(HEADER, [GOOD]).encode())[:-12], "the archive is damaged or encrypted"),
    "workbook": (workbook(), "the file is an Excel workbook; give its name the ending .xlsx"),
    "binary": (bytes(range(256)) * 40, "binary, not text"),
    "nulls": (csv_text(HEADER, [GOOD]).encode() + b"\x00" * 10, "binary, not text"),
    "utf-16": (csv_text(HEADER, [GOOD]).encode("utf-16"), "not readable as utf-8-sig"),
    "latin-1": (csv_text(HEADER, [(*GOOD[:4], "Zürich", "s1")]).encode("cp1252"), "not readable as utf-8-sig"),
    "another export": (csv_text(HEADER, [("x", "y", "z", "1", "Leeds", "s1")]), "its only line can't be accepted"),
    "a quote never closed": (
        csv_text(HEADER, [GOOD]) + '"a2,2025-08-15 20:00,1,1,Leeds,s1\n' * 3,
        'line 3: a quote (") opens here and is not closed before line 4',
    ),
}


@pytest.mark.parametrize("name", [name for name in WHOLE_FILES if name != "header only"])
def test_a_file_that_can_not_be_used_is_named_and_costs_no_other(tmp_path: Path, name: str) -> None:
    content, message = WHOLE_FILES[name]
    write(tmp_path / "in", "1.csv", csv_text(HEADER, [("good", *GOOD[1:])]))
    write(tmp_path / "in", "2.csv", content)
    source = order_files(tmp_path / "in")
    assert list(source.facts.bad_files) == ["2.csv"]
    assert "2.csv: " in source.facts.bad_files["2.csv"]
    assert message in source.facts.bad_files["2.csv"]
    result = source.orders(AUGUST)
    assert list(result.rows["order_id"]) == ["good"]
    assert result.is_partial


@pytest.mark.parametrize("name", WHOLE_FILES)
def test_the_command_says_it_without_a_traceback(
    tmp_path: Path, name: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PIZZA_MATCHES", "mock")
    write(tmp_path, "orders.csv", WHOLE_FILES[name][0])
    write(tmp_path, "orders.toml", ORDER_ROWS)
    assert main(["check", "orders.csv", "--mapping", "orders.toml"]) == 1
    captured = capsys.readouterr()
    assert "Traceback" not in captured.out + captured.err
    assert main(["check", "orders.csv", "--label", "real"]) in (1, 2)
    captured = capsys.readouterr()
    assert "Traceback" not in captured.out + captured.err


BAD_VALUES: dict[str, tuple[dict[str, str], str, str]] = {
    "30 February": ({"placed": "2025-02-30 12:00"}, "placed", "'2025-02-30 12:00' is no time as ISO 8601"),
    "another format": ({"placed": "15/08/2025 12:00"}, "placed", "is no time as ISO 8601"),
    "negative": ({"paid": "-5.00"}, "paid", "'-5.00' is negative"),
    "absurd": ({"paid": "99999999999"}, "paid", "larger than any plausible order"),
    "NaN": ({"paid": "NaN"}, "paid", "not a finite number"),
    "infinity": ({"paid": "inf"}, "paid", "not a finite number"),
    "decimal comma": ({"paid": "12,50"}, "paid", "keys decimal and thousands"),
    "other currency": ({"paid": "$12.50"}, "paid", "a sign of another currency is refused"),
    "no id": ({"id": ""}, "id", "is empty"),
    "10 MB cell": ({"city": "x" * 7_000_000}, "city", "longer than 100 characters"),
    "the future": ({"placed": "2031-08-15 12:00"}, "placed", "in the future; is the zone of the mapping right?"),
}


@pytest.mark.parametrize("name", BAD_VALUES)
def test_a_bad_value_is_refused_with_its_line_and_the_good_line_beside_it_lives(tmp_path: Path, name: str) -> None:
    change, column, reason = BAD_VALUES[name]
    bad = dict(zip(HEADER, ("bad", *GOOD[1:]), strict=True)) | change
    write(tmp_path / "in", "1.csv", csv_text(HEADER, [GOOD, list(bad.values())]))
    result = order_files(tmp_path / "in").orders(AUGUST)
    assert list(result.rows["order_id"]) == ["a1"]
    [row] = result.rejected.to_dict("records")
    assert (row["origin"], row["line_number"], row["column"]) == ("1.csv", 3, column)
    assert reason in row["reason"]
    assert max(len(str(value)) for value in row.values()) < 1_000


def test_a_line_longer_than_a_block_is_a_named_error(tmp_path: Path) -> None:
    write(tmp_path / "in", "1.csv", csv_text(HEADER, [("b", GOOD[1], GOOD[2], "1", "x" * 10_000_000, "s1")]))
    with pytest.raises(BadFile, match=r"1\.csv"):
        order_files(tmp_path / "in").periods()


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("{broken", "the line is not JSON"),
        ("[1, 2]", "the record is a list"),
        ("[" * 100_000 + "]" * 100_000, "the line is not JSON"),
        (json.dumps(dict(zip(HEADER, ("b", GOOD[1], {"a": [1]}, "1", "Leeds", "s1"), strict=True))), "not a number"),
    ],
    ids=["broken", "list", "nested 100,000 deep", "nested value"],
)
def test_a_json_line_that_is_no_order_is_refused(tmp_path: Path, line: str, words: str) -> None:
    good = json.dumps(dict(zip(HEADER, GOOD, strict=True)))
    write(tmp_path / "in", "1.jsonl", f"{good}\n{line}\n")
    result = order_files(tmp_path / "in", mapping(ORDER_ROWS, JSON)).orders(AUGUST)
    assert list(result.rows["order_id"]) == ["a1"]
    [row] = result.rejected.to_dict("records")
    assert row["line_number"] == 2
    assert words in row["reason"]


@pytest.mark.parametrize("newline", ["\r\n", "\r"])
def test_line_ends_of_other_machines_are_read(tmp_path: Path, newline: str) -> None:
    text = csv_text(HEADER, [GOOD, ("a2", *GOOD[1:])]).replace("\n", newline)
    write(tmp_path / "in", "1.csv", text)
    assert list(order_files(tmp_path / "in").orders(AUGUST).rows["order_id"]) == ["a1", "a2"]


def test_a_quote_that_is_never_closed_loses_no_line_silently(tmp_path: Path) -> None:
    write(tmp_path / "in", "1.csv", WHOLE_FILES["a quote never closed"][0])
    facts = order_files(tmp_path / "in").facts
    assert facts.bad_files or sum(facts.lines.values()) == sum(facts.lines_read.values()) > facts.lines["accepted"]


@pytest.mark.parametrize("make", [Path.mkdir, lambda path: path.symlink_to("nowhere")], ids=["folder", "dangling link"])
def test_what_is_no_file_is_left_aside(tmp_path: Path, make: Callable[[Path], None]) -> None:
    write(tmp_path / "in", "1.csv", csv_text(HEADER, [GOOD]))
    make(tmp_path / "in" / "2.csv")
    assert list(order_files(tmp_path / "in").facts.lines_read) == ["1.csv"]


def test_lines_with_delimiters_at_their_end_keep_their_cells_and_numbers_among_other_lines(tmp_path: Path) -> None:
    def line(number: int) -> str:
        whole = f"a{number},2025-08-15 {10 + number % 10}:00,{number}.00,1,Leeds,s1"
        return {0: f"{whole},", 1: f"{whole},,,", 2: f"{whole},extra"}.get(number % 5, whole)

    write(tmp_path / "in", "1.csv", "\n".join([",".join(HEADER), *map(line, range(1, 41))]) + "\n")
    result = order_files(tmp_path / "in").orders(AUGUST)
    paid = dict(zip(result.rows["order_id"], result.rows["revenue_cents"], strict=True))
    assert paid == {f"a{n}": 100 * n for n in range(1, 41) if n % 5 != 2}
    assert result.rejected["line_number"].tolist() == [n + 1 for n in range(1, 41) if n % 5 == 2]


@pytest.mark.parametrize(
    "content",
    [
        csv_text(HEADER, [GOOD] * 5).encode("utf-16") + b"\x00",
        csv_text(HEADER, [GOOD] * 5).replace("Leeds", "Leeds\xe9\x8d").encode("latin-1"),
        csv_text(HEADER, [GOOD] * 5).encode("utf-16")[:-1],
    ],
    ids=["a byte too many", "no character of the code page", "half a character"],
)
def test_text_that_is_damaged_is_told_in_words(
    tmp_path: Path, content: bytes, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "orders.csv").write_bytes(content)
    assert main(["check", str(tmp_path / "orders.csv")]) == 1
    assert "orders.csv: not readable as text" in capsys.readouterr().err
