"""Finds every message of an error that is raised on purpose, in the code, and judges whether it names a remedy.

A message is judged by its literal text: placeholders stand as `{expression}`, except those whose text is known, such as
module constants. A message that is built in a function of the same module is found there.
"""

import ast
import importlib
import inspect
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from types import ModuleType

from pizza_assets import errors
from pizza_assets.errors import PizzaAssetsError
from pizza_assets_tests.conftest import PROJECT_ROOT

_VERBS = (
    "add allow change check choose close collect copy correct create delete download drop export find fix free give "
    "install keep launch leave let list make map materialize move name point put read remove rename repeat report "
    "return run save say send set sign split stop swap switch try unpack unset update upgrade use wait write"
)
_INSTRUCTION = re.compile(
    rf"(?:^|[;:,.(—]\s+|\}}|\b(?:and|or|then)\s+)(?:{'|'.join(_VERBS.split())})\b"
    r"|\b(?:the service|its sender) must\b|\bmust be\b|\bmay stand only\b"
    r"|\bsee (?:\{|docs/|its |the )|`[^`]*` lists|\blists how each service is written",
    re.IGNORECASE | re.MULTILINE,
)
_NAMED = re.compile(r"\{|`|[A-Z]+_[A-Z_]+|--[a-z]|\bfunction\b|\bthe export\b")
_SENTENCE = re.compile(r"\{(?:message|refusal|error|why)\}")


def names_a_remedy(message: str) -> bool:
    """Whether the message tells its reader what to do."""
    return _INSTRUCTION.search(message) is not None


def names_a_thing_and_a_cause(message: str) -> bool:
    """Whether the message names what it is about, and says more than what to do."""
    *_, remedy = [None, *_INSTRUCTION.finditer(message)]
    told = message if remedy is None else message[: remedy.start()]
    is_told = _SENTENCE.search(told) is not None or len(re.findall(r"\w{2,}", told)) >= 2
    return is_told and _NAMED.search(message) is not None


@dataclass(frozen=True)
class Message:
    """place: file and line of the call. error: name of the class. text: with placeholders; None if not known here."""

    place: str
    error: str
    text: str | None


def messages() -> Iterator[Message]:
    """All messages of the package's errors; those with more than one possible text are given once for each."""
    classes = {name for name, value in vars(errors).items() if inspect.isclass(value) and _is_ours(value)}
    for path in sorted((PROJECT_ROOT / "pizza_assets").rglob("*.py")):
        if path.name != "errors.py":
            module = _Module(path)
            for call in module.calls(classes):
                for text in module.texts(call.args[0]):
                    yield Message(f"{module.name}:{call.lineno}", _called(call) or "", text)


def ends_of_messages() -> Iterator[Message]:
    """Texts that continue a message about a named setting or key of a file: they need not name it again."""
    for path in sorted((PROJECT_ROOT / "pizza_assets").rglob("*.py")):
        module = _Module(path)
        calls = []
        if path.name == "mapping_reader.py":
            calls += [(call, call.args[-1]) for call in module.calls({"_fail"})]
        if "settings" in path.parts or path.name == "api_contract.py":
            calls += [(call, call.args[0]) for call in module.calls({"ValueError"})]
        for call, argument in calls:
            for text in module.texts(argument):
                yield Message(f"{module.name}:{call.lineno}", _called(call) or "", text)


def remedies() -> Iterator[tuple[str, str]]:
    """All texts that are called a remedy: constants, variables and arguments, with their place."""
    for path in sorted((PROJECT_ROOT / "pizza_assets").rglob("*.py")):
        module = _Module(path)
        for name, value in module.named_texts():
            if "remedy" in name.lower():
                yield f"{module.name}:{value.lineno}", module.text(value)


def _is_ours(value: type) -> bool:
    return issubclass(value, PizzaAssetsError)


def _called(call: ast.Call) -> str | None:
    return call.func.id if isinstance(call.func, ast.Name) else getattr(call.func, "attr", None)


class _Module:
    def __init__(self, path: Path) -> None:
        self._tree = ast.parse(path.read_text(encoding="utf-8"))
        self.name = path.relative_to(PROJECT_ROOT).with_suffix("").as_posix().replace("/", ".")

    @cached_property
    def _live(self) -> ModuleType:
        return importlib.import_module(self.name)

    def calls(self, names: set[str]) -> Iterator[ast.Call]:
        for node in ast.walk(self._tree):
            if isinstance(node, ast.Call) and _called(node) in names and node.args:
                yield node

    def texts(self, first: ast.expr) -> Iterator[str | None]:
        """The possible texts of an argument; None if its text is not known in this module."""
        if not isinstance(first, ast.Call):
            yield (
                self.text(first) if isinstance(first, ast.JoinedStr | ast.Constant | ast.BinOp) else self._known(first)
            )
            return
        built = [
            node for node in ast.walk(self._tree) if isinstance(node, ast.FunctionDef) and node.name == _called(first)
        ]
        returned = [node.value for function in built for node in ast.walk(function) if isinstance(node, ast.Return)]
        yield from (self.text(value) for value in returned if value is not None) if returned else [None]

    def text(self, node: ast.expr) -> str:
        """The literal text of an expression, with placeholders."""
        if isinstance(node, ast.Constant):
            return str(node.value)
        if isinstance(node, ast.JoinedStr):
            return "".join(self.text(part) for part in node.values)
        if isinstance(node, ast.BinOp):
            return self.text(node.left) + self.text(node.right)
        if isinstance(node, ast.IfExp):
            return f"{self.text(node.body)} {self.text(node.orelse)}"
        if isinstance(node, ast.FormattedValue):
            return self.text(node.value)
        return self._known(node) or f"{{{ast.unparse(node)}}}"

    def _known(self, node: ast.expr) -> str | None:
        known = getattr(self._live, node.id, None) if isinstance(node, ast.Name) else None
        return known if isinstance(known, str) else None

    def named_texts(self) -> Iterator[tuple[str, ast.expr]]:
        """Texts with the name of their variable or argument."""
        for node in ast.walk(self._tree):
            if isinstance(node, ast.Assign):
                named = [(target.id, node.value) for target in node.targets if isinstance(target, ast.Name)]
            elif isinstance(node, ast.keyword):
                named = [(node.arg or "", node.value)]
            else:
                continue
            yield from ((name, value) for name, value in named if isinstance(value, ast.JoinedStr | ast.Constant))
