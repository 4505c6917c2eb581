"""The interface of an exclusive claim on a name, whether a lock or an object holds it."""

from typing import Protocol


class Claim(Protocol):
    """Held while a block runs."""

    def confirm(self) -> None:
        """Raise StorageError if the claim was lost meanwhile; called just before publishing."""
        ...
