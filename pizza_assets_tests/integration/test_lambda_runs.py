"""Runs launched on Lambda from the Dagster UI: webserver, daemon, PostgreSQL, S3 and the real runtime client."""

import shutil
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import dagster as dg
import pytest

from pizza_assets.orchestration.run_target import ON_LAMBDA, RUN_ON_TAG
from pizza_assets.storage.layout import PLACES
from pizza_assets_tests.conftest import PROJECT_ROOT, absent
from pizza_assets_tests.support import postgres_server
from pizza_assets_tests.support.dagster_server import DagsterServer, dagster_dev
from pizza_assets_tests.support.lambda_emulator import Invocation, LambdaEmulator, can_isolate, lambda_emulator
from pizza_assets_tests.support.pipeline import Pipeline
from pizza_assets_tests.support.s3_server import S3Server

pytestmark = pytest.mark.integration

BUCKET = "lambda-runs"
WEEKS = ["2025-09-02", "2025-09-09", "2025-09-16", "2025-09-23", "2025-09-30", "2025-10-07"]
LAMBDA = {RUN_ON_TAG: ON_LAMBDA}
WEEKLY = [asset for asset, place in PLACES.items() if place.weekly]
FUNCTION = "pizza-game-dashboard"
KILLED = ("2023-01-03", "2023-12-26")


@dataclass
class Platform:
    """Everything that production has, on loopback."""

    dagster: DagsterServer
    function: LambdaEmulator
    environ: dict[str, str]

    def launch(self, first: str, last: str, **tags: str) -> str:
        """A run of `collect_weeks` on Lambda."""
        weeks = {"dagster/asset_partition_range_start": first, "dagster/asset_partition_range_end": last}
        return self.dagster.launch("collect_weeks", {**LAMBDA, **weeks, **tags})

    def stored(self) -> Pipeline:
        return Pipeline(f"s3://{BUCKET}", **self._settings())

    def objects(self) -> dict[str, bytes]:
        """The tables of the six weeks; other tests make other weeks."""
        return {key: found for key, found in tables(self.stored()).items() if any(f"week={w}/" in key for w in WEEKS)}

    def events(self, run_id: str) -> str:
        """What the run's log says."""
        found = self.dagster.query(
            """query($id: ID!) { logsForRun(runId: $id) { ... on EventConnection { events {
                 ... on MessageEvent { message } } } } }""",
            id=run_id,
        )["logsForRun"]["events"]
        return "\n".join(event.get("message") or "" for event in found)

    def failed_at(self, run_id: str) -> float:
        found = self.dagster.query("query($id: ID!) { runOrError(runId: $id) { ... on Run { endTime } } }", id=run_id)
        return found["runOrError"]["endTime"]

    def calls_of(self, run_id: str) -> list[Invocation]:
        """The deliveries of a run so far; the daemon may launch other runs meanwhile, such as the analysis."""
        return [call for call in self.function.invocations if run_id.encode() in call.payload]

    def call_of(self, run_id: str) -> Invocation:
        return wait_for(lambda: self.calls_of(run_id), "a call")[0]

    def _settings(self) -> dict[str, str]:
        return {name: value for name, value in self.environ.items() if name.startswith("PIZZA_")}


def tables(pipeline: Pipeline) -> dict[str, bytes]:
    objects = pipeline.tables.objects
    prefixes = ("raw-data/", "processed-data/")
    keys = [key for key in objects.keys("") if key.startswith(prefixes) and not key.endswith(".facts.json")]
    return {key: objects.read(key) or b"" for key in keys}


def wait_for(found: Callable, what: str, seconds: float = 120):
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        value = found()
        if value:
            return value
        time.sleep(0.2)
    raise AssertionError(f"no {what} after {seconds} s")


@pytest.fixture(scope="module")
def database() -> Iterator[str]:
    if postgres_server.binaries() is None:
        absent("PostgreSQL is not installed: apt-get install postgresql")
    with postgres_server.postgres_server() as url:
        yield url


@pytest.fixture(scope="module")
def environ(moto: S3Server, database: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    moto.create_bucket(BUCKET)
    with pytest.MonkeyPatch.context() as patch:
        for name, value in moto.environ().items():
            patch.setenv(name, value)  # this process looks into the bucket, too
        yield _environ(moto, database, str(tmp_path_factory.mktemp("local")))


def _environ(moto: S3Server, database: str, folder: str) -> dict[str, str]:
    return {
        **moto.environ(),
        "AWS_ENDPOINT_URL_S3": moto.url,
        "S3_BUCKET_NAME": BUCKET,
        "PIZZA_LOCAL_FOLDER": folder,
        "PIZZA_MATCHES": "mock",
        "PIZZA_LAMBDA_FUNCTION": FUNCTION,
        "PIZZA_RUN_ON": "lambda",
        "DAGSTER_PG_URL": database,
    }


@pytest.fixture(scope="module")
def function(environ: dict[str, str], tmp_path_factory: pytest.TempPathFactory) -> Iterator[LambdaEmulator]:
    home = tmp_path_factory.mktemp("function")
    shutil.copy(PROJECT_ROOT / "deploy" / "dagster-lambda.yaml", home / "dagster.yaml")
    own = {**environ, "PIZZA_LOCAL_FOLDER": "/tmp/pizza"}
    with lambda_emulator(home, own, home / "log", FUNCTION) as emulator:
        yield emulator


@pytest.fixture(scope="module")
def platform(
    environ: dict[str, str], function: LambdaEmulator, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Platform]:
    known = {**environ, "AWS_ENDPOINT_URL_LAMBDA": function.url}
    with dagster_dev(tmp_path_factory.mktemp("home"), known, PROJECT_ROOT / "deploy" / "dagster.yaml") as server:
        yield Platform(server, function, environ)


@pytest.fixture(scope="module")
def killed(platform: Platform) -> tuple[str, float]:
    """A run whose function was killed in the middle, and when: its minute of silence passes during other tests."""
    run_id = platform.launch(*KILLED)
    wait_for(lambda: KILLED[0] in platform.stored().tables.weeks("raw_matches"), "first week", 180)
    call = platform.call_of(run_id)
    assert call.environment is not None
    call.environment.kill()
    return run_id, time.time()


@pytest.fixture(scope="module")
def local(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """The same six weeks, made in a folder by this process."""
    pipeline = Pipeline(tmp_path_factory.mktemp("local-run"))
    with dg.DagsterInstance.ephemeral() as instance:
        assert pipeline.collect(instance, WEEKS).failures == {}
    return tables(pipeline)


@pytest.mark.usefixtures("killed")
def test_a_backfill_of_six_weeks_equals_a_local_run_byte_by_byte(platform: Platform, local: dict[str, bytes]) -> None:
    launched = platform.dagster.query(
        """mutation($params: LaunchBackfillParams!) { launchPartitionBackfill(backfillParams: $params) {
             __typename ... on LaunchBackfillSuccess { backfillId } ... on PythonError { message } } }""",
        params={
            "assetSelection": [{"path": [asset]} for asset in WEEKLY],
            "partitionNames": WEEKS,
            "tags": [{"key": RUN_ON_TAG, "value": ON_LAMBDA}],
        },
    )["launchPartitionBackfill"]
    assert launched["__typename"] == "LaunchBackfillSuccess", launched
    status = wait_for(lambda: _ended_backfill(platform.dagster, launched["backfillId"]), "end of the backfill", 300)
    assert status == "COMPLETED_SUCCESS"
    backfill = {"dagster/backfill": launched["backfillId"]}
    runs = [run["runId"] for run in platform.dagster.runs("__ASSET_JOB") if backfill.items() <= run["tags"].items()]
    assert {call.outcome for run_id in runs for call in platform.calls_of(run_id)} == {"result"}
    assert platform.objects() == local


def test_a_week_tagged_for_lambda(platform: Platform, local: dict[str, bytes]) -> None:
    run_id = platform.dagster.launch("collect_weeks", {**LAMBDA, "dagster/partition": WEEKS[2]})
    assert platform.dagster.wait_for_run(run_id) == "SUCCESS"
    (call,) = platform.calls_of(run_id)
    assert call.done.wait(30)
    assert call.answer == {"run_id": run_id, "outcome": "SUCCESS"}
    assert platform.objects() == local


def test_an_untagged_run_stays_here(platform: Platform, local: dict[str, bytes]) -> None:
    run_id = platform.dagster.launch("collect_weeks", {"dagster/partition": WEEKS[1]})
    assert platform.dagster.wait_for_run(run_id) == "SUCCESS"
    assert platform.calls_of(run_id) == []
    assert platform.objects() == local


def test_two_deliveries_of_one_run_execute_it_once(platform: Platform) -> None:
    platform.function.deliveries = 2
    try:
        run_id = platform.launch(WEEKS[0], WEEKS[0])
        assert platform.dagster.wait_for_run(run_id) == "SUCCESS"
    finally:
        platform.function.deliveries = 1
    calls = platform.calls_of(run_id)
    assert len(calls) == 2
    assert all(call.done.wait(60) for call in calls)
    assert len({call.request_id for call in calls}) == 1
    outcomes = sorted(call.answer["outcome"] for call in calls)
    assert outcomes == ["SUCCESS", "not executed: another delivery of this run was first"]
    assert platform.events(run_id).count("The function executes the run") == 1
    # and one that comes late
    late = platform.function.invoke({"pizza": "run", "run_id": run_id})
    assert late.done.wait(60)
    assert late.answer["outcome"].startswith("not executed")


def test_a_cancelled_run_stops_and_its_weeks_are_whole(platform: Platform) -> None:
    first, last = "2024-01-02", "2024-12-24"
    run_id = platform.launch(first, last)
    wait_for(lambda: first in platform.stored().tables.weeks("raw_matches"), "first week", 180)
    ended = platform.dagster.query(
        """mutation($id: String!) { terminateRun(runId: $id) { __typename ... on PythonError { message } } }""",
        id=run_id,
    )["terminateRun"]
    assert ended["__typename"] == "TerminateRunSuccess", ended
    assert platform.dagster.wait_for_run(run_id, 60) == "CANCELED"
    call = platform.call_of(run_id)
    assert call.done.wait(60)
    assert call.answer == {"run_id": run_id, "outcome": "CANCELED"}
    assert last not in platform.stored().tables.weeks("match_windows")
    _assert_whole(platform)


@pytest.mark.parametrize(
    ("refusal", "words"),
    [
        ((429, "TooManyRequestsException", "Rate exceeded"), "TooManyRequestsException: Rate exceeded"),
        (
            (403, "AccessDeniedException", "not authorized to perform: lambda:InvokeFunction"),
            "not authorized to perform",
        ),
        ((404, "ResourceNotFoundException", "Function not found: f"), "ResourceNotFoundException: Function not found"),
        ((413, "RequestEntityTooLargeException", "payload is too large"), "RequestEntityTooLargeException"),
    ],
)
def test_a_refused_call_fails_the_run_at_once_in_the_words_of_aws(
    platform: Platform, refusal: tuple[int, str, str], words: str
) -> None:
    platform.function.refusals = [refusal] * 3
    try:
        run_id = platform.launch(WEEKS[0], WEEKS[0])
        assert platform.dagster.wait_for_run(run_id, 60) == "FAILURE"
    finally:
        platform.function.refusals = []
    assert words in platform.events(run_id)


def test_a_function_near_its_time_limit_ends_its_run_itself(
    platform: Platform, environ: dict[str, str], tmp_path: Path
) -> None:
    """Executed by a second function with little time, on the same instance."""
    shutil.copy(PROJECT_ROOT / "deploy" / "dagster-lambda.yaml", tmp_path / "dagster.yaml")
    platform.function.refusals = []
    with lambda_emulator(
        tmp_path, {**environ, "PIZZA_LOCAL_FOLDER": "/tmp/pizza"}, tmp_path / "log", FUNCTION, timeout_seconds=20
    ) as hurried:
        taken, platform.function._deliver = platform.function._deliver, hurried._deliver
        try:
            run_id = platform.launch("2022-01-04", "2022-12-27")
            assert platform.dagster.wait_for_run(run_id, 90) == "FAILURE"
            (call,) = (call for call in hurried.invocations if run_id.encode() in call.payload)
            assert call.done.wait(30)
        finally:
            platform.function._deliver = taken
    assert call.outcome == "error"
    assert call.answer["errorType"] == "OutOfTime"
    assert "time limit was near" in platform.events(run_id)
    _assert_whole(platform)


def test_the_function_can_write_nowhere_but_in_tmp(platform: Platform) -> None:
    if not can_isolate():
        absent("this machine lets no process have mounts of its own")
    assert platform.function.invocations[0].environment is not None
    pid = platform.function.invocations[0].environment.process.pid
    mounts = Path(f"/proc/{pid}/mountinfo").read_text() if Path(f"/proc/{pid}").exists() else ""
    if not mounts:
        live = [
            call.environment for call in platform.function.invocations if call.environment and call.environment.is_alive
        ]
        mounts = Path(f"/proc/{live[0].process.pid}/mountinfo").read_text()
    options = {line.split()[4]: line.split()[5].split(",") for line in mounts.splitlines()}
    assert "ro" in options["/"]
    assert "ro" in options["/dev/shm"]
    assert "rw" in options["/tmp"]


def test_a_killed_function_fails_its_run_and_a_rerun_completes(platform: Platform, killed: tuple[str, float]) -> None:
    """After a minute of silence it is dead; two polls of run monitoring (30 s each) may follow."""
    run_id, killed_at = killed
    assert platform.dagster.wait_for_run(run_id, 240) == "FAILURE"
    reported_at = platform.failed_at(run_id)
    print(f"failed {reported_at - killed_at:.0f} s after the kill")
    assert "sent no heartbeat" in platform.events(run_id)
    _assert_whole(platform)
    again = platform.launch(KILLED[0], "2023-01-17")
    assert platform.dagster.wait_for_run(again) == "SUCCESS"


def _ended_backfill(server: DagsterServer, backfill_id: str) -> str | None:
    found = server.query(
        "query($id: String!) { partitionBackfillOrError(backfillId: $id) { ... on PartitionBackfill { status } } }",
        id=backfill_id,
    )["partitionBackfillOrError"]["status"]
    return None if found in {"REQUESTED", "CANCELING", "FAILING", "COMPLETED"} else found


def _assert_whole(platform: Platform) -> None:
    """Every stored week reads, with the facts that belong to it."""
    store = platform.stored().tables
    for asset in ("raw_matches", "mock_orders", "order_bins", "match_windows"):
        for week in store.weeks(asset):
            found = store.read_week(asset, week)
            facts = store.week_facts(asset, week)
            assert found is not None
            assert facts is not None
            assert len(found.rows) == facts.row_count
