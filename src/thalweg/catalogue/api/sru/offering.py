"""What one server of SRU is made of, and who asks it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from thalweg.catalogue.records.service import Records
    from thalweg.core.principals import Principal


@dataclass(frozen=True, slots=True)
class SruOffer:
    """One server: what is searched, and what it says of itself."""

    records: Records
    title: str = "Thalweg"
    abstract: str = "Resources of every kind: images, what is computed from them, processes, services and documents."
    most_body: int = 2**16


@dataclass(frozen=True, slots=True)
class Caller:
    """Who asks, and where.

    Attributes:
        base: the platform's address.
        address: of the server.
        root: of the Records root that tells of the same.
        workspace: that the address names.
    """

    who: Principal
    base: str
    address: str
    root: str
    workspace: str | None = None
