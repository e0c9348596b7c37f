"""What happened: written in the transaction that made it happen, read by everything that reacts."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol


@dataclass(frozen=True, slots=True)
class Event:
    """One thing that happened.

    Attributes:
        kind: dotted, past tense: ``item.registered``, ``job.progressed``.
        subject: what it happened to: ``demo.images/olinda``.
        visibility_class: who may learn of it.
        data: small, JSON.
    """

    kind: str
    subject: str
    visibility_class: str
    data: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Recorded:
    """An event as its outbox holds it; ``sequence`` grows in commit order."""

    sequence: int
    at: datetime
    event: Event


class Outbox(Protocol):
    """The log of one database, read in order; each consumer remembers its own place."""

    name: str

    def after(self, sequence: int, limit: int = 500) -> Sequence[Recorded]:
        """Return what follows the sequence number, oldest first."""
        ...

    def last(self) -> int:
        """Return the newest sequence number, 0 in an empty outbox."""
        ...
