"""A text that must not be shown."""


class Secret:
    """A key or token: prints as ***, and is given out only by `reveal`. Where it is put does not belong here."""

    def __init__(self, text: str) -> None:
        self._text = text

    def reveal(self) -> str:
        """The text itself: for a request's header and nowhere else."""
        return self._text

    def masked(self, text: str) -> str:
        """`text` with *** wherever the secret stands in it."""
        return text.replace(self._text, "***") if self._text else text

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Secret) and other._text == self._text

    def __hash__(self) -> int:
        return hash(self._text)

    def __repr__(self) -> str:
        return "***"
