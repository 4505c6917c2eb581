"""Reads the cells of Excel and OpenDocument workbooks as text. Finding the table in them does not belong here."""

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from pathlib import Path

from python_calamine import CalamineError, CalamineWorkbook

from pizza_assets.errors import BadFile

Row = tuple[int, list[str]]


def sheets(file: Path) -> Iterator[tuple[str, list[Row]]]:
    """(name, rows) of each sheet with any cell; rows are numbered as the workbook shows them.

    Dates are written as ISO 8601, and whole numbers without a point. Raises BadFile for a damaged workbook.
    """
    try:
        with CalamineWorkbook.from_path(file) as workbook:
            for name in workbook.sheet_names:
                sheet = workbook.get_sheet_by_name(name)
                first = sheet.start[0] + 1 if sheet.start is not None else 1
                rows = sheet.to_python(skip_empty_area=True)
                if rows:
                    yield name, [(number, [_text(cell) for cell in row]) for number, row in enumerate(rows, first)]
    except CalamineError as error:
        raise BadFile(f"{file.name}: not readable as a workbook ({error}); save it again, or as CSV") from error


def _text(cell: object) -> str:
    if isinstance(cell, bool):
        return str(cell).lower()
    if isinstance(cell, float):
        return repr(int(cell)) if cell.is_integer() and abs(cell) < 2**53 else repr(cell)
    if isinstance(cell, datetime):
        return cell.isoformat(sep=" ")
    if isinstance(cell, date | time):
        return cell.isoformat()
    if isinstance(cell, timedelta):  # a time of day in some workbooks
        return str(cell).zfill(8)
    return str(cell)
