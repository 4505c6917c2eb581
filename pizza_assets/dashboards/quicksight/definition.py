"""The whole definition, shared by the analysis, which people edit, and the dashboard, which they read."""

from pizza_assets.dashboards.quicksight.calculated_fields import CALCULATED_FIELDS
from pizza_assets.dashboards.quicksight.data_sets import DATA_SETS, Request
from pizza_assets.dashboards.quicksight.filter_groups import filter_groups
from pizza_assets.dashboards.quicksight.parameters import parameter_declarations
from pizza_assets.dashboards.quicksight.sheets import SHEETS, drawn_views, sheet_request
from pizza_assets.dashboards.quicksight.target import Target


def definition(target: Target) -> Request:
    """Data sets, calculated fields, parameters, filters and sheets; the same for all data and at all times."""
    return {
        "DataSetIdentifierDeclarations": [
            {"Identifier": data_set.identifier, "DataSetArn": target.arn("dataset", data_set.identifier)}
            for data_set in DATA_SETS
        ],
        "CalculatedFields": [field.request() for field in CALCULATED_FIELDS],
        "ParameterDeclarations": parameter_declarations(),
        "FilterGroups": filter_groups(drawn_views()),
        "Sheets": [sheet_request(sheet) for sheet in SHEETS],
    }
