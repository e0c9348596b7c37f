"""Archives: folders of this machine that workspaces read where they lie."""

from dataclasses import dataclass
from pathlib import Path

ARCHIVES = ".archives"
"""The folder of a workspace below which its archives appear, each by its name; nothing is ever written there."""


@dataclass(frozen=True, slots=True)
class Archive:
    """One folder of this machine.

    Attributes:
        name: how hrefs call it, wherever it lies.
        root: the folder, absolute.
        workspaces: those that may use it: who may read one of them may read every file below ``root``.
    """

    name: str
    root: Path
    workspaces: tuple[str, ...]
