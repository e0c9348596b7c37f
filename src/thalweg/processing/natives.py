"""The Processes that blocks and third parties bring along, by the entry points of ``thalweg.processes``."""

from collections.abc import Mapping
from dataclasses import dataclass
from importlib import import_module, metadata

from thalweg.core.processes import Process
from thalweg.processing.ports import Selective

GROUP = "thalweg.processes"


@dataclass(frozen=True, slots=True)
class Native:
    """A native Process; ``target`` is where a child finds it: ``module:attribute``."""

    target: str
    process: Process

    @property
    def modules(self) -> tuple[str, ...]:
        """Return the modules that a child needs for it: its own, and those it names as its ``modules``."""
        return (self.target.partition(":")[0], *getattr(self.process, "modules", ()))

    @property
    def selective(self) -> Selective | None:
        """Return the Process where it can say which assets it needs."""
        process: object = self.process
        return process if isinstance(process, Selective) else None


def native(target: str) -> Native:
    """Load one."""
    module, _, name = target.partition(":")
    return Native(target, getattr(import_module(module), name))


def natives() -> Mapping[str, Native]:
    """Load all that are installed, by id."""
    found = [native(point.value) for point in metadata.entry_points(group=GROUP)]
    return {one.process.description.id: one for one in found}
