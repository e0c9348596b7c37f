"""The Record: what every face of the catalogue tells of a resource, whatever it was read from.

It has the members of an OGC API Record (20-004r1, record-core) and, beside them, what ISO 19115, Dublin Core, DIF and
FGDC say that record-core has no member for. A reader of a format makes one, a writer of a format takes one: so each
format is told once, not once for each other.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from thalweg.core.geometry import BBox

Occasion = Literal["creation", "publication", "revision"]
"""On what occasion a date of a resource is: the three of CI_DateTypeCode that all formats know."""


@dataclass(frozen=True, slots=True)
class Address:
    """Where someone is reached by post."""

    lines: tuple[str, ...] = ()
    city: str = ""
    area: str = ""
    postal_code: str = ""
    country: str = ""


@dataclass(frozen=True, slots=True)
class Contact:
    """Who answers for a resource, or for what is told of it; a name or an organization is there.

    Attributes:
        roles: words of CI_RoleCode: ``pointOfContact``, ``publisher``, ``author``, …
        of_record: answers for the Record, not for the resource.
    """

    name: str = ""
    organization: str = ""
    position: str = ""
    roles: tuple[str, ...] = ()
    emails: tuple[str, ...] = ()
    phones: tuple[str, ...] = ()
    address: Address | None = None
    url: str = ""
    of_record: bool = False


@dataclass(frozen=True, slots=True)
class Concept:
    """One word of a vocabulary; ``id`` may be its URI."""

    id: str
    title: str = ""
    url: str = ""


@dataclass(frozen=True, slots=True)
class Theme:
    """Words of one vocabulary.

    Attributes:
        scheme: the vocabulary's URI, or its title where it has none.
        date: of the vocabulary's edition.
        kind: MD_KeywordTypeCode: ``theme``, ``place``, …; ``topic`` for ISO 19115's topic categories.
    """

    scheme: str
    concepts: tuple[Concept, ...]
    date: str = ""
    kind: str = ""


@dataclass(frozen=True, slots=True)
class Link:
    """Where the resource, or more about it, is.

    Attributes:
        protocol: as ISO 19115's online resource says it: ``OGC:WMS``, ``WWW:LINK``, …
        function: CI_OnLineFunctionCode: ``download``, ``information``, …
    """

    href: str
    rel: str = "related"
    type: str = ""
    title: str = ""
    description: str = ""
    protocol: str = ""
    function: str = ""
    length: int | None = None


@dataclass(frozen=True, slots=True)
class Format:
    """A form in which the resource is given."""

    name: str = ""
    media_type: str = ""
    version: str = ""


@dataclass(frozen=True, slots=True)
class ExternalId:
    """What others call the resource."""

    value: str
    scheme: str = ""


@dataclass(frozen=True, slots=True)
class Resolution:
    """How fine a resource is: one of the two."""

    scale: int | None = None
    """The denominator of its scale."""
    metres: float | None = None
    """The distance of its samples on the ground."""


@dataclass(frozen=True, slots=True)
class Span:
    """What time a resource is about, each end RFC 3339, a date, or ``..``."""

    start: str
    end: str
    resolution: str = ""
    """An ISO 8601 duration: the shortest time that can be told apart."""


@dataclass(frozen=True, slots=True)
class Rights:
    """What one may do with a resource.

    Attributes:
        license: an SPDX expression, ``other``, or ``""`` for not told.
        access, use: codes of MD_RestrictionCode.
        notes: in words.
    """

    license: str = ""
    access: tuple[str, ...] = ()
    use: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Coupled:
    """One resource that one operation of a service serves.

    Attributes:
        operation: its name.
        identifier: by which it names the resource.
    """

    operation: str = ""
    identifier: str = ""


@dataclass(frozen=True, slots=True)
class Service:
    """What a resource that is a service does.

    Attributes:
        type: ``view``, ``download``, ``OGC:WMS``, …
        operations: their names.
        operates_on: the ids of the resources that it serves.
        coupling: SV_CouplingType: whether it is made for these (``tight``), for any (``loose``), or both (``mixed``).
        coupled: which operation serves which of them.
    """

    type: str = ""
    version: str = ""
    operations: tuple[str, ...] = ()
    operates_on: tuple[str, ...] = ()
    coupling: str = ""
    coupled: tuple[Coupled, ...] = ()


@dataclass(frozen=True, slots=True)
class Given:
    """The document that a Record was read from, kept to the byte.

    Attributes:
        schema: the namespace of its root: how CSW's ``outputSchema`` names it.
    """

    media_type: str
    schema: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Record:
    """What is told of one resource.

    Attributes:
        id: unique among the Records of its Collection.
        type: ``dataset``, ``series``, ``service``, ``process``, ``document``, …
        language: of the Record, RFC 5646.
        created, updated: of the Record, as this platform or its source wrote it.
        dates: of the resource: RFC 3339, or a date, by occasion.
        span: the time that the resource is about.
        geometry: GeoJSON, lon/lat.
        boxes: where the resource is; more than one where it lies apart.
        link_templates: links with variables to be filled in, as ``linkTemplate.yaml`` has them.
        parent: the id of the resource that this one is a part of.
        crs: URIs or codes of its reference systems.
        extra: members of ``properties`` that this model does not know, as they were.
    """

    id: str
    type: str = "dataset"
    title: str = ""
    alternate_titles: tuple[str, ...] = ()
    description: str = ""
    keywords: tuple[str, ...] = ()
    themes: tuple[Theme, ...] = ()
    language: str = ""
    resource_languages: tuple[str, ...] = ()
    created: datetime | None = None
    updated: datetime | None = None
    dates: Mapping[Occasion, str] | None = None
    span: Span | None = None
    geometry: Mapping[str, Any] | None = None
    boxes: tuple[BBox, ...] = ()
    contacts: tuple[Contact, ...] = ()
    rights: Rights = Rights()
    formats: tuple[Format, ...] = ()
    external_ids: tuple[ExternalId, ...] = ()
    links: tuple[Link, ...] = ()
    link_templates: tuple[Mapping[str, Any], ...] = ()
    lineage: str = ""
    parent: str = ""
    crs: tuple[str, ...] = ()
    resolution: Resolution | None = None
    service: Service | None = None
    given: Given | None = None
    extra: Mapping[str, Any] | None = None
