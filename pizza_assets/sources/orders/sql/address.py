"""The address of a database: parsed, shown without secrets. Connecting does not belong here."""

import re
from dataclasses import dataclass
from functools import cached_property
from importlib.util import find_spec

import sqlalchemy as sa
from sqlalchemy.exc import ArgumentError

from pizza_assets.errors import ConfigurationError
from pizza_assets.models.secret import Secret

_POSTGRES_DRIVERS = ("psycopg2", "psycopg")
"""The first one that is installed is used if the address names none."""
_UNREADABLE = (
    "PIZZA_ORDERS_URL is no address of a database; write it as postgresql://user:password@host/database, with special "
    "characters of the password as in addresses (%40 for @, %2F for /)"
)
_FILES = ("sqlite", "duckdb")
_SHOWN_QUERY = frozenset({"sslmode", "charset", "warehouse", "role"})
_SHORTEST_KEY = 6
_NAMES_A_KEY = re.compile("pass|pwd|token|key|secret|credential|auth", re.IGNORECASE)


@dataclass(frozen=True)
class Address:
    """The address that PIZZA_ORDERS_URL keeps secret."""

    secret: Secret

    @cached_property
    def url(self) -> sa.URL:
        """The parsed address. Raises ConfigurationError, without showing it."""
        text = self.secret.reveal()
        if text.startswith("postgres://"):
            text = text.replace("postgres://", "postgresql://", 1)
        try:
            url = sa.make_url(text)
        except (ArgumentError, ValueError):
            raise ConfigurationError(_UNREADABLE) from None  # its cause shows a part of the address
        is_of_server = url.get_backend_name() not in _FILES
        if is_of_server and "@" in f"{url.host or ''}{url.database or ''}":  # a part of the password, which is shown
            raise ConfigurationError(_UNREADABLE)
        if url.drivername == "postgresql":
            installed = [driver for driver in _POSTGRES_DRIVERS if find_spec(driver)]
            return url.set(drivername=f"postgresql+{(installed or _POSTGRES_DRIVERS)[0]}")
        return url

    @property
    def shown(self) -> str:
        """The database without user, password and parameters."""
        place = f"{self.url.host or ''}{f':{self.url.port}' if self.url.port else ''}"
        return f"{self.url.get_backend_name()}://{place}/{self.url.database or ''}"

    @property
    def identity(self) -> str:
        """The database and the user, who may see rows that others do not; without secrets."""
        return f"{self.shown} {self.url.username or ''}"

    def masked(self, text: str) -> str:
        """`text` without the address, the password, and the parameters that may be keys."""
        parameters = [
            part
            for name, value in self.url.query.items()
            if name not in _SHOWN_QUERY
            for part in ([value] if isinstance(value, str) else value)
            if len(part) >= _SHORTEST_KEY or _NAMES_A_KEY.search(name)  # else common letters would be masked
        ]
        password = [] if self.url.password is None else [str(self.url.password)]
        for hidden in (self.secret.reveal(), *sorted((*password, *parameters), key=len, reverse=True)):
            text = Secret(hidden).masked(text)
        return text
