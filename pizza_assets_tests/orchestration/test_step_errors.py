"""People are told the error that names path and remedy, wherever it stands in the chain."""

from dagster_shared.error import SerializableErrorInfo

from pizza_assets.errors import PizzaAssetsError, StorageError
from pizza_assets.orchestration.step_errors import told_error


def chained(*errors: Exception) -> str:
    """The message told of errors that each wrap the next one."""
    wrapped: SerializableErrorInfo | None = None
    for error in reversed(errors):
        wrapped = SerializableErrorInfo(str(error), [], type(error).__name__, wrapped)
    return told_error(wrapped).message


FULL = OSError(28, "No space left on device")
OURS = StorageError("/data/page.html: can't be written; free space")


def test_what_an_error_of_ours_wraps_does_not_hide_it() -> None:
    assert "/data/page.html: can't be written; free space" in chained(RuntimeError("step failed"), OURS, FULL)
    assert "/data/page.html" in chained(RuntimeError("step failed"), PizzaAssetsError("outer"), OURS, FULL)


def test_without_one_it_is_the_root_cause() -> None:
    assert "No space left" in chained(RuntimeError("step failed"), ValueError("x"), FULL)
    assert told_error(None).message == "no error was recorded"
