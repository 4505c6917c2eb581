"""A definition held against itself and its data sets: what QuickSight's schema can't see. Plain Python, no AWS.

Each function yields a sentence per fault; nothing for a sound definition.
"""

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

COLUMNS_IN_EXPRESSION = re.compile(r"(?<!\$)\{([^{}]+)\}")
PARAMETERS_IN_EXPRESSION = re.compile(r"\$\{([^{}]+)\}")
MOST_VISUALS_A_SHEET = 30
MOST_REFERENCE_LINES = 20
GRID_COLUMNS = 36


def walk(value: Any) -> Iterator[Mapping[str, Any]]:
    """Every object at any depth."""
    if isinstance(value, Mapping):
        yield value
        for member in value.values():
            yield from walk(member)
    elif isinstance(value, list):
        for member in value:
            yield from walk(member)


def visuals_of(sheet: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    return [body for visual in sheet["Visuals"] for body in visual.values()]


def data_set_of(visual: Mapping[str, Any]) -> set[str]:
    return {found["DataSetIdentifier"] for found in walk(visual) if "DataSetIdentifier" in found}


def faults(definition: Mapping[str, Any], columns: Mapping[str, set[str]]) -> list[str]:
    """`columns`: by data set identifier, the columns that the data set has."""
    return [
        *_columns(definition, columns),
        *_expressions(definition, columns),
        *_parameters(definition),
        *_scopes(definition),
        *_unique_ids(definition),
        *_fields(definition),
        *_actions(definition),
        *_limits(definition),
        *_layouts(definition),
    ]


def fields_by_data_set(definition: Mapping[str, Any], columns: Mapping[str, set[str]]) -> dict[str, set[str]]:
    known = {name: set(found) for name, found in columns.items()}
    for field in definition["CalculatedFields"]:
        known.setdefault(field["DataSetIdentifier"], set()).add(field["Name"])
    return known


def _columns(definition: Mapping[str, Any], columns: Mapping[str, set[str]]) -> Iterator[str]:
    declared = {found["Identifier"] for found in definition["DataSetIdentifierDeclarations"]}
    yield from (f"{name}: declared, and no such data set" for name in declared - set(columns))
    known = fields_by_data_set(definition, columns)
    for found in walk(definition):
        if "DataSetIdentifier" in found:
            data_set = found["DataSetIdentifier"]
            if data_set not in declared:
                yield f"{data_set}: used, not declared"
            if "ColumnName" in found and found["ColumnName"] not in known.get(data_set, set()):
                yield f"{data_set}.{found['ColumnName']}: no such column"


def _expressions(definition: Mapping[str, Any], columns: Mapping[str, set[str]]) -> Iterator[str]:
    known = fields_by_data_set(definition, columns)
    parameters = declared_parameters(definition)
    for field in definition["CalculatedFields"]:
        data_set, name, expression = field["DataSetIdentifier"], field["Name"], field["Expression"]
        if name in columns.get(data_set, set()):
            yield f"{data_set}.{name}: a column has this name already"
        for column in COLUMNS_IN_EXPRESSION.findall(expression):
            if column not in known.get(data_set, set()):
                yield f"{data_set}.{name}: reads {column}, which is no column"
        for parameter in PARAMETERS_IN_EXPRESSION.findall(expression):
            if parameter not in parameters:
                yield f"{data_set}.{name}: reads the parameter {parameter}, which is not declared"
        if expression.count("(") != expression.count(")"):
            yield f"{data_set}.{name}: brackets do not match"


def declared_parameters(definition: Mapping[str, Any]) -> list[str]:
    return [body["Name"] for declaration in definition["ParameterDeclarations"] for body in declaration.values()]


def _parameters(definition: Mapping[str, Any]) -> Iterator[str]:
    declared = declared_parameters(definition)
    used = set()
    for found in walk(definition):
        for member in ("SourceParameterName", "DestinationParameterName", "Parameter", "ParameterName"):
            if member in found:
                used.add(found[member])
    in_expressions = {
        name
        for field in definition["CalculatedFields"]
        for name in PARAMETERS_IN_EXPRESSION.findall(field["Expression"])
    }
    yield from (f"{name}: used, not declared" for name in used - set(declared))
    yield from (f"{name}: declared, and changes nothing" for name in set(declared) - used - in_expressions)


def _scopes(definition: Mapping[str, Any]) -> Iterator[str]:
    sheets = {sheet["SheetId"]: {v["VisualId"]: v for v in visuals_of(sheet)} for sheet in definition["Sheets"]}
    for group in definition["FilterGroups"]:
        filtered = data_set_of(group["Filters"])
        for scope in group["ScopeConfiguration"]["SelectedSheets"]["SheetVisualScopingConfigurations"]:
            if scope["SheetId"] not in sheets:
                yield f"{group['FilterGroupId']}: no sheet {scope['SheetId']}"
            for visual_id in scope["VisualIds"]:
                visual = sheets.get(scope["SheetId"], {}).get(visual_id)
                if visual is None:
                    yield f"{group['FilterGroupId']}: no visual {visual_id} on {scope['SheetId']}"
                elif data_set_of(visual) != filtered:
                    yield f"{group['FilterGroupId']}: {visual_id} reads another data set"


def _unique_ids(definition: Mapping[str, Any]) -> Iterator[str]:
    for member in ("SheetId", "VisualId", "FilterGroupId", "FilterId", "ParameterControlId", "CustomActionId"):
        declared = [found[member] for found in walk(definition) if member in found and "Scope" not in found]
        yield from (f"{member} {value}: {n} times" for value, n in Counter(declared).items() if n > 1)
    names = Counter(declared_parameters(definition))
    yield from (f"parameter {name}: declared {n} times" for name, n in names.items() if n > 1)
    fields = Counter((field["DataSetIdentifier"], field["Name"]) for field in definition["CalculatedFields"])
    yield from (f"calculated field {name}: declared {n} times" for name, n in fields.items() if n > 1)


def _fields(definition: Mapping[str, Any]) -> Iterator[str]:
    """Each visual reads one data set; what it sorts, labels and clicks by is among its fields."""
    for sheet in definition["Sheets"]:
        for visual in visuals_of(sheet):
            if len(data_set_of(visual)) != 1:
                yield f"{visual['VisualId']}: reads {sorted(data_set_of(visual))}"
            fields = [found["FieldId"] for found in walk(visual) if "FieldId" in found and "Column" in found]
            yield from (f"{name}: {n} times in its visual" for name, n in Counter(fields).items() if n > 1)
            for found in walk(visual):
                name = found.get("SourceField") or found.get("FieldId")
                if name is not None and name not in fields:
                    yield f"{visual['VisualId']}: {name} is none of its fields"


def _actions(definition: Mapping[str, Any]) -> Iterator[str]:
    sheets = {sheet["SheetId"] for sheet in definition["Sheets"]}
    for found in walk(definition):
        if "TargetSheetId" in found and found["TargetSheetId"] not in sheets:
            yield f"an action opens {found['TargetSheetId']}, which is no sheet"


def _limits(definition: Mapping[str, Any]) -> Iterator[str]:
    for sheet in definition["Sheets"]:
        if len(sheet["Visuals"]) > MOST_VISUALS_A_SHEET:
            yield f"{sheet['SheetId']}: {len(sheet['Visuals'])} visuals"
        for visual in visuals_of(sheet):
            if len(visual["ChartConfiguration"].get("ReferenceLines", [])) > MOST_REFERENCE_LINES:
                yield f"{visual['VisualId']}: too many reference lines"


def _layouts(definition: Mapping[str, Any]) -> Iterator[str]:
    """Every chart, text and control is on its own sheet's grid exactly once."""
    for sheet in definition["Sheets"]:
        controls = {body["ParameterControlId"] for control in sheet["ParameterControls"] for body in control.values()}
        shown = {v["VisualId"] for v in visuals_of(sheet)} | {box["SheetTextBoxId"] for box in sheet["TextBoxes"]}
        for member, wanted in (("Layouts", shown), ("SheetControlLayouts", controls)):
            (layout,) = sheet[member]
            elements = layout["Configuration"]["GridLayout"]["Elements"]
            placed = Counter(element["ElementId"] for element in elements)
            if set(placed) != wanted or max(placed.values()) > 1:
                yield f"{sheet['SheetId']}: places {sorted(placed)}, and has {sorted(wanted)}"
            cells = Counter(
                (element["RowIndex"] + row, element["ColumnIndex"] + column)
                for element in elements
                for row in range(element["RowSpan"])
                for column in range(element["ColumnSpan"])
            )
            if max(cells.values()) > 1 or max(column for _, column in cells) >= GRID_COLUMNS:
                yield f"{sheet['SheetId']}: elements overlap or leave the grid"
