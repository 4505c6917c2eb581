"""The text of `pizza status`."""

from dataclasses import replace

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


def test_a_stand_in_is_not_called_stale_and_its_cause_is_said_once() -> None:
    """Offline, making the week again changes nothing; a stale table of the same week is still stale."""
    check, why = {"raw_matches.comes_from_chosen_source": LONG}, {"raw_matches": "a stand-in for openfootball"}
    weeks = (
        replace(week("2026-08-04", check), stand_ins=why),
        replace(week("2026-08-11", check), stand_ins=why),
        replace(week("2026-08-18", {}, {"mock_orders": "missing"}), stand_ins=why),
    )
    lines = status_text(Status("storage", weeks, ()), None).splitlines()
    found = {line[:10]: line for line in lines}
    assert found["2026-08-04"].endswith("  mock stand-in (1)")
    assert found["2026-08-18"].endswith(
        "  stale: mock_orders (missing); mock stand-in: raw_matches (a stand-in for openfootball)"
    )
    assert [line for line in lines if line.startswith("(")] == [f"(1) mock stand-in: raw_matches ({LONG})"]
    assert "1 stale week(s), 0 with a failed check" in lines
    assert (
        "3 week(s) with mock stand-ins; once their source answers, collect them with: pizza backfill --stale-only"
        in (lines)
    )
