"""Creates, updates, fills and deletes the dashboard through QuickSight's API. What it looks like is in dashboards."""
