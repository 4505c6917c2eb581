"""The QuickSight dashboard, generated from the table of views, the filters and the extracts' models.

Pure: everything here is plain dicts in the shape of QuickSight's API. Calling the API does not belong here.
"""

from pizza_assets.dashboards.quicksight.resources import Resource, resources
from pizza_assets.dashboards.quicksight.target import Target

__all__ = ["Resource", "Target", "resources"]
