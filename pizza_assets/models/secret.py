"""A string that must not be shown."""


class Secret:
    """A key or token: prints as ***, and only `reveal` returns its text. Where it is used does not belong here."""

    def __init__(self, text: str) -> None:
        self._text = text

    def reveal(self) -> str:
        """The text itself, for a request's header only."""
        return self._text

    def masked(self, text: str) -> str:
        """`text` with every occurrence of the secret replaced by ***."""
        return text.replace(self._text, "***") if self._text else text

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Secret) and other._text == self._text

    def __hash__(self) -> int:
        return hash(self._text)

    def __repr__(self) -> str:
        return "***"
