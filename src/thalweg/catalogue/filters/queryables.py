"""What the classic services call the members of a Record: Dublin Core's terms and ISO's, without regard to case."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from thalweg.catalogue.records.languages import two_letters
from thalweg.core.errors import InvalidParameter

if TYPE_CHECKING:
    from collections.abc import Callable

Kind = Literal["id", "text", "many", "number", "time", "geometry", "any", "whether"]
_LONGEST = 256


@dataclass(frozen=True, slots=True)
class Member:
    """Where the values of a queryable stand in a Record's document.

    Attributes:
        name: of a member of ``properties``.
        keys: names within it, at any depth, whose values are meant; none: all values in it.
    """

    name: str
    keys: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Queryable:
    """One name that filters use.

    Attributes:
        name: as the service tells it: ``dc:title``.
        kind: ``many``: any of its values may be what is asked for; ``any``: all the words of the Record; ``whether``:
            whether its member tells something.
        members: where its values stand; of several, any.
        reads: makes of what a filter writes what Records say: a language has three letters there, and two here.
        yes: what a filter writes where it means that something is told.
    """

    name: str
    kind: Kind
    members: tuple[Member, ...] = ()
    reads: Callable[[str], str] = str
    yes: frozenset[str] = frozenset()

    @property
    def sortable(self) -> str | None:
        """Return the property by which Records are put in its order; nothing where they cannot be."""
        return self.members[0].name if self.kind in ("id", "text", "number", "time") else None


def _one(name: str, kind: Kind, *members: str, reads: Callable[[str], str] = str, yes: str = "") -> Queryable:
    """Declare a queryable; a member is ``name`` or ``name/key,key``."""
    found = []
    for one in members:
        where, _, keys = one.partition("/")
        found.append(Member(where, tuple(key for key in keys.split(",") if key)))
    return Queryable(name, kind, tuple(found), reads, frozenset(yes.split()))


_THEMES = "themes/id,title"
DUBLIN_CORE: tuple[Queryable, ...] = (
    _one("dc:identifier", "id", "id"),
    _one("dc:title", "text", "title"),
    _one("dct:alternative", "many", "alternateTitles"),
    _one("dc:subject", "many", "keywords", _THEMES),
    _one("dct:abstract", "text", "description"),
    _one("dc:description", "text", "description"),
    _one("dc:type", "text", "type"),
    _one("dc:format", "many", "formats/name,mediaType"),
    _one("dct:modified", "time", "updated"),
    _one("dc:date", "time", "thalweg:date"),
    _one("dct:created", "many", "dates/creation"),
    _one("dct:issued", "many", "dates/publication"),
    _one("dc:creator", "many", "contacts/name,organization"),
    _one("dc:publisher", "many", "contacts/name,organization"),
    _one("dc:contributor", "many", "contacts/name,organization"),
    _one("dc:language", "many", "language", "resourceLanguages/code", reads=two_letters),
    _one("dc:relation", "text", "parent"),
    _one("dc:source", "text", "lineage"),
    _one("dc:rights", "many", "rights", "license", "accessConstraints", "useConstraints"),
    _one("dct:license", "many", "license"),
    _one("ows:BoundingBox", "geometry", "geometry"),
    _one("csw:AnyText", "any"),
)
"""The core queryables of CSW (07-006r1, Table 53; 12-176r7, 7.3.4.10) and what else csw:Record tells."""
ISO: tuple[Queryable, ...] = (
    _one("apiso:Identifier", "id", "id"),
    _one("apiso:Title", "text", "title"),
    _one("apiso:AlternateTitle", "many", "alternateTitles"),
    _one("apiso:Abstract", "text", "description"),
    _one("apiso:Subject", "many", "keywords", _THEMES),
    _one("apiso:KeywordType", "many", "themes/kind"),
    _one("apiso:TopicCategory", "many", _THEMES),
    _one("apiso:Type", "text", "type"),
    _one("apiso:Format", "many", "formats/name,mediaType"),
    _one("apiso:Modified", "time", "updated"),
    _one("apiso:CreationDate", "many", "dates/creation"),
    _one("apiso:PublicationDate", "many", "dates/publication"),
    _one("apiso:RevisionDate", "many", "dates/revision"),
    _one("apiso:OrganisationName", "many", "contacts/organization"),
    _one("apiso:ResourceIdentifier", "many", "externalIds/value"),
    _one("apiso:ParentIdentifier", "text", "parent"),
    _one("apiso:Language", "many", "language", reads=two_letters),
    _one("apiso:ResourceLanguage", "many", "resourceLanguages/code", reads=two_letters),
    _one("apiso:CRS", "many", "crs"),
    _one("apiso:Denominator", "number", "scale"),
    _one("apiso:DistanceValue", "number", "groundSampleDistance"),
    _one("apiso:DistanceUOM", "whether", "groundSampleDistance", yes="m metre meter urn:ogc:def:uom:EPSG::9001"),
    _one("apiso:SpatialResolution", "number", "scale", "groundSampleDistance"),
    _one("apiso:GeographicDescriptionCode", "many", "geographicDescriptions"),
    _one("apiso:HasSecurityConstraints", "whether", "classification", yes="true 1"),
    _one("apiso:TempExtent_begin", "time", "datetime"),
    _one("apiso:TempExtent_end", "time", "end_datetime", "datetime"),
    _one("apiso:ServiceType", "many", "service/type"),
    _one("apiso:ServiceTypeVersion", "many", "service/version"),
    _one("apiso:Operation", "many", "service/operations"),
    _one("apiso:CouplingType", "many", "service/couplingType"),
    _one("apiso:OperatesOn", "many", "service/operatesOn"),
    _one("apiso:OperatesOnIdentifier", "many", "service/identifier,operatesOn"),
    _one("apiso:OperatesOnName", "many", "service/operation"),
    _one("apiso:Platform", "text", "platform"),
    _one("apiso:Instrument", "many", "instruments"),
    _one("apiso:CloudCover", "number", "eo:cloud_cover"),
    _one("apiso:BoundingBox", "geometry", "geometry"),
    _one("apiso:AnyText", "any"),
)
"""The queryables of the ISO application profile (07-045) that a Record answers."""
INSPIRE: tuple[Queryable, ...] = (
    _one("apiso:Degree", "many", "conformity/degree"),
    _one("apiso:SpecificationTitle", "many", "conformity/specification"),
    _one("apiso:SpecificationDate", "many", "conformity/date"),
    _one("apiso:SpecificationDateType", "many", "conformity/dateType"),
    _one("apiso:AccessConstraints", "many", "accessConstraints"),
    _one("apiso:OtherConstraints", "many", "rights"),
    _one("apiso:Classification", "text", "classification"),
    _one("apiso:ConditionApplyingToAccessAndUse", "many", "rights"),
    _one("apiso:Lineage", "text", "lineage"),
    _one("apiso:ResponsiblePartyRole", "many", "contacts/roles"),
)
"""Those that INSPIRE's discovery services have beside them (its technical guidance, Tables 5 to 7)."""
_ALSO: dict[str, str] = {
    "temporalextent_begin": "apiso:TempExtent_begin",
    "temporalextent_end": "apiso:TempExtent_end",
    "temporalextent": "apiso:TempExtent_begin",
    "time": "apiso:TempExtent_begin",
    "keyword": "dc:subject",
    "keywords": "dc:subject",
    "organizationname": "apiso:OrganisationName",
    "geometry": "ows:BoundingBox",
    "the_geom": "ows:BoundingBox",
    "spatial_extent": "ows:BoundingBox",
    "wgs84boundingbox": "ows:BoundingBox",
}
_ALL = {one.name: one for one in (*ISO, *INSPIRE, *DUBLIN_CORE)}
_NAMED = {name.partition(":")[2].lower(): one for name, one in _ALL.items()} | {
    name: _ALL[meant] for name, meant in _ALSO.items()
}
"""By their names without a prefix; where Dublin Core and ISO share one, both mean the same."""


def queryable_of(name: str, parameter: str = "PropertyName") -> Queryable:
    """Return the queryable that a filter names: with a prefix or without, in any case.

    Raises:
        InvalidParameter: there is none of this name.
    """
    local = name.strip().rpartition(":")[2].rpartition("/")[2].lower()
    found = _NAMED.get(local) if len(name) <= _LONGEST else None
    if found is None:
        raise InvalidParameter(parameter, f"{name[:128]!r} is not a queryable here")
    return found
