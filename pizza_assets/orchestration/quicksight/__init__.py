"""The dashboard in QuickSight made, changed, filled and removed through its API. What it is, is in dashboards."""
