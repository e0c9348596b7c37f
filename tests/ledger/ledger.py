"""The ledger's rows, the source documents' lines, and what is missing between the two.

Only ``documents``, ``systems`` and ``unproved`` read files; each finding is one printable sentence.
"""

import ast
import re
from collections import Counter
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Annotated, Literal, Self

import yaml
from pydantic import BaseModel, BeforeValidator, ConfigDict, StringConstraints, TypeAdapter, model_validator

Block = Literal[
    "core", "web", "sql", "blobs", "guard",
    "catalogue", "access", "processing", "workspaces", "identity", "harvest", "search", "signatures", "hydrology",
    "automation", "hypervision", "finops", "pools", "lab", "portal", "sdk", "app",
    "deploy", "docs", "tests",
]  # fmt: skip
"""The rooms of the house (docs/architecture.md) that may hold a requirement."""

Text = Annotated[str, StringConstraints(min_length=1, strip_whitespace=True)]
Slug = Annotated[str, StringConstraints(pattern=r"^[a-z0-9]+(-[a-z0-9]+)+$")]


def _several(value: object) -> object:
    return [value] if isinstance(value, str) else value


class Row(BaseModel):
    """One requirement, the lines that ask for it, and where it stands.

    ``source`` is one file name, or several where two documents ask the same in the same or other words.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: Slug
    requirement: Text
    source: Annotated[tuple[Text, ...], BeforeValidator(_several)]
    quotes: tuple[Text, ...]
    block: Block | None = None
    status: Literal["done", "todo", "exempt"]
    reason: Text | None = None
    tests: tuple[Text, ...] = ()

    @model_validator(mode="after")
    def _says_what_its_status_asks(self) -> Self:
        if not self.source or not self.quotes:
            raise ValueError(f"{self.id}: names no source or quotes nothing")
        if self.status == "exempt" and self.reason is None:
            raise ValueError(f"{self.id}: is exempt without a reason")
        if self.status != "exempt" and self.block is None:
            raise ValueError(f"{self.id}: names no block to hold it")
        if (self.status == "done") != bool(self.tests):
            raise ValueError(f"{self.id}: 'done' names tests, and nothing else does")
        return self


Documents = Mapping[str, str]
"""The text of each source document by its file name."""

_TABLE_RULE_OR_FENCE = re.compile(r"^[|:\s-]*---?[|:\s-]*$|^```")
_BULLET = re.compile(r"^[*•◦+-]\s+")
_UNESCAPED_PIPE = re.compile(r"(?<!\\)\|")
_TEST_FILE = re.compile(r"^tests/|\.(test|spec)\.[a-z]+$")
_PARAMETERS = re.compile(r"\[.*$", re.DOTALL)


def lines(document: str) -> list[str]:
    """Return what a document says, in order: each bullet, table cell and other line that is not empty.

    A bullet stands without its mark and a cell without its pipes or tabs; all else stands as written. Rules under a
    table's head and the fences of front matter and code say nothing and are left out.
    """
    found: list[str] = []
    for written in document.splitlines():
        line = written.strip()
        if not _TABLE_RULE_OR_FENCE.match(line):
            found += [cell.strip() for cell in _cells(line) if cell.strip()]
    return found


def _cells(line: str) -> list[str]:
    if line.startswith("|") and line.endswith("|"):
        return _UNESCAPED_PIPE.split(line)
    return _BULLET.sub("", line).split("\t")


def documents(folder: Path) -> dict[str, str]:
    """Read every source document of a folder."""
    return {path.name: path.read_text(encoding="utf-8") for path in sorted(folder.glob("*.txt"))}


def systems(folder: Path) -> dict[str, list[Row]]:
    """Read the ledger: the rows of each system by the name of its file.

    Raises:
        ValidationError: a row breaks the rules of ``Row``; every such row is named.
    """
    as_rows = TypeAdapter(list[Row])
    return {
        path.stem: as_rows.validate_python(yaml.safe_load(path.read_text(encoding="utf-8")))
        for path in sorted(folder.glob("*.yaml"))
    }


def unquoted(rows: Iterable[Row], sources: Documents) -> list[str]:
    """Name the lines of the source documents that no row quotes."""
    answered = {(name, quote) for row in rows for name in row.source for quote in row.quotes}
    return [
        f"{name}: {line!r} is quoted by no row"
        for name, text in sources.items()
        for line in lines(text)
        if (name, line) not in answered
    ]


def misquoted(rows: Iterable[Row], sources: Documents) -> list[str]:
    """Name the quotes that stand in none of their row's sources, and the sources of which a row quotes nothing."""
    said = {name: set(lines(text)) for name, text in sources.items()}
    return [finding for row in rows for finding in (*_absent(row, said), *_idle(row, said))]


def _absent(row: Row, said: Mapping[str, set[str]]) -> list[str]:
    known = set[str]().union(*(said.get(name, set()) for name in row.source))
    return [f"{row.id}: {quote!r} is no line of {', '.join(row.source)}" for quote in row.quotes if quote not in known]


def _idle(row: Row, said: Mapping[str, set[str]]) -> list[str]:
    return [
        f"{row.id}: quotes nothing of {name}" for name in row.source if said.get(name, set()).isdisjoint(row.quotes)
    ]


def repeated(rows: Iterable[Row]) -> list[str]:
    """Name the ids that more than one row bears."""
    return [
        f"{taken}: {times} rows bear this id" for taken, times in Counter(row.id for row in rows).items() if times > 1
    ]


def unproved(rows: Iterable[Row], root: Path) -> list[str]:
    """Name the tests of ``done`` rows that do not exist under the project's root."""
    return [
        f"{row.id}: {node}: {fault}" for row in rows for node in row.tests if (fault := _fault(node, root)) is not None
    ]


def _fault(node: str, root: Path) -> str | None:
    """Say why a pytest node id or a test's path proves nothing, or ``None`` where it exists."""
    path, *names = node.split("::")
    file = (root / path).resolve()
    if not file.is_relative_to(root.resolve()) or not file.is_file():
        return "no such file"
    if file.suffix == ".py":
        return _fault_in(_tests(ast.parse(file.read_text(encoding="utf-8"))), "::".join(names))
    return None if _TEST_FILE.search(path) and not names else "no test's file"


def _fault_in(tests: set[str], name: str) -> str | None:
    if not name:
        return None if tests else "the file holds no test"
    return None if _PARAMETERS.sub("", name) in tests else "no such test in the file"


def _tests(module: ast.Module) -> set[str]:
    """Return the tests of a module as pytest names them: ``test_x``, or ``TestY::test_x`` for a method."""
    groups = [(f"{node.name}::", node.body) for node in module.body if isinstance(node, ast.ClassDef)]
    return {
        group + node.name
        for group, body in [("", module.body), *groups]
        for node in body
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.name.startswith("test_")
    }
