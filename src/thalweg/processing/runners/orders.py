"""What the worker tells a child to do, and what the child tells back: JSON, one document a line."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Literal

from thalweg.core.processes import StagedItem

_STAGED = "thalweg:staged"


@dataclass(frozen=True, slots=True)
class Bounds:
    """What a child may use; 0 leaves it to the system. They bound each of its programs, not their sum.

    Attributes:
        memory: bytes of address space.
        cpu: seconds of processor time.
        file: bytes of one file that it writes.
    """

    memory: int = 0
    cpu: int = 0
    file: int = 0


@dataclass(frozen=True, slots=True)
class Order:
    """One execution.

    Attributes:
        kind: ``native`` (``what`` is ``module:attribute``) or ``cwl`` (``what`` is a CWL document).
        inputs: validated; an Item is a ``StagedItem``.
        folder: empty; the child's working folder is below it.
    """

    kind: Literal["native", "cwl"]
    what: Any
    inputs: Mapping[str, Any]
    folder: Path
    bounds: Bounds = Bounds()

    def written(self) -> str:
        """Write it for the child."""
        inputs = {name: _written(value) for name, value in self.inputs.items()}
        whole = {"kind": self.kind, "what": self.what, "inputs": inputs, "folder": str(self.folder)}
        return json.dumps({**whole, "bounds": asdict(self.bounds)})

    @classmethod
    def read(cls, text: str) -> "Order":
        """Read it in the child."""
        told = json.loads(text)
        inputs = {name: _read(value) for name, value in told["inputs"].items()}
        return cls(told["kind"], told["what"], inputs, Path(told["folder"]), Bounds(**told["bounds"]))


def _written(value: Any) -> Any:  # noqa: ANN401 - JSON
    if isinstance(value, StagedItem):
        files = {key: str(path) for key, path in value.files.items()}
        return {_STAGED: {"document": dict(value.document), "files": files}}
    return value


def _read(value: Any) -> Any:  # noqa: ANN401 - JSON
    if isinstance(value, Mapping) and _STAGED in value:
        told = value[_STAGED]
        return StagedItem(told["document"], {key: Path(path) for key, path in told["files"].items()})
    return value
