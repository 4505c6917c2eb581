"""The data sets: which extract each one reads, with every column's type. A chart reads exactly one data set.

All columns of a CSV file on S3 arrive as text, so each data set casts the others. Calculated fields do not belong here.
"""

from dataclasses import dataclass

from pizza_assets.dashboards.quicksight.target import Target
from pizza_assets.dashboards.view import short_name
from pizza_assets.dashboards.views import EXTRACTS_READ, VIEWS
from pizza_assets.models.extracts import MatchesExtract, OrdersTimelineExtract
from pizza_assets.models.table import Table

Request = dict[str, object]

TEXT, INTEGER, NUMBER, TIME = "text", "integer", "number", "time"
"""The types of columns that charts distinguish."""

_TIME_FORMAT = "yyyy-MM-dd'T'HH:mm:ss'Z'"
_HOUR_OF_MATCH = "match_hour_at"


@dataclass(frozen=True)
class DataSet:
    """One data set, under the identifier that visuals use. With `joined`, each row is left-joined with the rows of that
    extract whose kick-off is in the same hour, so orders are repeated for every such match.
    """

    identifier: str
    extract: type[Table]
    joined: type[Table] | None = None

    @property
    def extracts(self) -> tuple[type[Table], ...]:
        return (self.extract,) if self.joined is None else (self.extract, self.joined)

    def column_types(self) -> dict[str, str]:
        """The type of every stored column."""
        types = {c.name: column_type(c.dtype) for extract in self.extracts for c in extract.columns()}
        return types | ({_HOUR_OF_MATCH: TIME} if self.joined is not None else {})

    def column(self, name: str) -> Request:
        """A column or calculated field as QuickSight's API names it."""
        return {"DataSetIdentifier": self.identifier, "ColumnName": name}


ORDERS = DataSet("orders", OrdersTimelineExtract)
ORDERS_AND_MATCHES = DataSet("orders_and_matches", OrdersTimelineExtract, joined=MatchesExtract)


def data_set_of(extract: type[Table]) -> DataSet:
    """The data set that reads this extract alone."""
    return ORDERS if extract is OrdersTimelineExtract else DataSet(short_name(extract), extract)


DATA_SETS: tuple[DataSet, ...] = (*(data_set_of(extract) for extract in EXTRACTS_READ), ORDERS_AND_MATCHES)
"""Every data set: one per extract that a view reads, and orders joined with matches."""


def honoured_by_views(data_set: DataSet) -> frozenset[str]:
    """The filters honoured by the views that read the data set's extract."""
    return frozenset(
        name for view in VIEWS for reads in view.reads if reads.extract is data_set.extract for name in view.filters
    )


def certain_labels(data_set: DataSet) -> tuple[str, ...]:
    """Which of the label columns order_source and match_source are never empty in a data set."""
    always = {column.name for column in data_set.extract.columns() if not column.nullable}
    return tuple(name for name in ("order_source", "match_source") if name in always)


def column_type(dtype: str) -> str:
    """The type of a model's column for charts; booleans are text."""
    if dtype.startswith("datetime64"):
        return TIME
    return {"int64": INTEGER, "Int64": INTEGER, "int32": INTEGER, "float64": NUMBER}.get(dtype, TEXT)


def data_source_body(target: Target, extract: type[Table]) -> Request:
    """A data source, which reads one manifest in the bucket, so one table."""
    table = extract.table_name()
    place = {"Bucket": target.bucket, "Key": target.manifests[table]}
    return {
        "Name": f"{target.id_prefix}: {table}",
        "DataSourceParameters": {"S3Parameters": {"ManifestFileLocation": place}},
    }


def data_set_body(target: Target, data_set: DataSet) -> Request:
    """A data set imported into SPICE: the file's columns in the file's order, then their types."""
    physical = {_table_id(extract): _physical_table(target, extract) for extract in data_set.extracts}
    logical = {f"{_table_id(extract)}-typed": _logical_table(extract) for extract in data_set.extracts}
    if data_set.joined is not None:
        left, right = f"{_table_id(data_set.extract)}-typed", f"{_table_id(data_set.joined)}-typed"
        _transforms(logical[right]).append(_match_hour())
        logical["joined"] = {
            "Alias": data_set.identifier,
            "Source": {
                "JoinInstruction": {
                    "LeftOperand": left,
                    "RightOperand": right,
                    "Type": "LEFT",
                    "OnClause": f"{{hour_at}} = {{{_HOUR_OF_MATCH}}}",
                }
            },
        }
    return {
        "Name": f"{target.id_prefix}: {data_set.identifier}",
        "PhysicalTableMap": physical,
        "LogicalTableMap": logical,
        "ImportMode": "SPICE",
    }


def _physical_table(target: Target, extract: type[Table]) -> Request:
    return {
        "S3Source": {
            "DataSourceArn": target.arn("datasource", extract.table_name()),
            "UploadSettings": {
                "Format": "CSV",
                "StartFromRow": 1,
                "ContainsHeader": True,
                "TextQualifier": "DOUBLE_QUOTE",
                "Delimiter": ",",
            },
            "InputColumns": [{"Name": name, "Type": "STRING"} for name in extract.column_names()],
        }
    }


def _logical_table(extract: type[Table]) -> Request:
    return {
        "Alias": extract.table_name(),
        "Source": {"PhysicalTableId": _table_id(extract)},
        "DataTransforms": [
            {"CastColumnTypeOperation": {"ColumnName": c.name, **_CASTS[column_type(c.dtype)]}}
            for c in extract.columns()
            if column_type(c.dtype) != TEXT
        ],
    }


# FLOAT, because fixed decimals keep four digits, too few for p-values
_CASTS: dict[str, dict[str, str]] = {
    INTEGER: {"NewColumnType": "INTEGER"},
    NUMBER: {"NewColumnType": "DECIMAL", "SubType": "FLOAT"},
    TIME: {"NewColumnType": "DATETIME", "Format": _TIME_FORMAT},
}


def _match_hour() -> Request:
    return {
        "CreateColumnsOperation": {
            "Columns": [
                {
                    "ColumnName": _HOUR_OF_MATCH,
                    "ColumnId": _HOUR_OF_MATCH.replace("_", "-"),
                    "Expression": "truncDate('HH', {kickoff_at})",
                }
            ]
        }
    }


def _transforms(logical_table: Request) -> list[Request]:
    transforms = logical_table["DataTransforms"]
    assert isinstance(transforms, list)
    return transforms


def _table_id(extract: type[Table]) -> str:
    return extract.table_name().replace("_", "-")
