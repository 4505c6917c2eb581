"""`pizza restore`: a week as it was at an earlier moment, where the bucket keeps versions."""

from datetime import UTC, date, datetime

from pizza_assets.errors import ConfigurationError
from pizza_assets.storage.history import WeekHistory
from pizza_assets.workbench import Workbench


def restore(day: date, before: datetime | None) -> int:
    """Bring the week of `day` back as it was just before that moment; without one, list its history."""
    bench = Workbench()
    week = bench.week_of(day)
    if week is None:
        raise ConfigurationError(f"{day} lies in no match week; name any date of the week, e.g. 2026-08-04")
    history = WeekHistory(bench.tables.objects, week.key)
    if before is None:
        for at, what in history.moments():
            print(f"{at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ} {what}")
        return 0
    for restored in history.restore(before):
        print(f"{restored.what:35} {restored.uri}")
    print(
        f"\nWeek {week.key} is as it was before {before.isoformat()}. Mend what overwrote it before it is collected "
        "again. The tables over all weeks and the page still show the later one, until the job analyse has run."
    )
    return 0
