"""Cuts a message that is too long for a channel, and says so in the message."""


def shortened(text: str, longest: int) -> str:
    """The text, or as many of its first lines as leave room for a note; at most `longest` characters.

    A first line that is too long by itself is cut within.
    """
    if len(text) <= longest:
        return text
    head = text[: longest - len(_note(len(text))) - 1]
    kept = head.rpartition("\n")[0] or head
    return f"{kept}\n{_note(len(text) - len(kept))}"


def _note(missing: int) -> str:
    return f"… cut, {missing:,} more characters: `pizza digest` has a whole digest, Dagster's UI a failed run"
