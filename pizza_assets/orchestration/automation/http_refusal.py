"""What a channel's HTTP status means for the person who set its address."""

_LATER = "try again later"


def refusal(status: int, check: str) -> tuple[str, str]:
    """What the channel did, and the remedy. check: how to correct its address."""
    if status >= 500:
        return f"has a fault of its own (HTTP {status})", _LATER
    if status == 429:
        return "received too many messages (HTTP 429)", _LATER
    return f"rejected a message (HTTP {status})", check
