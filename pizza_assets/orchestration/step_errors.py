"""Which of a failed step's chained errors people are told."""

from dagster_shared.error import SerializableErrorInfo

from pizza_assets import errors
from pizza_assets.errors import PizzaAssetsError

_OURS = {
    name for name, value in vars(errors).items() if isinstance(value, type) and issubclass(value, PizzaAssetsError)
}


def told_error(error: SerializableErrorInfo | None) -> SerializableErrorInfo:
    """The innermost error raised on purpose, which names thing, cause and remedy; without one, the root cause.

    Dagster's wrapper around a step says nothing, and what an error of ours wraps, such as an OSError, lacks the remedy.
    """
    if error is None:
        return SerializableErrorInfo("no error was recorded", [], None)
    chain = [error]
    while (cause := chain[-1].cause) is not None:
        chain.append(cause)
    ours = [one for one in chain if one.cls_name in _OURS]
    return (ours or chain)[-1]
