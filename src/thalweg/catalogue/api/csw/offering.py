"""What one service of CSW is made of: the Records, who it is, where changes go, and what it may reach."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from thalweg.catalogue.api.csw.seen import Seen

if TYPE_CHECKING:
    from thalweg.catalogue.records.service import Records
    from thalweg.core.principals import Principal
    from thalweg.guard.outbound import Outbound

Home = Callable[["Principal"], str]


@dataclass(frozen=True, slots=True)
class Offer:
    """One service.

    Attributes:
        records: what is searched and changed.
        guard: gives the guard of all that leaves: harvests, response handlers, other catalogues. It is slow to load.
        home: the workspace whose Records a caller's transactions make, where the address names none.
        title, abstract, provider: what the service says of itself.
        opensearch: where the OpenSearch description is, below the platform's address.
        federated: other catalogues that a distributed search may go on to.
        most_body: bytes of a request.
        most_harvested: bytes of a harvested resource.
        seen: the distributed searches that came here lately.
    """

    records: Records
    guard: Callable[[], Outbound]
    home: Home
    title: str = "Thalweg"
    abstract: str = "Resources of every kind: images, what is computed from them, processes, services and documents."
    provider: str = "Thalweg"
    opensearch: str = ""
    federated: tuple[str, ...] = ()
    most_body: int = 16 * 2**20
    most_harvested: int = 16 * 2**20
    seen: Seen = field(default_factory=Seen)

    @property
    def outbound(self) -> Outbound:
        """Return the guard of all that leaves."""
        return self.guard()
