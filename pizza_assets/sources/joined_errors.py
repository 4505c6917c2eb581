"""Several failures as one."""

from collections.abc import Sequence

from pizza_assets.errors import BadAnswer, SourceError, SourceUnavailable


def joined_errors(errors: Sequence[SourceError]) -> SourceError:
    """Several failures as one error that names each once; equal failures are returned as the first of them."""
    if len({(type(error), str(error)) for error in errors}) == 1:
        return errors[0]
    message = "; ".join(dict.fromkeys(str(error) for error in errors))
    kind = BadAnswer if all(isinstance(error, BadAnswer) for error in errors) else SourceUnavailable
    joined = kind(message)
    joined.__cause__ = errors[0]
    return joined
