"""One writer at a time of one name: what storage asks for, whatever holds it."""

from typing import Protocol


class Claim(Protocol):
    """Held while a block runs."""

    def confirm(self) -> None:
        """Raises StorageError if the claim was lost meanwhile; asked just before publishing."""
        ...
