"""What a process that loads Items beside others is given: a catalogue of its own, on the same stores."""

import os
from dataclasses import dataclass
from typing import TYPE_CHECKING

from thalweg.app.lifeline import STARTED_BY, bind_to_parent

if TYPE_CHECKING:
    from thalweg.app.settings import Settings
    from thalweg.core.items import ItemRegistry

MOST_PROCESSES = 4
"""Beyond these the one that writes is what the others wait for."""


@dataclass(frozen=True, slots=True)
class CatalogueOfChild:
    """Makes the catalogue of a process that was just started, which ends with the one that started it.

    Attributes:
        settings: of the platform.
        started_by: the process that starts others.
    """

    settings: "Settings"
    started_by: int

    def __call__(self) -> "ItemRegistry":
        """Return the catalogue."""
        from thalweg.app.compose import Platform  # noqa: PLC0415 - the composition knows this module

        os.environ[STARTED_BY] = str(self.started_by)
        bind_to_parent()
        return Platform(self.settings).catalogue


def usual_processes() -> int:
    """Return how many processes load at once unless told otherwise: as many as this one may use cores."""
    return min(
        MOST_PROCESSES, len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    )
