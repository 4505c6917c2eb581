"""Objects of an S3 bucket, written on a condition. What is kept in them does not belong here."""

import secrets
from collections.abc import Callable
from typing import TYPE_CHECKING, TypeVar

from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    CredentialRetrievalError,
    NoCredentialsError,
    PartialCredentialsError,
    SSOError,
    TokenRetrievalError,
)

from pizza_assets.errors import StorageError

if TYPE_CHECKING:
    from botocore.client import BaseClient

# another version, another request at the same moment, or no version at all; numbers where a server sends no body
NOT_THIS_VERSION = frozenset({"PreconditionFailed", "ConditionalRequestConflict", "NoSuchKey", "412", "409"})

RIGHTS = "allow s3:GetObject, s3:PutObject, s3:DeleteObject and s3:ListBucket for this bucket"
CREDENTIALS = "check the credentials that this process is given (environment, profile or role)"
REMEDIES = {
    "AccessDenied": RIGHTS,
    "NoSuchBucket": "create the bucket or correct its name",
    "PermanentRedirect": "set the region of this bucket",
    "AuthorizationHeaderMalformed": "set the region of this bucket",
    "InvalidAccessKeyId": CREDENTIALS,
    "SignatureDoesNotMatch": CREDENTIALS,
    "ExpiredToken": CREDENTIALS,
    "InvalidToken": CREDENTIALS,
    "RequestTimeTooSkewed": "set the clock of this machine",
    "NotImplemented": "this server knows no conditional writes; use one that does",
}
IGNORED = (
    "this server ignores the condition of a conditional write, so writers can't exclude each other; "
    "use one that honours If-None-Match and If-Match on PutObject"
)
CREDENTIAL_ERRORS = (
    NoCredentialsError,
    PartialCredentialsError,
    CredentialRetrievalError,
    TokenRetrievalError,
    SSOError,
)
OTHERWISE = "check network and endpoint, then run again"

Answer = TypeVar("Answer")


class S3Objects:
    """Keys below `prefix` in one bucket, by a boto3 S3 client (which threads may share).

    The server must honour If-None-Match and If-Match on PutObject, as Amazon's does; `check()` finds out. Some others
    ignore If-Match on DeleteObject and remove whatever is there: with them, delete nothing that may be another's.
    For claims, the client's timeouts times its attempts should be well below the time after which a claim expires.
    """

    def __init__(self, client: "BaseClient", bucket: str, prefix: str = "") -> None:
        self._client = client
        self._bucket = bucket
        self._prefix = f"{prefix.strip('/')}/" if prefix.strip("/") else ""

    def uri(self, key: str) -> str:
        return f"s3://{self._bucket}/{self._prefix}{key}"

    def check(self) -> None:
        """Raises StorageError if this server can't be written to, or ignores conditions: then claims hold nothing."""
        key = f".check-{secrets.token_hex(8)}"
        self.create(key, b"first")
        self.create(key, b"second")
        self.replace(key, b"third", '"0"')
        found = self.read(key)
        if found is not None:
            self.delete(key, found[1])
        if found is None or found[0] != b"first":
            raise StorageError(f"{self.uri(key)}: {IGNORED}")

    def create(self, key: str, content: bytes) -> str | None:
        return self._put(key, content, IfNoneMatch="*")

    def replace(self, key: str, content: bytes, etag: str) -> str | None:
        return self._put(key, content, IfMatch=etag)

    def read(self, key: str) -> tuple[bytes, str] | None:
        def get() -> tuple[bytes, str]:
            answer = self._client.get_object(**self._place(key))
            return answer["Body"].read(), answer["ETag"]

        return self._ask(key, get)

    def delete(self, key: str, etag: str) -> None:
        self._ask(key, lambda: self._client.delete_object(**self._place(key), IfMatch=etag))

    def _put(self, key: str, content: bytes, **condition: str) -> str | None:
        def put() -> str:
            answer = self._client.put_object(
                **self._place(key), Body=content, ContentType="application/json", **condition
            )
            return answer["ETag"]

        return self._ask(key, put)

    def _place(self, key: str) -> dict[str, str]:
        return {"Bucket": self._bucket, "Key": f"{self._prefix}{key}"}

    def _ask(self, key: str, request: Callable[[], Answer]) -> Answer | None:
        """The answer, or None if there is no such version.

        Messages hold codes and names only: what a server or endpoint says may hold parts of credentials.
        """
        try:
            return request()
        except ClientError as error:
            code = str(error.response.get("Error", {}).get("Code", "unknown"))
            if code in NOT_THIS_VERSION:
                return None
            remedy = REMEDIES.get(code, OTHERWISE)
            raise StorageError(f"{self.uri(key)}: {error.operation_name} was refused ({code}); {remedy}") from error
        except CREDENTIAL_ERRORS as error:
            raise StorageError(
                f"{self.uri(key)}: can't be asked for ({type(error).__name__}); {CREDENTIALS}"
            ) from error
        except BotoCoreError as error:
            raise StorageError(f"{self.uri(key)}: can't be reached ({type(error).__name__}); {OTHERWISE}") from error
