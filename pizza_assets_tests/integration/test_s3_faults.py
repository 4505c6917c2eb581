"""S3 faults at the HTTP level: transient ones are retried, lasting ones named; never an empty or partial week."""

import itertools
from collections.abc import Callable, Iterator

import pandas as pd
import pytest

from pizza_assets.errors import StorageError
from pizza_assets.storage.layout import week_key
from pizza_assets.storage.tables import TableStore, WeekTables
from pizza_assets.storage.verification import damages
from pizza_assets_tests.storage.rows import NOW, WEEK, events, origin
from pizza_assets_tests.support.fault_server import running
from pizza_assets_tests.support.s3_faults import (
    Fault,
    FaultProxy,
    answer_lost,
    empty,
    not_xml,
    refusal,
    reset,
    silence,
    truncated,
)
from pizza_assets_tests.support.s3_server import PART_BYTES, S3Server, bucket_store
from pizza_assets_tests.support.stored_week import write_week

pytestmark = pytest.mark.integration

NUMBERS = itertools.count()
ASSET = "raw_match_events"
OBJECT = week_key(ASSET, WEEK, "real")
OLD, NEW = events("real", [1, 2, 3]), events("real", [4, 5])
ATTEMPTS = 3

PASSING: dict[str, Fault] = {
    "SlowDown": refusal(503, "SlowDown"),
    "ServiceUnavailable": refusal(503, "ServiceUnavailable"),
    "InternalError": refusal(500, "InternalError"),
    "reset": reset,
    "silence": silence,
}
LASTING: dict[str, tuple[Fault, str]] = {
    "SlowDown": (refusal(503, "SlowDown"), r"refused \(SlowDown\); the server was still throttling requests"),
    "AccessDenied": (refusal(403, "AccessDenied"), r"refused \(AccessDenied\); allow s3:"),
    "NoSuchBucket": (refusal(404, "NoSuchBucket"), r"refused \(NoSuchBucket\); create the bucket"),
    "ExpiredToken": (refusal(400, "ExpiredToken"), r"refused \(ExpiredToken\); check the credentials"),
    "reset": (reset, r"no complete response \(ConnectionClosedError\); check network"),
}


@pytest.fixture
def proxy(moto: S3Server) -> Iterator[FaultProxy]:
    with running(FaultProxy(moto.url)) as proxy:
        yield proxy


@pytest.fixture
def honest(moto: S3Server) -> TableStore:
    """The same bucket without the proxy, with a week in it."""
    name = f"faults-{next(NUMBERS)}"
    moto.create_bucket(name)
    tables = TableStore(bucket_store(moto.client(), name), lambda: NOW)
    write_week(tables, ASSET, WEEK, OLD, origin("real"))
    return tables


@pytest.fixture
def tables(moto: S3Server, proxy: FaultProxy, honest: TableStore) -> TableStore:
    """Through the proxy, with little patience."""
    client = moto.client(endpoint_url=proxy.url, max_attempts=ATTEMPTS, connect_seconds=1, read_seconds=1)
    bucket = honest.objects.uri("").removeprefix("s3://").strip("/")
    return TableStore(bucket_store(client, bucket), lambda: NOW)


def read(tables: TableStore) -> pd.DataFrame:
    found = tables.read_week(ASSET, WEEK)
    assert found is not None
    return found.rows


@pytest.mark.parametrize("fault", PASSING)
@pytest.mark.parametrize("what", ["GET", "PUT", "DELETE", "list-type=2"])
def test_transient_faults_are_retried(
    proxy: FaultProxy, tables: TableStore, honest: TableStore, what: str, fault: str
) -> None:
    proxy.faults = [(what, PASSING[fault])]
    write_week(tables, ASSET, WEEK, NEW, origin("real"))
    assert WeekTables(tables, ASSET, tables.weeks(ASSET)).rows()["minute"].tolist() == [4, 5]
    assert proxy.faults == []
    pd.testing.assert_frame_equal(read(honest), NEW)
    assert damages(honest.objects) == []


@pytest.mark.parametrize("fault", LASTING)
def test_a_failed_read_is_a_named_error_and_not_an_empty_week(
    proxy: FaultProxy, tables: TableStore, fault: str
) -> None:
    proxy.always = ("GET", LASTING[fault][0])
    reads: list[Callable[[], object]] = [
        lambda: tables.read_week(ASSET, WEEK),
        lambda: tables.week_facts(ASSET, WEEK),
        lambda: tables.weeks(ASSET),
        lambda: tables.objects.exists(OBJECT),
        lambda: WeekTables(tables, ASSET, [WEEK]).rows(),
        lambda: tables.read_whole("match_impact"),
    ]
    for ask in reads:
        with pytest.raises(StorageError, match=LASTING[fault][1]):
            ask()


@pytest.mark.parametrize("fault", LASTING)
@pytest.mark.parametrize("what", [".parquet", ".facts.json", ".claims"])
def test_a_failed_write_is_a_named_error_and_keeps_the_old_week(
    proxy: FaultProxy, tables: TableStore, honest: TableStore, fault: str, what: str
) -> None:
    proxy.always = (f"PUT {what}", LASTING[fault][0])
    with pytest.raises(StorageError, match=LASTING[fault][1]):
        write_week(tables, ASSET, WEEK, NEW, origin("real"))
    pd.testing.assert_frame_equal(read(honest), OLD)
    facts = honest.week_facts(ASSET, WEEK)
    assert facts is not None
    assert facts.row_count == len(OLD)


@pytest.mark.parametrize("times", [1, 2])
def test_a_truncated_read_is_retried(proxy: FaultProxy, tables: TableStore, times: int) -> None:
    proxy.faults = [("events/real/week=2026-08-04/raw_match_events.parquet", truncated)] * times
    pd.testing.assert_frame_equal(read(tables), OLD)
    assert proxy.faults == []


def test_a_read_that_is_always_truncated_is_a_named_error(proxy: FaultProxy, tables: TableStore) -> None:
    proxy.always = ("events/real", truncated)
    for ask in (lambda: tables.read_week(ASSET, WEEK), lambda: tables.week_facts(ASSET, WEEK)):
        with pytest.raises(StorageError, match="no complete response"):
            ask()


@pytest.mark.parametrize("fault", [not_xml, empty, truncated], ids=["no XML", "nothing", "truncated"])
def test_an_invalid_listing_is_never_taken_for_no_weeks(proxy: FaultProxy, tables: TableStore, fault: Fault) -> None:
    proxy.always = ("list-type=2", fault)
    with pytest.raises(StorageError, match=r"no complete response|the response is not a listing|refused \(500\)"):
        tables.weeks(ASSET)


@pytest.mark.parametrize("fault", [not_xml, empty], ids=["a page of a portal", "nothing"])
def test_an_unrelated_body_in_place_of_a_week_is_refused(proxy: FaultProxy, tables: TableStore, fault: Fault) -> None:
    proxy.always = ("raw_match_events.parquet", fault)
    with pytest.raises(StorageError, match="not readable as Parquet"):
        tables.read_week(ASSET, WEEK)


@pytest.mark.parametrize("what", [".parquet", ".facts.json", ".claims"])
def test_a_lost_response_to_a_write_is_harmless(
    proxy: FaultProxy, tables: TableStore, honest: TableStore, what: str
) -> None:
    proxy.faults = [(what, answer_lost)] * 2
    write_week(tables, ASSET, WEEK, NEW, origin("real"))
    assert proxy.faults == []
    pd.testing.assert_frame_equal(read(honest), NEW)
    assert damages(honest.objects) == []


PARTS = [
    ("uploads", "POST"),
    ("partNumber=1", "PUT"),
    ("partNumber=2", "PUT"),
    ("uploadId=", "POST"),
]


@pytest.mark.parametrize("fault", [reset, answer_lost, refusal(503, "SlowDown")], ids=["reset", "lost", "SlowDown"])
@pytest.mark.parametrize(("query", "method"), PARTS)
def test_a_multipart_upload_survives_faults(
    proxy: FaultProxy, tables: TableStore, honest: TableStore, query: str, method: str, fault: Fault
) -> None:
    content = bytes(range(256)) * (PART_BYTES // 256) + b"the second part"
    proxy.faults = [(query, fault)]
    with tables.objects.writing("big/one.bin", {"run-id": "7"}) as file:
        file.write(content)
    assert proxy.faults == []
    assert any(request.startswith(method) and query in request for request in proxy.requests)
    assert honest.objects.read("big/one.bin") == content


def test_a_failed_multipart_upload_keeps_the_old_object_and_no_parts(
    proxy: FaultProxy, tables: TableStore, honest: TableStore
) -> None:
    with honest.objects.writing("big/one.bin") as file:
        file.write(b"old")
    proxy.always = ("partNumber=2", refusal(403, "AccessDenied"))
    with (
        pytest.raises(StorageError, match=r"UploadPart was refused \(AccessDenied\); allow s3:PutObject"),
        tables.objects.writing("big/one.bin") as file,
    ):
        file.write(b"x" * (PART_BYTES + 1))
    assert honest.objects.read("big/one.bin") == b"old"
    assert honest.objects.objects.unfinished() == []  # type: ignore[attr-defined]


def test_missing_credentials_are_named(moto: S3Server, monkeypatch: pytest.MonkeyPatch, tmp_path: object) -> None:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_PROFILE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", f"{tmp_path}/none")
    monkeypatch.setenv("AWS_CONFIG_FILE", f"{tmp_path}/none")
    client = moto.client(aws_access_key_id=None, aws_secret_access_key=None)
    with pytest.raises(StorageError, match=r"without credentials \(NoCredentialsError\); check the credentials"):
        bucket_store(client, "pizza").check()


def test_a_wrong_secret_is_a_named_error(swift: S3Server) -> None:
    client = swift.client(aws_secret_access_key="another")
    with pytest.raises(StorageError, match=r"refused \(SignatureDoesNotMatch\); check the credentials"):
        bucket_store(client, "pizza").check()


@pytest.mark.parametrize("kind", ["moto", "swift"])
def test_a_missing_bucket_is_a_named_error(kind: str, request: pytest.FixtureRequest) -> None:
    server: S3Server = request.getfixturevalue(kind)
    tables = TableStore(bucket_store(server.client(), "no-such-bucket"), lambda: NOW)
    for ask in (tables.objects.check, lambda: tables.weeks(ASSET), lambda: tables.read_week(ASSET, WEEK)):
        with pytest.raises(StorageError, match=r"refused \(NoSuchBucket\); create the bucket, or correct its name"):
            ask()
