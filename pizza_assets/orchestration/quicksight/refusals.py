"""AWS's errors under names of ours, each with its remedy. Retrying is botocore's, see client.py."""

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
    """Whether QuickSight has no such thing, which is no failure where that is what was asked."""
    return isinstance(error.__cause__, ClientError) and _code(error.__cause__) == _NOT_FOUND


@contextmanager
def refusals(what: str) -> Iterator[None]:
    """Name what QuickSight refuses during the block; `what` says what was asked of it."""
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
            f"{what}: QuickSight was not reached ({error}); check network and QUICKSIGHT_REGION, then type the same "
            "command again"
        ) from error


def _named(what: str, error: ClientError) -> QuickSightError:
    code = _code(error)
    said = f"{what}: {code}: {error.response.get('Error', {}).get('Message', '')}".rstrip(": ")
    if code in _NOT_ALLOWED:
        return NotAllowed(f"{said}; use credentials that may do this, see docs/quicksight.md")
    if code in _NO_EDITION:
        return NotSubscribed(f"{said}; dashboards as code need QuickSight's Enterprise edition")
    if code in _TOO_BUSY:
        return TooBusy(f"{said}; wait a little, then type the same command again: it goes on where it was")
    return QuickSightError(f"{said}; what was made so far stays, the same command goes on from there")


def _code(error: ClientError) -> str:
    return str(error.response.get("Error", {}).get("Code", ""))
