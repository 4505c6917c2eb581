"""What may be shown in a terminal: names and messages from files, servers and settings must not steer it."""


def printable(text: str) -> str:
    """The text with every control, direction mark and half character escaped, except line breaks and tabs."""
    return "".join(letter if letter.isprintable() or letter in "\n\t" else ascii(letter)[1:-1] for letter in text)
