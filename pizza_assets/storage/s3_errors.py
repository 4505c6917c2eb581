"""What S3 refuses, in words: the object, the cause and the remedy. Asking S3 does not belong here.

Messages hold codes and names only: what a server or endpoint says may hold parts of credentials.
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
"""Everything that a request can end with besides an answer."""

CREDENTIALS = "check the credentials that this process is given (environment, profile or role)"
SLOWER = "the server wants fewer requests, and still did after all retries; run again later"
OTHERWISE = "check network, endpoint and region, then run again"
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
    "NotImplemented": "this server does not know this request; use one that does",
    "SlowDown": SLOWER,
    "ServiceUnavailable": SLOWER,
    "503": SLOWER,
    "RequestTimeout": SLOWER,
}
DENIED = frozenset({"AccessDenied", "403", "AllAccessDisabled", "AccountProblem"})
PERMISSIONS = {
    "ListObjectsV2": "s3:ListBucket",
    "GetObject": "s3:GetObject (and s3:ListBucket: without it S3 says the same of an object that is not there)",
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
"""What an operation needs; a policy that allows less is answered with AccessDenied."""

CREDENTIAL_ERRORS = (
    NoCredentialsError,
    PartialCredentialsError,
    CredentialRetrievalError,
    TokenRetrievalError,
    SSOError,
)


def code_of(error: BaseException) -> str:
    """The server's code, such as NoSuchKey; empty if no server refused anything."""
    return str(error.response.get("Error", {}).get("Code", "unknown")) if isinstance(error, ClientError) else ""


def named(uri: str, error: Exception) -> StorageError:
    """The error of a request about `uri`, as one of ours."""
    if isinstance(error, ClientError):
        return StorageError(f"{uri}: {error.operation_name} was refused ({code_of(error)}); {_remedy(error)}")
    if isinstance(error, CREDENTIAL_ERRORS):
        return StorageError(f"{uri}: can't be asked for without credentials ({type(error).__name__}); {CREDENTIALS}")
    return StorageError(f"{uri}: no whole answer came ({type(error).__name__}); {OTHERWISE}")


def _remedy(error: ClientError) -> str:
    code = code_of(error)
    if code not in DENIED:
        return REMEDIES.get(code, OTHERWISE)
    needed = PERMISSIONS.get(error.operation_name, f"s3:{error.operation_name}")
    return f"allow {needed} for these credentials on this bucket"
