"""The data sets: which extract each one reads, with every column's type. A chart reads exactly one data set.

All columns of a CSV file on S3 arrive as text, so each data set casts what is no text. Calculated fields do not
belong here.
"""

from dataclasses import dataclass

from pizza_assets.dashboards.quicksight.target import Target
from pizza_assets.models.extracts import (
    EXTRACTS,
    AnomaliesExtract,
    ChecksExtract,
    CorrelationsExtract,
    DataQualityExtract,
    EventStudyExtract,
    InsightsExtract,
    MatchesExtract,
    MatchImpactExtract,
    MatchTimelineExtract,
    OrdersTimelineExtract,
)
from pizza_assets.models.forecast_extracts import ComingMatchesExtract, ForecastAccuracyExtract, MatchForecastExtract
from pizza_assets.models.table import Table

Request = dict[str, object]

TEXT, INTEGER, NUMBER, TIME = "text", "integer", "number", "time"
"""What a column is to a chart."""

_TIME_FORMAT = "yyyy-MM-dd'T'HH:mm:ss'Z'"
_HOUR_OF_MATCH = "match_hour_at"


@dataclass(frozen=True)
class DataSet:
    """One data set by the identifier that visuals use. With `joined`, each row also carries a row of that extract
    whose kick-off lies in the same hour, if there is one: orders then stand once for every such match.
    """

    identifier: str
    extract: type[Table]
    joined: type[Table] | None = None

    @property
    def extracts(self) -> tuple[type[Table], ...]:
        return (self.extract,) if self.joined is None else (self.extract, self.joined)

    def column_types(self) -> dict[str, str]:
        """Every stored column and what it is."""
        types = {c.name: column_type(c.dtype) for extract in self.extracts for c in extract.columns()}
        return types | ({_HOUR_OF_MATCH: TIME} if self.joined is not None else {})


ORDERS = DataSet("orders", OrdersTimelineExtract)
ORDERS_AND_MATCHES = DataSet("orders_and_matches", OrdersTimelineExtract, joined=MatchesExtract)
MATCHES = DataSet("matches", MatchesExtract)
MATCH_TIMELINE = DataSet("match_timeline", MatchTimelineExtract)
MATCH_IMPACT = DataSet("match_impact", MatchImpactExtract)
CORRELATIONS = DataSet("correlations", CorrelationsExtract)
EVENT_STUDY = DataSet("event_study", EventStudyExtract)
ANOMALIES = DataSet("anomalies", AnomaliesExtract)
INSIGHTS = DataSet("insights", InsightsExtract)
DATA_QUALITY = DataSet("data_quality", DataQualityExtract)
CHECKS = DataSet("checks", ChecksExtract)
COMING = DataSet("coming_matches", ComingMatchesExtract)
FORECAST = DataSet("match_forecast", MatchForecastExtract)
ACCURACY = DataSet("forecast_accuracy", ForecastAccuracyExtract)

DATA_SETS: tuple[DataSet, ...] = (
    ORDERS,
    ORDERS_AND_MATCHES,
    MATCHES,
    MATCH_TIMELINE,
    MATCH_IMPACT,
    CORRELATIONS,
    EVENT_STUDY,
    ANOMALIES,
    INSIGHTS,
    DATA_QUALITY,
    CHECKS,
    COMING,
    FORECAST,
    ACCURACY,
)
"""Every data set: one per extract, and orders with matches beside them, because a chart can't read two."""


def column_type(dtype: str) -> str:
    """What a column of a model is to a chart; true and false are text."""
    if dtype.startswith("datetime64"):
        return TIME
    return {"int64": INTEGER, "Int64": INTEGER, "int32": INTEGER, "float64": NUMBER}.get(dtype, TEXT)


def data_source_body(target: Target, extract: type[Table]) -> Request:
    """A data source: one manifest in the bucket, so one table."""
    table = extract.table_name()
    place = {"Bucket": target.bucket, "Key": target.manifests[table]}
    return {
        "Name": f"{target.id_prefix}: {table}",
        "DataSourceParameters": {"S3Parameters": {"ManifestFileLocation": place}},
    }


def data_set_body(target: Target, data_set: DataSet) -> Request:
    """A data set that SPICE keeps: the file's columns in the file's order, then their types."""
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


# FLOAT: a fixed decimal keeps four digits, which p-values do not survive
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


def read_extracts() -> tuple[type[Table], ...]:
    """The extracts that some data set reads, each of which needs a data source."""
    read = {extract for data_set in DATA_SETS for extract in data_set.extracts}
    return tuple(extract for extract in EXTRACTS if extract in read)
