"""What one service of CSW is made of: the Records, who it is, where changes go, and what it may reach."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from thalweg.catalogue.federation.asking import Federation
    from thalweg.catalogue.harvests.periodic import Harvests
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
        federation: gives other catalogues that a distributed search may go on to, where there are any.
        most_body: bytes of a request.
        most_harvested: bytes of a harvested resource.
        harvests: gives what harvests sources again and again, where anything does.
        contact: the address of whom people may ask.
    """

    records: Records
    guard: Callable[[], Outbound]
    home: Home
    title: str = "Thalweg"
    abstract: str = "Resources of every kind: images, what is computed from them, processes, services and documents."
    provider: str = "Thalweg"
    federation: Callable[[], Federation] | None = None
    most_body: int = 16 * 2**20
    most_harvested: int = 16 * 2**20
    harvests: Callable[[], Harvests] | None = None
    contact: str = ""

    @property
    def outbound(self) -> Outbound:
        """Return the guard of all that leaves."""
        return self.guard()

    @property
    def federated(self) -> tuple[str, ...]:
        """Return the addresses of other catalogues that searches go on to."""
        if self.federation is None:
            return ()
        return tuple(one.url for one in self.federation().catalogues)
