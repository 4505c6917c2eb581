"""A number with its noun, in the singular or the plural."""


def counted_noun(count: int, noun: str, plural: str) -> str:
    """ "1 order", "1,200 orders"."""
    return f"{count:,} {noun if count == 1 else plural}"
