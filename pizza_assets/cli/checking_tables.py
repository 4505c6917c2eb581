"""Implements `pizza check --table`: a table of a database is checked like an export of its rows.

Its first rows are read with all columns, to propose a mapping; then all rows, with the mapped columns only. Both are
temporary files.
"""

import shlex
from collections.abc import Mapping
from pathlib import Path

from pizza_assets.cli.checking import Stand, check
from pizza_assets.cli.mapping_file import MappingFile
from pizza_assets.errors import ConfigurationError
from pizza_assets.models.secret import Secret
from pizza_assets.sources.orders.file_mapping import FileMapping
from pizza_assets.sources.orders.proposal.answers import Answers
from pizza_assets.sources.orders.proposal.sample import SAMPLE_LINES
from pizza_assets.sources.orders.sql.database import Database, open_database
from pizza_assets.sources.orders.sql.relation import Relation
from pizza_assets.sources.orders.sql.rows import RowFile
from pizza_assets.temporary import temporary_folder
from pizza_assets.workbench import Workbench


def check_table(
    address: str | None,
    table: str | None,
    answers: Answers,
    mapping_file: Path | None,
    write_to: MappingFile | None,
    *,
    accepts_doubts: bool = False,
    again: str | None = None,
) -> int:
    """Print the report on a table, view or query; see checking.check. address: None for that of PIZZA_ORDERS_URL.

    Raises ConfigurationError without a table or an address.
    """
    if table is None:
        raise ConfigurationError("a database needs --table; name the table or view of the orders, such as sales.orders")
    relation = Relation(table)
    settings = Workbench().settings
    secret = settings.orders_url if address is None else Secret(address)
    if secret is None:
        raise ConfigurationError("--table needs the address of the database; set PIZZA_ORDERS_URL")
    database = open_database(secret, relation, settings.orders_timeout)
    with temporary_folder("check") as folder:
        sample = Path(folder) / f"{'query' if relation.is_query else table}.parquet"
        _write(database, relation, database.columns(), sample, limit=SAMPLE_LINES)

        def whole(mapping: FileMapping) -> Path:
            file = Path(folder) / "rows" / sample.name
            file.parent.mkdir()
            _write(database, relation, _mapped(mapping, database.columns()), file)
            return file

        stand = Stand(Path(folder) / "staging", whole, _settings(table))
        return check([sample], answers, mapping_file, write_to, accepts_doubts=accepts_doubts, stand=stand, again=again)


def _mapped(mapping: FileMapping, present: list[str]) -> list[str]:
    wanted = {
        spelling for name, header in mapping.columns.items() for spelling in mapping.spellings.get(name, (header,))
    }
    return [name for name in present if name in wanted] or present[:1]


def _write(database: Database, relation: Relation, columns: list[str], file: Path, limit: int | None = None) -> None:
    with RowFile(file, columns) as rows:
        database.write(relation.selected(columns).limit(limit), columns, rows, file.with_suffix(".csv"))


def _settings(table: str) -> Mapping[str, str]:
    return {
        "PIZZA_ORDERS": "sql",
        "PIZZA_ORDERS_URL": "…     # the database's address",
        "PIZZA_ORDERS_TABLE": shlex.quote(table),
    }
