"""Errors of S3 requests as StorageError: the object, the cause and the remedy. Sending requests does not belong here.

Messages contain codes and names only: a server's own error text may contain parts of credentials.
"""

from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    CredentialRetrievalError,
    NoCredentialsError,
    PartialCredentialsError,
    SSOError,
    TokenRetrievalError,
)
from botocore.parsers import ResponseParserError

from pizza_assets.errors import StorageError

REQUEST_ERRORS = (ClientError, BotoCoreError, ResponseParserError)
"""Every error that a request can raise."""

CREDENTIALS = "check the credentials of this process (environment, profile or role)"
THROTTLED = "the server was still throttling requests after all retries; run again later"
DEFAULT_REMEDY = "check network, endpoint and region, then run again"
REMEDIES = {
    "NoSuchBucket": "create the bucket, or correct its name in PIZZA_STORAGE, S3_BUCKET_NAME or PIZZA_ORDERS_PATH",
    "PermanentRedirect": "set AWS_DEFAULT_REGION to the region of this bucket",
    "AuthorizationHeaderMalformed": "set AWS_DEFAULT_REGION to the region of this bucket",
    "IllegalLocationConstraintException": "set AWS_DEFAULT_REGION to the region of this bucket",
    "InvalidAccessKeyId": CREDENTIALS,
    "SignatureDoesNotMatch": CREDENTIALS,
    "ExpiredToken": CREDENTIALS,
    "InvalidToken": CREDENTIALS,
    "RequestTimeTooSkewed": "set the clock of this machine",
    "NotImplemented": "this server does not support this request; use one that does",
    "SlowDown": THROTTLED,
    "ServiceUnavailable": THROTTLED,
    "503": THROTTLED,
    "RequestTimeout": THROTTLED,
}
DENIED = frozenset({"AccessDenied", "403", "AllAccessDisabled", "AccountProblem"})
PERMISSIONS = {
    "ListObjectsV2": "s3:ListBucket",
    "GetObject": "s3:GetObject (and s3:ListBucket: without it S3 also denies access to an object that does not exist)",
    "PutObject": "s3:PutObject",
    "CreateMultipartUpload": "s3:PutObject",
    "UploadPart": "s3:PutObject",
    "CompleteMultipartUpload": "s3:PutObject",
    "AbortMultipartUpload": "s3:AbortMultipartUpload",
    "ListMultipartUploads": "s3:ListBucketMultipartUploads",
    "DeleteObject": "s3:DeleteObject",
    "ListObjectVersions": "s3:ListBucketVersions",
    "GetBucketVersioning": "s3:GetBucketVersioning",
}
"""The permission each operation needs; without it S3 answers AccessDenied."""

CREDENTIAL_ERRORS = (
    NoCredentialsError,
    PartialCredentialsError,
    CredentialRetrievalError,
    TokenRetrievalError,
    SSOError,
)


def error_code(error: BaseException) -> str:
    """The server's error code, such as NoSuchKey; empty if the error did not come from the server."""
    return str(error.response.get("Error", {}).get("Code", "unknown")) if isinstance(error, ClientError) else ""


def storage_error(uri: str, error: Exception) -> StorageError:
    """The StorageError for a failed request about `uri`."""
    if isinstance(error, ClientError):
        return StorageError(f"{uri}: {error.operation_name} was refused ({error_code(error)}); {_remedy(error)}")
    if isinstance(error, CREDENTIAL_ERRORS):
        return StorageError(f"{uri}: can't be accessed without credentials ({type(error).__name__}); {CREDENTIALS}")
    return StorageError(f"{uri}: no complete response ({type(error).__name__}); {DEFAULT_REMEDY}")


def _remedy(error: ClientError) -> str:
    code = error_code(error)
    if code not in DENIED:
        return REMEDIES.get(code, DEFAULT_REMEDY)
    needed = PERMISSIONS.get(error.operation_name, f"s3:{error.operation_name}")
    return f"allow {needed} for these credentials on this bucket"
