"""The text of `pizza status`."""

from pizza_assets.orchestration.runs.status import DatasetStatus, Status, WeekStatus, status_text

NONE = DatasetStatus("mock", 10, 0, is_partial=False, reason=None, collected_at=None)
LONG = "openfootball: can't be reached at any of its addresses, so this week's matches are invented"


def week(key: str, failed: dict[str, str], stale: dict[str, str] | None = None) -> WeekStatus:
    return WeekStatus(key, NONE, NONE, stale or {}, failed)


def test_a_long_reason_of_several_weeks_is_printed_once() -> None:
    failed = {"raw_matches.comes_from_chosen_source": LONG}
    weeks = (
        week("2026-08-04", failed),
        week("2026-08-11", failed, {"raw_matches": "missing"}),
        week("2026-08-18", {"raw_matches.rows_are_valid": f"{LONG} twice"}),
        week("2026-08-25", {}),
    )
    lines = status_text(Status("storage", weeks, ()), None).splitlines()
    found = {line[:10]: line for line in lines}
    assert found["2026-08-04"].endswith("  failed check (1)")
    assert found["2026-08-11"].endswith("  stale: raw_matches (missing); failed check (1)")
    assert found["2026-08-18"].endswith(f"  failed check: raw_matches.rows_are_valid ({LONG} twice)")
    assert found["2026-08-25"].endswith("  ok")
    assert [line for line in lines if line.startswith("(")] == [
        f"(1) failed check: raw_matches.comes_from_chosen_source ({LONG})"
    ]
