"""What a channel's HTTP status means for the person who set its address."""


def refusal(status: int, check: str) -> str:
    """The end of a sentence about a channel: what it answered, and what to do. check: how to correct its address."""
    if status >= 500:
        return f"has a fault of its own (HTTP {status}); nothing is wrong here: try again later"
    if status == 429:
        return "received too many messages (HTTP 429); try again later"
    return f"rejected a message (HTTP {status}); {check}"
