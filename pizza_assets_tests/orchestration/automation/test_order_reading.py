"""Reading an inbox finds the weeks that it changes; unreadable files are named and do not block the others."""

from datetime import UTC, datetime
from pathlib import Path

import dagster as dg

from pizza_assets.orchestration.automation.order_reading import READ_ORDER_FILES, WEEKS_TAG
from pizza_assets_tests.support.order_export import write_export
from pizza_assets_tests.support.pipeline import Pipeline

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)


def export(number: int, day: str) -> str:
    return f"{number},{day} 19:00,12.50,2"


def read(pipeline: Pipeline, instance: dg.DagsterInstance) -> tuple[str, str]:
    """The weeks that a run of the job finds, and its log."""
    result = pipeline.definitions.resolve_job_def(READ_ORDER_FILES).execute_in_process(instance=instance)
    assert result.success
    run = instance.get_run_by_id(result.run_id)
    assert run is not None
    log = "\n".join(entry.message for entry in instance.all_logs(result.run_id))
    return run.tags[WEEKS_TAG], log


def pipeline(tmp_path: Path, settings: dict[str, str]) -> Pipeline:
    return Pipeline(tmp_path / "data", now=NOW, **settings)


def test_only_weeks_that_the_files_change_are_found(tmp_path: Path) -> None:
    settings = write_export(tmp_path, [export(n, f"2026-08-{day:02}") for n, day in enumerate(range(4, 18))])
    with dg.DagsterInstance.ephemeral() as instance:
        found, _ = read(pipeline(tmp_path, settings), instance)
        assert found == "2026-08-04...2026-08-11"
        assert pipeline(tmp_path, settings).collect(instance, ["2026-08-04", "2026-08-11"]).failures == {}
        assert read(pipeline(tmp_path, settings), instance)[0] == ""
        (tmp_path / "inbox" / "more.csv").write_text("id,at,total,pizzas\n900,2026-08-12 20:00,9.00,1\n")
        assert read(pipeline(tmp_path, settings), instance)[0] == "2026-08-11...2026-08-11"


def test_a_bad_file_is_named_and_only_its_weeks_are_kept(tmp_path: Path) -> None:
    settings = write_export(tmp_path, [export(n, f"2026-08-{day:02}") for n, day in enumerate(range(4, 11))])
    inbox = tmp_path / "inbox"
    second = inbox / "second.csv"
    second.write_text("\n".join(["id,at,total,pizzas", *(export(100 + d, f"2026-08-{d}") for d in range(11, 18))]))
    with dg.DagsterInstance.ephemeral() as instance:
        assert read(pipeline(tmp_path, settings), instance)[0] == "2026-08-04...2026-08-11"
        pipeline(tmp_path, settings).collect(instance, ["2026-08-04", "2026-08-11"])
        second.write_bytes(b"\x00\xff\x00 no export any more")
        found, log = read(pipeline(tmp_path, settings), instance)
    assert "second.csv" in log
    assert "2026-08-11 stays as it is" in log
    assert "2026-08-11" not in found.replace("...", " ").split()
