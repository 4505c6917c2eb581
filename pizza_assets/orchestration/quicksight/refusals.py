"""AWS's errors as errors of this project, each with its remedy. botocore does the retries, see client.py."""

from collections.abc import Iterator
from contextlib import contextmanager

from botocore.exceptions import BotoCoreError, ClientError, NoCredentialsError, NoRegionError

from pizza_assets.errors import ConfigurationError, NotAllowed, NotSubscribed, QuickSightError, TooBusy

_NOT_FOUND = "ResourceNotFoundException"
_TOO_BUSY = frozenset({"ThrottlingException", "TooManyRequestsException", "RequestLimitExceeded"})
_NOT_ALLOWED = frozenset(
    {
        "AccessDenied",
        "AccessDeniedException",
        "ExpiredToken",
        "ExpiredTokenException",
        "InvalidClientTokenId",
        "InvalidSignatureException",
        "UnrecognizedClientException",
    }
)
_NO_EDITION = frozenset({"UnsupportedUserEditionException", "UnsupportedPricingPlanException"})


def says_not_found(error: QuickSightError) -> bool:
    """Whether the resource does not exist, which is no failure to a caller who asks just that."""
    return isinstance(error.__cause__, ClientError) and _code(error.__cause__) == _NOT_FOUND


@contextmanager
def refusals(what: str) -> Iterator[None]:
    """Translate AWS's errors within the block; `what` names the resource and the call."""
    try:
        yield
    except ClientError as error:
        raise _named(what, error) from error
    except NoCredentialsError as error:
        raise NotAllowed(f"{what}: there are no AWS credentials; sign in (`aws sso login`, AWS_PROFILE)") from error
    except NoRegionError as error:
        raise ConfigurationError(f"{what}: no region; set QUICKSIGHT_REGION") from error
    except BotoCoreError as error:
        raise QuickSightError(
            f"{what}: QuickSight could not be reached ({error}); check the network and QUICKSIGHT_REGION, then run the "
            "same command again"
        ) from error


def _named(what: str, error: ClientError) -> QuickSightError:
    code = _code(error)
    message = f"{what}: {code}: {error.response.get('Error', {}).get('Message', '')}".rstrip(": ")
    if code in _NOT_ALLOWED:
        return NotAllowed(f"{message}; use credentials that allow this, see docs/quicksight.md")
    if code in _NO_EDITION:
        return NotSubscribed(f"{message}; upgrade QuickSight to its Enterprise edition")
    if code in _TOO_BUSY:
        return TooBusy(f"{message}; wait a little, then run the same command again to resume")
    return QuickSightError(f"{message}; completed steps are kept, run the same command again to resume")


def _code(error: ClientError) -> str:
    return str(error.response.get("Error", {}).get("Code", ""))
