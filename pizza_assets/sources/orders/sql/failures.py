"""What a database's error means, in words with a remedy and without secrets."""

from pizza_assets.errors import AccessRefused, NotThere, SourceError, SourceUnavailable, Unreachable
from pizza_assets.sources.orders.sql.address import Address

_REFUSED = (
    "password authentication failed", "no password supplied", "access denied", "permission denied", "not authorized",
    "login failed", "no pg_hba.conf entry", "incorrect username or password", "authentication",
)  # fmt: skip
_TOO_SLOW = ("statement timeout", "interrupt", "execution time", "timed out", "timeout expired", "lock timeout")
_MISSING = ("does not exist", "doesn't exist", "no such table", "no such column", "unknown column", "unknown database")
_BROKEN = (
    "server closed the connection", "terminating connection", "connection refused", "could not connect", "ssl error",
    "ssl connection", "lost connection", "connection reset", "could not translate host", "name or service not known",
    "broken pipe", "connection to server", "no route to host", "starting up", "shutting down", "recovery mode",
    "too many clients", "too many connections",
)  # fmt: skip
_LONGEST = 300


def failure_of(error: BaseException, address: Address, table: str, timeout_seconds: int) -> SourceError:
    """The SourceError for a driver's error, which itself may show what must stay secret."""
    original = getattr(error, "orig", None) or error
    words = " ".join(address.masked(str(original)).split())[:_LONGEST]
    said, where = words.casefold(), f"{address.shown}, {table}"
    if any(sign in said for sign in _REFUSED):
        return AccessRefused(
            f"{where}: access was refused ({words}); correct user and password in PIZZA_ORDERS_URL, and let the user "
            "select from it"
        )
    if any(sign in said for sign in _MISSING):
        return NotThere(f"{where}: {words}; correct PIZZA_ORDERS_TABLE or the database in PIZZA_ORDERS_URL")
    if any(sign in said for sign in _BROKEN):
        return Unreachable(f"{where}: no connection, or it broke ({words}); nothing of the answer is used; run again")
    if any(sign in said for sign in _TOO_SLOW):
        return too_slow(where, timeout_seconds)
    return SourceUnavailable(
        f"{where}: the database refused the query ({words}); correct PIZZA_ORDERS_TABLE or run again"
    )


def too_slow(where: str, timeout_seconds: int) -> Unreachable:
    """The error of a statement that took longer than allowed."""
    return Unreachable(
        f"{where}: no answer within {timeout_seconds} s; add an index on the time column (and on "
        "PIZZA_ORDERS_UPDATED_AT), store a slow view as a table, or raise PIZZA_ORDERS_TIMEOUT"
    )
