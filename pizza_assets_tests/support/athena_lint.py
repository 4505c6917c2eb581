"""Lints a CREATE EXTERNAL TABLE of Athena: its syntax, its types against stored Parquet, its projected folders."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from string import Template

import pyarrow.parquet as pq
import sqlglot
from sqlglot import exp

_UNITS = {"DAYS": timedelta(days=1), "WEEKS": timedelta(weeks=1)}
_ATHENA_TYPES = {
    ("BYTE_ARRAY", "String"): "string",
    ("INT64", "None"): "bigint",
    ("INT32", "None"): "int",
    ("DOUBLE", "None"): "double",
    ("BOOLEAN", "None"): "boolean",
    ("INT64", "Timestamp(isAdjustedToUTC=true, timeUnit=microseconds"): "timestamp",
}
"""What Athena's reader takes for each physical and logical type of Parquet."""


class Unusable(ValueError):
    """Athena would refuse the statement, or compute no folders from it."""


@dataclass(frozen=True)
class Definition:
    """What a statement says. columns: without the partitions."""

    table: str
    columns: dict[str, str]
    partitions: dict[str, str]
    location: str
    properties: dict[str, str]


def definition(statement: str) -> Definition:
    """What the statement says. Raises Unusable."""
    try:
        parsed = sqlglot.parse_one(statement, dialect="athena")
    except sqlglot.ParseError as error:
        raise Unusable(str(error)) from error
    if not isinstance(parsed, exp.Create) or parsed.find(exp.ExternalProperty) is None:
        raise Unusable("this is no CREATE EXTERNAL TABLE that can be understood")
    partitioned, location = parsed.find(exp.PartitionedByProperty), parsed.find(exp.LocationProperty)
    stored = parsed.find(exp.FileFormatProperty)
    if partitioned is None or location is None or stored is None or stored.name != "PARQUET":
        raise Unusable("PARTITIONED BY, STORED AS PARQUET or LOCATION is missing")
    properties = {
        one.name: one.text("value") for one in parsed.args["properties"].expressions if type(one) is exp.Property
    }
    return Definition(
        parsed.this.this.name, _typed(parsed.this), _typed(partitioned.this), location.this.name, properties
    )


def _typed(schema: exp.Expression) -> dict[str, str]:
    """The columns with their types."""
    if not all(isinstance(one, exp.ColumnDef) and one.kind is not None for one in schema.expressions):
        raise Unusable(f"a column has no type: {schema.sql('athena')}")
    return {one.name: one.kind.sql("hive").lower() for one in schema.expressions}


def stored_types(file: pq.ParquetFile) -> dict[str, str]:
    """Athena's type of each column of the file."""
    columns = [file.schema.column(n) for n in range(len(file.schema))]
    return {
        one.name: _ATHENA_TYPES[one.physical_type, str(one.logical_type).split(", is_from_converted_type")[0]]
        for one in columns
    }


def folders(found: Definition, until: date) -> Iterator[str]:
    """The folders that Athena computes for all partitions up to that day. Raises Unusable."""
    given = found.properties
    if given.get("projection.enabled") != "true" or given.get("projection.week.type") != "date":
        raise Unusable("weeks are not projected as dates")
    template = given["storage.location.template"]
    if not template.startswith(found.location):
        raise Unusable(f"the folders {template} are not below {found.location}")
    labels = given["projection.label.values"].split(",") if "label" in found.partitions else [""]
    for label in labels:
        for week in _dates(given, until):
            yield Template(template).substitute(label=label, week=week)


def _dates(given: dict[str, str], until: date) -> Iterator[str]:
    first, last = given["projection.week.range"].split(",")
    if given["projection.week.format"] != "yyyy-MM-dd" or last != "NOW":
        raise Unusable("the projected weeks are no dates that go on until now")
    step = int(given["projection.week.interval"]) * _UNITS[given["projection.week.interval.unit"]]
    at = date.fromisoformat(first)
    while at <= until:
        yield at.isoformat()
        at += step
