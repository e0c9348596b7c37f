"""``thalweg catalogue validate``: what is wrong with files of Items and Collections, and where, for people."""

import sys
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO

import orjson
from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

from thalweg.app.progress import counted
from thalweg.catalogue.inspection import Finding, Inspector
from thalweg.catalogue.limits import Limits
from thalweg.catalogue.strictness import Rules, Strictness, rules_in, rules_of
from thalweg.catalogue.validation import Validator
from thalweg.catalogue.vendored import name_of
from thalweg.core.errors import Fault, InvalidParameter, ThalwegError
from thalweg.guard.outbound import Outbound

_BY_LINE = frozenset({".ndjson", ".jsonl", ".geojsonl"})
_BY_ROW = frozenset({".parquet", ".geoparquet"})
_SUFFIXES = frozenset({".json", ".geojson", *_BY_LINE, *_BY_ROW})
_STDIN = "-"


def validate_files(
    names: Sequence[str],
    *,
    strictness: str | None = None,
    rules: Path | None = None,
    collection: Path | None = None,
    as_json: bool = False,
) -> int:
    """Say what is wrong with files, folders of files, or what comes by standard input (``-``).

    Args:
        names: of files and folders.
        strictness: off, core or extensions; stronger than what the rules or the Collection say.
        rules: a file of ``{"strictness": …, "rules": […]}``, as a Collection has it in ``thalweg:validation``.
        collection: a file of the Collection by whose rules the Items are judged.
        as_json: one line of JSON for each fault, instead of a line for people.

    Returns:
        0 where all is well, 1 where something is wrong: the exit code.

    Raises:
        InvalidParameter: the rules are wrong, or a name leads to nothing.
    """
    asked = _rules(rules, collection, strictness)
    inspector = Inspector(Validator(Outbound().check_spelling, Limits()), asked)
    report = _Report(Console(highlight=False, soft_wrap=True), as_json=as_json)
    files = list(_files(names))
    with _progress(report, sum(file.stat().st_size for file in files if str(file) != _STDIN)) as progress:
        for file in files:
            for finding, done in _findings(inspector, file):
                report.tell(file, finding)
                progress(done)
    report.summarise(len(files))
    return int(report.wrong > 0)


class _Report:
    """What is told as it is found, and what is told at the end."""

    def __init__(self, console: Console, *, as_json: bool) -> None:
        self._console = console
        self._as_json = as_json
        self.documents = self.wrong = self.faults = 0
        self._unchecked: Counter[str] = Counter()

    def tell(self, file: Path, finding: Finding) -> None:
        """Tell what is wrong with one document, and where: by line and column, or by row."""
        self.documents += 1
        self.wrong += bool(finding.faults)
        self.faults += len(finding.faults)
        self._unchecked.update(finding.unchecked)
        for number, fault in enumerate(finding.faults):
            where = _place(file, finding, number)
            if self._as_json:
                named = {"file": str(file), **where, "type": finding.kind, "id": finding.id}
                _write({**named, "parameter": fault.parameter, "detail": fault.why})
            else:
                at = f" row {where['row']}" if "row" in where else f":{where['line']}:{where['column']}"
                name = f" [dim]{escape(finding.id)}[/dim]" if finding.id else ""
                self._console.print(f"[bold]{escape(str(file))}{at}[/bold]{name} {escape(str(fault))}")

    def summarise(self, files: int) -> None:
        """Tell how many documents are well, and what was not checked."""
        if self._as_json:
            sums = {"documents": self.documents, "wrong": self.wrong, "faults": self.faults}
            _write({"files": files, **sums, "unchecked": dict(self._unchecked)})
            return
        well = self.documents - self.wrong
        wrong = f"[red]{self.wrong:,} wrong[/red], with {counted(self.faults, 'fault')}" if self.wrong else "none wrong"
        looked = f"{counted(self.documents, 'document')} in {counted(files, 'file')}"
        self._console.print(f"{looked}: [green]{well:,} valid[/green], {wrong}")
        for address, count in self._unchecked.most_common():
            name = escape(name_of(address))
            self._console.print(f"[yellow]not checked[/yellow] {name}: not carried here ({counted(count, 'document')})")


def _place(file: Path, finding: Finding, number: int) -> dict[str, int]:
    if file.suffix in _BY_ROW:
        return {"row": finding.line}
    place = finding.places[number] if number < len(finding.places) else None
    line, column = (place.line, place.column) if place else (finding.line, 1)
    return {"line": line, "column": column}


def _findings(inspector: Inspector, file: Path) -> Iterator[tuple[Finding, int]]:
    """Yield what was seen of each document, and how many bytes of the file were read then."""
    if file.suffix in _BY_ROW:
        yield from _of_rows(inspector, file)
        return
    with _opened(file) as stream:
        for finding in inspector.inspect(stream, by_line=file.suffix in _BY_LINE):
            yield finding, stream.tell() if stream.seekable() else 0


def _of_rows(inspector: Inspector, file: Path) -> Iterator[tuple[Finding, int]]:
    from thalweg.harvest.sources.geoparquet import GeoParquet  # noqa: PLC0415 - Arrow takes seconds to load

    row = 0
    try:
        source = GeoParquet(file)
        size = file.stat().st_size / max(1, source.extent or 0)
        for one in source.rows(0):
            row, read = one.place, one.document
            finding = _unread(row, read) if isinstance(read, ThalwegError) else inspector.judged(read, row)
            yield finding, int(size * one.done)
    except ThalwegError as error:
        yield _unread(row + 1, error), 0


def _unread(row: int, error: ThalwegError) -> Finding:
    fault = error.faults[0] if isinstance(error, InvalidParameter) else Fault("document", str(error))
    return Finding(row, "", "", (Fault("document", fault.why),))


def _rules(rules: Path | None, collection: Path | None, strictness: str | None) -> Rules:
    asked = rules_of(_document(collection)) if collection is not None else Rules()
    if rules is not None:
        asked = rules_in(_document(rules), "rules")
    return Rules(Strictness(strictness), asked.house) if strictness is not None else asked


def _document(file: Path) -> dict[str, Any]:
    try:
        document = orjson.loads(file.read_bytes())
    except OSError as error:
        raise InvalidParameter(str(file), f"cannot be read: {error.strerror}") from error
    except orjson.JSONDecodeError as error:
        raise InvalidParameter(str(file), f"is not JSON: {error}") from error
    if not isinstance(document, dict):
        raise InvalidParameter(str(file), "is not a JSON object")
    return document


def _files(names: Sequence[str]) -> Iterator[Path]:
    for name in names:
        path = Path(name)
        if path.is_dir():
            yield from sorted(file for file in path.rglob("*") if file.suffix in _SUFFIXES and file.is_file())
        elif name == _STDIN or path.is_file():
            yield path
        else:
            raise InvalidParameter(name, "is neither a file nor a folder")


@contextmanager
def _opened(file: Path) -> Iterator[BinaryIO]:
    if str(file) == _STDIN:
        yield sys.stdin.buffer
        return
    with file.open("rb") as stream:
        yield stream


@contextmanager
def _progress(report: _Report, total: int) -> Iterator[Callable[[int], None]]:
    """Yield what is called with the bytes read after each document; it is shown where a person looks."""
    columns = (TextColumn("{task.fields[documents]} documents"), BarColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True, disable=not sys.stderr.isatty()) as progress:
        bar, before = progress.add_task("", total=total, documents=0), 0

        def advance(now: int) -> None:
            nonlocal before
            progress.update(bar, advance=max(0, now - before), documents=f"{report.documents:,}")
            before = now

        yield advance


def _write(line: dict[str, Any]) -> None:
    sys.stdout.buffer.write(orjson.dumps(line, option=orjson.OPT_APPEND_NEWLINE))
    sys.stdout.buffer.flush()
