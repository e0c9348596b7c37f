"""What one repository of OAI-PMH is made of, and who asks it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from thalweg.catalogue.api.oai.resuming import Resuming
    from thalweg.catalogue.records.service import Records
    from thalweg.core.principals import Principal


@dataclass(frozen=True, slots=True)
class OaiOffer:
    """One repository.

    Attributes:
        title, email: what it says of itself; without an address of a person, that of the host's postmaster.
        at_once: records of one part of a list.
        headers_at_once: headers of one part of a list of identifiers, and sets.
        most_body: bytes of a request.
    """

    records: Records
    resuming: Resuming
    title: str = "Thalweg"
    email: str = ""
    at_once: int = 250
    headers_at_once: int = 1_000
    most_body: int = 2**16


@dataclass(frozen=True, slots=True)
class Caller:
    """Who harvests, and where.

    Attributes:
        base: the platform's address.
        address: of the repository.
        records: of the Records root that tells of the same.
        workspace: that the address names.
    """

    who: Principal
    base: str
    address: str
    records: str
    workspace: str | None = None
