"""Both APIs through the whole graph: real if they answer, labelled mock if they don't, and no leaked keys."""

from pathlib import Path

import dagster as dg
import pytest
from hypothesis import HealthCheck, given
from hypothesis import strategies as st

from pizza_assets.errors import ConfigurationError
from pizza_assets.models.vocabulary import DataSource
from pizza_assets.settings import Settings
from pizza_assets.sources.api import ApiClient, Bounds
from pizza_assets_tests.second_leg_week import stored_scores
from pizza_assets_tests.support.api_rows import KEY, match, order
from pizza_assets_tests.support.examples import examples
from pizza_assets_tests.support.fault_server import Fault, FaultServer, ok, reset, running, status
from pizza_assets_tests.support.pipeline import Pipeline
from pizza_assets_tests.support.second_legs import SECOND_LEGS, STORED, WEEK

WEEKS = ["2026-03-03", "2026-03-10"]


def _pipeline(folder: Path, url: str, **environ: str) -> Pipeline:
    file = folder / "orders-api.toml"
    file.write_text(
        f'label = "real"\nurl = "{url}"\nchain = "dominos"\ncurrency = "GBP"\nrequests_per_minute = 100000\n'
        '[[store]]\nid = "s1"\nmarket = "Leeds"\n'
    )
    chosen = {
        "PIZZA_MATCHES": "football-data",
        "PIZZA_FOOTBALL_DATA": url,
        "PIZZA_FOOTBALL_DATA_KEY": KEY,
        "PIZZA_FOOTBALL_DATA_LIMIT": "100000",
        "PIZZA_ORDERS": "api",
        "PIZZA_ORDERS_API": str(file),
        "PIZZA_ORDERS_API_KEY": KEY,
        **environ,
    }
    return Pipeline(folder / "data", **chosen)


def _labels(pipeline: Pipeline, asset: str) -> list[str]:
    found = [pipeline.tables.week_facts(asset, week) for week in WEEKS]
    return ["none" if facts is None else facts.data_source for facts in found]


@pytest.fixture
def server() -> FaultServer:
    return FaultServer(matches={"PL": [match(n) for n in range(3)]}, orders={"s1": [order(n) for n in range(20)]})


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Short pauses, as their length is not tested here."""
    plain = ApiClient.__init__

    def patched(self: ApiClient, api: object, *args: object, **kwargs: object) -> None:
        object.__setattr__(api, "bounds", Bounds(first_pause=0.001, longest_pause=0.002, longest_wait=1))
        plain(self, api, *args, **kwargs)  # type: ignore[arg-type]

    monkeypatch.setattr(ApiClient, "__init__", patched)


def test_real_answers_are_stored_as_real(tmp_path: Path, server: FaultServer) -> None:
    with running(server), dg.DagsterInstance.ephemeral() as instance:
        pipeline = _pipeline(tmp_path, server.url)
        assert not pipeline.collect(instance, WEEKS).failures
        assert _labels(pipeline, "raw_orders") == ["real", "real"]
        assert _labels(pipeline, "raw_matches") == ["real", "real"]
        rows = pipeline.tables.read_week("raw_orders", WEEKS[0])
        assert rows is not None
        assert len(rows.rows) == 20
    # one request for the season, one per page and week of orders: 20 orders in pages of 3, then an empty week
    paths = [request.path for request in server.requests]
    assert paths.count("/v4/competitions/PL/matches") == 1
    assert paths.count("/v1/orders") == 8


def test_a_week_of_second_legs_is_stored_with_its_shoot_outs(tmp_path: Path) -> None:
    server = FaultServer(matches={"CL": SECOND_LEGS}, orders={})
    with running(server), dg.DagsterInstance.ephemeral() as instance:
        pipeline = _pipeline(tmp_path, server.url, PIZZA_COMPETITIONS="uefa.cl", PIZZA_ORDERS="mock")
        assert not pipeline.collect(instance, [WEEK]).failures
        found = pipeline.tables.read_week("raw_matches", WEEK)
        assert found is not None
        assert stored_scores(found.rows) == STORED
        assert pipeline.tables.rejected("raw_matches", WEEK).empty
        assert pipeline.staleness(instance).checks.failed("raw_matches", WEEK) == []


def test_failing_apis_give_labelled_mock_with_a_reason_until_they_answer(tmp_path: Path, server: FaultServer) -> None:
    with running(server), dg.DagsterInstance.ephemeral() as instance:
        server.always = status(401)
        pipeline = _pipeline(tmp_path, server.url)
        assert not pipeline.collect(instance, WEEKS).failures
        assert _labels(pipeline, "raw_orders") == ["mock", "mock"]
        facts = pipeline.tables.week_facts("raw_orders", WEEKS[0])
        assert facts is not None
        assert (facts.reason or "").startswith("orders API failed: ")
        assert "refused with 401" in (facts.reason or "")
        assert "these orders are invented" in (facts.reason or "")
        assert len(server.requests) == 2  # each API once, not once per week
        staleness = pipeline.staleness(instance)
        assert staleness.of_week("raw_orders", pipeline.week(WEEKS[0])) == "a stand-in for orders API"
        for made in ("order_bins", "quarter_hours", "merged_orders", "match_windows"):
            assert _labels(pipeline, made) == ["mock", "mock"], made
        verdicts = staleness.checks.failed("mock_orders", WEEKS[0])
        assert any("invented" in verdict.description and not verdict.is_error for verdict in verdicts)

        server.always = None
        answered = _pipeline(tmp_path, server.url)
        assert not answered.collect(instance, WEEKS).failures
        assert _labels(answered, "raw_orders") == ["real", "real"]

        server.always = status(500)
        broken = _pipeline(tmp_path, server.url)
        assert not broken.collect(instance, WEEKS).failures
        assert _labels(broken, "raw_orders") == ["real", "real"]
        kept = broken.tables.week_facts("raw_orders", WEEKS[0])
        assert kept is not None
        assert "kept from before" in (kept.reason or "")
        assert "invented" not in (kept.reason or "")
        assert kept.row_count == 20


def test_with_fallback_fail_nothing_is_stored_and_the_weeks_fail(tmp_path: Path, server: FaultServer) -> None:
    with running(server), dg.DagsterInstance.ephemeral() as instance:
        server.always = status(403)
        pipeline = _pipeline(tmp_path, server.url, PIZZA_FALLBACK="fail")
        collected = pipeline.collect(instance, WEEKS)
        assert set(collected.failures) == set(WEEKS)
        assert _labels(pipeline, "raw_orders") == ["none", "none"]
        assert _labels(pipeline, "raw_matches") == ["none", "none"]


@pytest.mark.integration
def test_a_partial_week_never_replaces_a_complete_one(tmp_path: Path, server: FaultServer) -> None:
    with running(server), dg.DagsterInstance.ephemeral() as instance:
        pipeline = _pipeline(tmp_path, server.url, PIZZA_COMPETITIONS="en.1,de.1")
        server.matches["BL1"] = [match(7)]
        assert not pipeline.collect(instance, WEEKS[:1]).failures
        server.always = lambda exchange: exchange.send(
            *((403, b"{}") if "BL1" in exchange.handler.path else (200, exchange.body))
        )
        again = _pipeline(tmp_path, server.url, PIZZA_COMPETITIONS="en.1,de.1")
        for _ in range(2):
            assert not again.collect(instance, WEEKS[:1]).failures
            stored = again.tables.read_week("raw_matches", WEEKS[0])
            assert stored is not None
            assert len(stored.rows) == 4
            facts = again.tables.week_facts("raw_matches", WEEKS[0])
            assert facts is not None
            assert facts.is_partial
            assert "Bundesliga" in (facts.reason or "")


@pytest.mark.integration
def test_a_missing_key_gives_mock_with_a_reason_or_one_error(tmp_path: Path, server: FaultServer) -> None:
    with running(server), dg.DagsterInstance.ephemeral() as instance:
        pipeline = _pipeline(tmp_path, server.url, PIZZA_FOOTBALL_DATA_KEY="", PIZZA_ORDERS_API_KEY="")
        assert not pipeline.collect(instance, WEEKS).failures
        assert _labels(pipeline, "raw_matches") == ["mock", "mock"]
        assert _labels(pipeline, "raw_orders") == ["mock", "mock"]
        reasons = {pipeline.tables.week_facts("raw_matches", week).reason for week in WEEKS}  # type: ignore[union-attr]
        assert len(reasons) == 1
        assert "PIZZA_FOOTBALL_DATA_KEY" in (reasons.pop() or "")
        assert server.requests == []
    with pytest.raises(ConfigurationError, match="PIZZA_FALLBACK=fail needs PIZZA_FOOTBALL_DATA_KEY"):
        Settings.from_environment({"PIZZA_MATCHES": "football-data", "PIZZA_FALLBACK": "fail"})


@pytest.mark.integration  # six collections, and every file is read
def test_keys_are_not_leaked_anywhere(tmp_path: Path, server: FaultServer, capfd: pytest.CaptureFixture[str]) -> None:
    """The server echoes the key in its messages and in its rows; it is nowhere in logs, events, metadata or files."""
    home = tmp_path / "home"
    home.mkdir()
    server.orders["s1"][0]["store_location"] = f"echo {KEY}"
    with running(server), dg.DagsterInstance.local_temp(str(home)) as instance:
        for fault in (
            None,
            status(401, f'{{"message":"bad key {KEY}"}}'.encode()),
            status(302, Location=f"http://{KEY}/"),
        ):
            server.always = fault
            for policy in ("mock", "fail"):
                pipeline = _pipeline(tmp_path, server.url, PIZZA_FALLBACK=policy)
                pipeline.collect(instance, WEEKS)
                assert KEY not in repr(pipeline.settings)
        assert any(KEY in str(request.headers) for request in server.requests)
        texts = [str(entry) for run in instance.get_runs() for entry in instance.all_logs(run.run_id)]
        assert texts
        assert not [text for text in texts if KEY in text]
    captured = capfd.readouterr()
    assert KEY not in captured.out + captured.err
    holding = [path for path in tmp_path.rglob("*") if path.is_file() and KEY.encode() in path.read_bytes()]
    assert holding == []
    with pytest.raises(ConfigurationError, match="PIZZA_ORDERS_API_KEY") as refusal:
        Settings.from_environment({"PIZZA_ORDERS_API_KEY": f"{KEY}é"})
    assert KEY not in str(refusal.value)


ERRORS: list[Fault] = [
    *(status(code) for code in (400, 401, 403, 404, 429, 500, 503)),
    ok(b"<html>"),
    ok(b"{}"),
    ok(b'{"orders": [1], "count": 1, "total": 1, "matches": [1], "resultSet": {"count": 1}}'),
    reset,
]


@pytest.mark.integration  # half a minute: a server and a whole collection for every example
@examples(10, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(fault=st.sampled_from(ERRORS), policy=st.sampled_from(["mock", "fail"]))
def test_whatever_the_apis_do_collection_follows_the_fallback_policy(
    tmp_path_factory: pytest.TempPathFactory, fault: Fault, policy: str
) -> None:
    # Property 1, Property 3
    folder = tmp_path_factory.mktemp("errors")
    with running(FaultServer(always=fault)) as server, dg.DagsterInstance.ephemeral() as instance:
        pipeline = _pipeline(folder, server.url, PIZZA_FALLBACK=policy)
        collected = pipeline.collect(instance, WEEKS[:1])
        label = pipeline.tables.week_facts("raw_orders", WEEKS[0])
        if policy == "mock":
            assert not collected.failures
            assert label is not None
            assert label.data_source == DataSource.MOCK
            assert label.reason
        else:
            assert set(collected.failures) == set(WEEKS[:1])
            assert label is None
