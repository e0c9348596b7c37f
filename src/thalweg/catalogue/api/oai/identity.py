"""What a repository says of itself (OAI-PMH 2.0, 4.2)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from thalweg.catalogue.api.oai.documents import element
from thalweg.catalogue.api.oai.naming import datestamp

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from thalweg.catalogue.api.oai.naming import Identifiers
    from thalweg.catalogue.api.oai.offering import OaiOffer
    from thalweg.catalogue.changes import Change

_BEGINNING = "1970-01-01T00:00:00Z"
_SPACE = "http://www.openarchives.org/OAI/2.0/oai-identifier"
_DOMAIN = re.compile(r"[a-zA-Z][a-zA-Z0-9-]*(?:\.[a-zA-Z][a-zA-Z0-9-]*)+")
"""What the namespace of an identifier is, by the schema of oai-identifier: no number, no name without a dot."""


def identity(offer: OaiOffer, address: str, identifiers: Identifiers, first: Sequence[Change]) -> Iterator[str]:
    """Yield the parts of the answer to Identify; ``first`` is the earliest change that there is."""
    yield element("repositoryName", offer.title)
    yield element("baseURL", address)
    yield element("protocolVersion", "2.0")
    yield element("adminEmail", offer.email or f"postmaster@{identifiers.host}")
    yield element("earliestDatestamp", datestamp(first[0].at) if first else _BEGINNING)
    yield element("deletedRecord", "persistent")
    yield element("granularity", "YYYY-MM-DDThh:mm:ssZ")
    if _DOMAIN.fullmatch(identifiers.host):
        yield f"<description>{_described(identifiers)}</description>"


def _described(identifiers: Identifiers) -> str:
    said = (
        element("scheme", "oai"),
        element("repositoryIdentifier", identifiers.host),
        element("delimiter", ":"),
        element("sampleIdentifier", identifiers.of("demo.images", "olinda")),
    )
    where = f'xmlns="{_SPACE}" xsi:schemaLocation="{_SPACE} {_SPACE}.xsd"'
    return f"<oai-identifier {where}>{''.join(said)}</oai-identifier>"
