"""What S3Objects asks of S3, and what it makes of the answers."""

import io
from collections.abc import Callable, Iterator

import boto3
import pytest
from botocore.exceptions import EndpointConnectionError, NoCredentialsError
from botocore.response import StreamingBody
from botocore.stub import ANY, Stubber

from pizza_assets.errors import StorageError
from pizza_assets.storage.s3_conditional import S3Objects

ETAG = '"5d41402abc4b2a76b9719d911017c592"'
PLACE = {"Bucket": "bucket", "Key": "pizza/claims/a.json"}
SECRET = "not-to-be-shown"

CALLS: dict[str, tuple[str, Callable[[S3Objects], object]]] = {
    "create": ("put_object", lambda objects: objects.create("claims/a.json", b"{}")),
    "replace": ("put_object", lambda objects: objects.replace("claims/a.json", b"{}", ETAG)),
    "read": ("get_object", lambda objects: objects.read("claims/a.json")),
    "delete": ("delete_object", lambda objects: objects.delete("claims/a.json", ETAG)),
}


@pytest.fixture
def client() -> object:
    return boto3.client("s3", region_name="eu-central-1", aws_access_key_id="testing", aws_secret_access_key=SECRET)


@pytest.fixture
def stubber(client: object) -> Iterator[Stubber]:
    with Stubber(client) as stubber:
        yield stubber
        stubber.assert_no_pending_responses()


@pytest.fixture
def objects(client: object, stubber: Stubber) -> S3Objects:
    return S3Objects(client, "bucket", "/pizza/")


def test_create_asks_that_there_be_none(objects: S3Objects, stubber: Stubber) -> None:
    asked = {**PLACE, "Body": b"{}", "ContentType": "application/json", "IfNoneMatch": "*"}
    stubber.add_response("put_object", {"ETag": ETAG}, asked)
    assert objects.create("claims/a.json", b"{}") == ETAG


def test_replace_asks_for_its_version(objects: S3Objects, stubber: Stubber) -> None:
    asked = {**PLACE, "Body": b"{}", "ContentType": "application/json", "IfMatch": ETAG}
    stubber.add_response("put_object", {"ETag": '"2"'}, asked)
    assert objects.replace("claims/a.json", b"{}", ETAG) == '"2"'


def test_read_gives_bytes_and_version(objects: S3Objects, stubber: Stubber) -> None:
    body = StreamingBody(io.BytesIO(b"hello"), 5)
    stubber.add_response("get_object", {"Body": body, "ETag": ETAG}, PLACE)
    assert objects.read("claims/a.json") == (b"hello", ETAG)


def test_delete_asks_for_its_version(objects: S3Objects, stubber: Stubber) -> None:
    stubber.add_response("delete_object", {}, {**PLACE, "IfMatch": ETAG})
    objects.delete("claims/a.json", ETAG)


@pytest.mark.parametrize(
    ("call", "code", "status"),
    [
        ("create", "PreconditionFailed", 412),
        ("create", "ConditionalRequestConflict", 409),
        ("create", "412", 412),
        ("create", "409", 409),
        ("replace", "PreconditionFailed", 412),
        ("replace", "ConditionalRequestConflict", 409),
        ("replace", "NoSuchKey", 404),
        ("read", "NoSuchKey", 404),
        ("delete", "PreconditionFailed", 412),
        ("delete", "ConditionalRequestConflict", 409),
        ("delete", "NoSuchKey", 404),
    ],
)
def test_another_version_is_no_error(objects: S3Objects, stubber: Stubber, call: str, code: str, status: int) -> None:
    operation, ask = CALLS[call]
    stubber.add_client_error(operation, code, http_status_code=status)
    assert ask(objects) is None


@pytest.mark.parametrize("call", CALLS)
@pytest.mark.parametrize(
    ("code", "remedy"),
    [
        ("AccessDenied", "allow s3:GetObject, s3:PutObject, s3:DeleteObject and s3:ListBucket"),
        ("NoSuchBucket", "create the bucket or correct its name"),
        ("ExpiredToken", "check the credentials"),
        ("InvalidAccessKeyId", "check the credentials"),
        ("NotImplemented", "this server knows no conditional writes"),
        ("SlowDown", "check network and endpoint, then run again"),
    ],
)
def test_a_refusal_is_named_with_its_remedy_and_nothing_secret(
    objects: S3Objects, stubber: Stubber, call: str, code: str, remedy: str
) -> None:
    operation, ask = CALLS[call]
    stubber.add_client_error(operation, code, service_message=f"the key {SECRET} is bad", http_status_code=403)
    with pytest.raises(StorageError) as told:
        ask(objects)
    message = str(told.value)
    assert message.startswith("s3://bucket/pizza/claims/a.json: ")
    assert f"({code}); {remedy}" in message
    assert SECRET not in message


@pytest.mark.parametrize(
    ("error", "remedy"),
    [
        (EndpointConnectionError(endpoint_url=f"https://me:{SECRET}@store"), "check network and endpoint"),
        (NoCredentialsError(), "check the credentials"),
    ],
)
def test_no_answer_is_named_with_its_remedy_and_nothing_secret(error: Exception, remedy: str) -> None:
    class Unreachable:
        def put_object(self, **_: object) -> None:
            raise error

    with pytest.raises(StorageError) as told:
        S3Objects(Unreachable(), "bucket").create("a", b"")
    assert str(told.value).startswith("s3://bucket/a: can't be ")
    assert f"({type(error).__name__}); {remedy}" in str(told.value)
    assert SECRET not in str(told.value)


@pytest.mark.parametrize("ignored", ["nothing", "If-None-Match", "If-Match"])
def test_a_server_that_ignores_conditions_is_refused(objects: S3Objects, stubber: Stubber, ignored: str) -> None:
    left = {"nothing": b"first", "If-None-Match": b"second", "If-Match": b"third"}[ignored]
    stubber.add_response("put_object", {"ETag": ETAG})
    for condition in ("If-None-Match", "If-Match"):
        if condition == ignored:
            stubber.add_response("put_object", {"ETag": ETAG})
        else:
            stubber.add_client_error("put_object", "PreconditionFailed", http_status_code=412)
    stubber.add_response("get_object", {"Body": StreamingBody(io.BytesIO(left), len(left)), "ETag": ETAG})
    stubber.add_response("delete_object", {}, {"Bucket": "bucket", "Key": ANY, "IfMatch": ETAG})
    if ignored == "nothing":
        objects.check()
    else:
        with pytest.raises(StorageError, match="ignores the condition of a conditional write"):
            objects.check()
