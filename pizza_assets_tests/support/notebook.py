"""The example notebook: executed on a mock run, its outputs stored in it, and shown as a page: `make notebook`.

Its cells are plain Python, so they are executed here as they stand: a Jupyter kernel would bring 25 packages more.
"""

import ast
import contextlib
import copy
import io
import json
import os
import tempfile
from datetime import date, timedelta
from pathlib import Path
from unittest import mock

import dagster as dg

from pizza_assets_tests.support.pipeline import Pipeline
from pizza_assets_tests.support.reference_docs import DOCS

NOTEBOOK = DOCS / "examples" / "check-the-headline.ipynb"
PAGE = DOCS / "check-the-headline.md"
WEEKS = [(date(2026, 2, 3) + timedelta(weeks=number)).isoformat() for number in range(12)]
"""Enough for 29 dates with a match: the baseline needs 8 free weeks for every quarter-hour."""


def store_mock_run(folder: Path) -> None:
    """Twelve weeks of mock orders and matches, and the tables that the notebook reads."""
    pipeline = Pipeline(folder)
    with dg.DagsterInstance.ephemeral() as instance:
        collected = pipeline.collect(instance, WEEKS)
        assert not collected.failures
        tables = ("order_anomalies", "expected_orders", "match_impact", "event_study", "correlation_results")
        pipeline.definitions.resolve_job_def("analyse").execute_in_process(
            instance=instance, asset_selection=[dg.AssetKey(table) for table in tables]
        )


def stored_notebook() -> dict:
    return json.loads(NOTEBOOK.read_text(encoding="utf-8"))


def executed(notebook: dict, storage: Path) -> dict:
    """The notebook with the outputs of its cells, on the tables of this storage. Raises what a cell raises."""
    names: dict[str, object] = {}
    notebook = copy.deepcopy(notebook)
    code = [cell for cell in notebook["cells"] if cell["cell_type"] == "code"]
    with mock.patch.dict(os.environ, {"PIZZA_STORAGE": str(storage)}):
        for count, cell in enumerate(code, 1):
            cell.update(execution_count=count, outputs=_outputs("".join(cell["source"]), names, count))
    return notebook


def _outputs(source: str, names: dict[str, object], count: int) -> list[dict]:
    """What the cell prints, and the value of its last line if that is an expression, as nbformat stores them."""
    tree, shown = ast.parse(source), None
    if isinstance(tree.body[-1], ast.Expr) and not _is_print(tree.body[-1].value):
        shown = ast.Expression(tree.body.pop().value)
    printed = io.StringIO()
    value = None
    with contextlib.redirect_stdout(printed):
        exec(compile(tree, "cell", "exec"), names)
        if shown is not None:
            value = eval(compile(shown, "cell", "eval"), names)
    outputs: list[dict] = []
    if printed.getvalue():
        outputs.append({"output_type": "stream", "name": "stdout", "text": _lines(printed.getvalue())})
    if value is not None:
        data = {"text/plain": _lines(str(value))}
        outputs.append({"output_type": "execute_result", "execution_count": count, "metadata": {}, "data": data})
    return outputs


def _is_print(expression: ast.expr) -> bool:
    return isinstance(expression, ast.Call) and isinstance(expression.func, ast.Name) and expression.func.id == "print"


def _lines(text: str) -> list[str]:
    return text.splitlines(keepends=True)


def page(notebook: dict) -> str:
    """The notebook as a page of the docs."""
    parts = []
    for cell in notebook["cells"]:
        source = "".join(cell["source"])
        if cell["cell_type"] == "markdown":
            parts.append(source.replace("](../", "]("))
            continue
        parts.append(f"```python\n{source}\n```")
        for output in cell["outputs"]:
            text = output["text"] if output["output_type"] == "stream" else output["data"]["text/plain"]
            parts.append(f"```text\n{''.join(text).rstrip()}\n```")
    source = f"This page is generated from the [notebook](examples/{NOTEBOOK.name}) by `make notebook`."
    return "\n\n".join([parts[0], source, *parts[1:]]) + "\n"


def write(notebook: dict) -> None:
    NOTEBOOK.write_text(json.dumps(notebook, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    PAGE.write_text(page(notebook), encoding="utf-8")


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder:
        store_mock_run(Path(folder))
        write(executed(stored_notebook(), Path(folder)))
