"""Processes: what can be computed, and the little that one sees of the platform while it runs.

A Process's science is a pure module of the block that knows it. It runs in a child, sees only the files staged in for
it, and answers with values and with Items whose asset hrefs are paths relative to its folder; the worker stages these
out and registers them.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

from thalweg.core.items import Document

ITEM_FORMAT = "stac-item"
"""The ``format`` of an input's schema whose value names an Item: ``{collection}/{item}``."""


@dataclass(frozen=True, slots=True)
class Input:
    """One input; ``schema`` is JSON Schema, its ``default`` is used where the input is not given."""

    title: str
    schema: Mapping[str, Any]
    description: str = ""
    required: bool = False

    @property
    def is_item(self) -> bool:
        """Tell whether the value names an Item that is staged in."""
        return self.schema.get("format") == ITEM_FORMAT


@dataclass(frozen=True, slots=True)
class Output:
    """One output, described by JSON Schema."""

    title: str
    schema: Mapping[str, Any]
    description: str = ""


@dataclass(frozen=True, slots=True)
class ProcessDescription:
    """What a person or a program must know before executing a Process."""

    id: str
    version: str
    title: str
    description: str
    inputs: Mapping[str, Input]
    outputs: Mapping[str, Output]
    keywords: tuple[str, ...] = ()


class Progress(Protocol):
    """Tells the platform how far the work is; cheap, may be called often."""

    def __call__(self, fraction: float, message: str) -> None:
        """Say how much is done, from 0 to 1, and with what the work goes on."""
        ...


@dataclass(frozen=True, slots=True)
class StagedItem:
    """An Item with its assets as local files."""

    document: Document
    files: Mapping[str, Path]


@dataclass(frozen=True, slots=True)
class Execution:
    """One execution as the Process sees it.

    Attributes:
        inputs: validated and defaulted; an Item input is a ``StagedItem``.
        folder: empty, the Process's own; outputs are written below it.
    """

    inputs: Mapping[str, Any]
    folder: Path
    progress: Progress


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came out: plain values, and Items whose asset hrefs are relative to the execution's folder."""

    values: Mapping[str, Any]
    items: tuple[Document, ...] = field(default_factory=tuple)


class Process(Protocol):
    """A native Process, found by the entry points of ``thalweg.processes``."""

    @property
    def description(self) -> ProcessDescription:
        """Say what it is."""
        ...

    def run(self, execution: Execution) -> Outcome:
        """Do the work; raise ``InvalidParameter('inputs/NAME', why)`` for what only the data can tell is wrong."""
        ...
