"""A Record as ISO 19115-3: ``mdb:MD_Metadata``, the XML of ISO 19115-1:2014."""

from __future__ import annotations

from typing import TYPE_CHECKING

from thalweg.catalogue.records.iso_words import KINDS
from thalweg.catalogue.records.languages import three_letters
from thalweg.catalogue.records.writers import iso_imagery
from thalweg.catalogue.records.writers.iso_dialect import ISO_19115_3, MISSING, Linked
from thalweg.catalogue.records.writers.iso_parties import address_of_web, parties
from thalweg.catalogue.records.writers.iso_parts import (
    citation,
    constraints,
    date,
    extent,
    identifier,
    keywords,
    named_format,
    previews,
    resolutions,
    said_in,
    topics,
    transfers,
)
from thalweg.catalogue.records.writers.iso_quality import conformity
from thalweg.core.time import written

if TYPE_CHECKING:
    from collections.abc import Iterator

    from thalweg.catalogue.records.record import Coupled, Format, Record, Service
    from thalweg.catalogue.records.writers.nodes import Node
    from thalweg.guard.markup import Element

MDB = "http://standards.iso.org/iso/19115/-3/mdb/2.0"
_ISO = ISO_19115_3


def element_of(record: Record) -> Element:
    """Return the Record as ``mdb:MD_Metadata``."""
    answering = [contact for contact in record.contacts if contact.of_record]
    metadata = _ISO.made(
        "MD_Metadata",
        metadataIdentifier=identifier(_ISO, record.id),
        defaultLocale=_locale(record.language) if record.language else None,
        parentMetadata=_parent(record.parent) if record.parent else None,
        metadataScope=_scope(record),
        contact=parties(_ISO, answering) or MISSING,
        dateInfo=list(_stamps(record)) or MISSING,
        metadataStandard=_ISO.made("CI_Citation", title="ISO 19115-3"),
        referenceSystemInfo=[_system(code) for code in record.crs],
        identificationInfo=_service(record, record.service) if record.service else _data(record),
        contentInfo=iso_imagery.content(_ISO, record),
        distributionInfo=_distribution(record),
        dataQualityInfo=_quality(record),
        resourceLineage=_ISO.made("LI_Lineage", statement=record.lineage) if record.lineage else None,
        acquisitionInformation=iso_imagery.acquisition(_ISO, record),
    )
    return _ISO.grown(metadata)


def _locale(language: str) -> Node:
    code = _ISO.leaf(
        "lan:LanguageCode",
        language,
        codeList="http://www.loc.gov/standards/iso639-2/",
        codeListValue=three_letters(language),
    )
    return _ISO.made("PT_Locale", language=code, characterEncoding=_ISO.code("MD_CharacterSetCode", "utf8"))


def _parent(identifier_of_parent: str) -> Node:
    return _ISO.made("CI_Citation", title=MISSING, identifier=identifier(_ISO, identifier_of_parent))


def _scope(record: Record) -> Node:
    return _ISO.made(
        "MD_MetadataScope",
        resourceScope=_ISO.code("MD_ScopeCode", KINDS.get(record.type, record.type)),
        name=record.type if record.type in KINDS else "",
    )


def _stamps(record: Record) -> Iterator[Node | None]:
    for moment, occasion in ((record.created, "creation"), (record.updated, "revision")):
        if moment is not None:
            yield date(_ISO, written(moment), occasion)


def _system(code: str) -> Node:
    space, colon, rest = code.partition(":")
    is_split = bool(colon) and rest.isalnum() and space.isalnum() and space not in rest
    made = identifier(_ISO, rest if is_split else code, space if is_split else "")
    return _ISO.made("MD_ReferenceSystem", referenceSystemIdentifier=made)


def _data(record: Record) -> Node:
    return _ISO.told(
        _identification(_ISO.made("MD_DataIdentification"), record),
        "MD_DataIdentification",
        **_locales(record.resource_languages),
        supplementalInformation="\n".join(said_in(record, "supplementalInformation")),
    )


def _locales(languages: tuple[str, ...]) -> dict[str, list[Node]]:
    locales = [_locale(language) for language in languages]
    return {"defaultLocale": locales[:1], "otherLocale": locales[1:]}


def _identification(made: Node, record: Record) -> Node:
    """Add what data and services tell alike."""
    resource_contacts = [contact for contact in record.contacts if not contact.of_record]
    resolution = record.span.resolution if record.span else ""
    return _ISO.told(
        made,
        "MD_Identification",
        citation=citation(_ISO, record),
        abstract=record.description or MISSING,
        purpose="\n".join(said_in(record, "purpose")),
        credit=list(said_in(record, "credits")),
        status=_ISO.codes("MD_ProgressCode", said_in(record, "status")),
        pointOfContact=parties(_ISO, resource_contacts),
        spatialRepresentationType=_ISO.codes(
            "MD_SpatialRepresentationTypeCode", said_in(record, "spatialRepresentation")
        ),
        spatialResolution=resolutions(_ISO, record.resolution),
        temporalResolution=_ISO.primitive("TM_PeriodDuration", resolution) if resolution else None,
        topicCategory=topics(_ISO, record),
        extent=extent(_ISO, record),
        resourceMaintenance=_maintenance(record),
        graphicOverview=previews(_ISO, record.links),
        descriptiveKeywords=keywords(_ISO, record, with_topics=False),
        resourceConstraints=constraints(_ISO, record),
        associatedResource=iso_imagery.associations(_ISO, record),
    )


def _maintenance(record: Record) -> Node | None:
    codes = _ISO.codes("MD_MaintenanceFrequencyCode", said_in(record, "maintenanceFrequency")[:1])
    return _ISO.made("MD_MaintenanceInformation", maintenanceAndUpdateFrequency=codes) if codes else None


def _service(record: Record, service: Service) -> Node:
    return _ISO.told(
        _identification(_ISO.made("SV_ServiceIdentification"), record),
        "SV_ServiceIdentification",
        serviceType=_ISO.leaf("gco:ScopedName", service.type) if service.type else MISSING,
        serviceTypeVersion=service.version,
        couplingType=_ISO.code("SV_CouplingType", service.coupling) or MISSING,
        coupledResource=[_coupled(one, record) for one in service.coupled],
        containsOperations=[_operation(name, record) for name in service.operations],
        operatesOn=[Linked(None, {"xlink:href" if "://" in one else "uuidref": one}) for one in service.operates_on],
    )


def _coupled(one: Coupled, record: Record) -> Node:
    named = _ISO.made("CI_Citation", title=MISSING, identifier=identifier(_ISO, one.identifier))
    return _ISO.made(
        "SV_CoupledResource",
        resourceReference=named if one.identifier else None,
        operation=_operation(one.operation, record) if one.operation else None,
    )


def _operation(name: str, record: Record) -> Node:
    point = next((link.href for link in record.links if link.href), "")
    resource = _ISO.made("CI_OnlineResource", linkage=address_of_web(_ISO, point)) if point else MISSING
    return _ISO.made(
        "SV_OperationMetadata",
        operationName=name or MISSING,
        distributedComputingPlatform=_ISO.code("DCPList", "WebServices"),
        connectPoint=resource,
    )


def _distribution(record: Record) -> Node | None:
    formats, links = [_format(one) for one in record.formats], transfers(_ISO, record.links)
    if not formats and not links:
        return None
    return _ISO.made("MD_Distribution", distributionFormat=formats, transferOptions=links)


def _quality(record: Record) -> Node | None:
    reports = conformity(_ISO, record)
    scope = _ISO.made("MD_Scope", level=_ISO.code("MD_ScopeCode", KINDS.get(record.type, record.type)))
    return _ISO.made("DQ_DataQuality", scope=scope, report=reports) if reports else None


def _format(one: Format) -> Node:
    citation_of_format = _ISO.made("CI_Citation", title=named_format(_ISO, one), edition=one.version)
    return _ISO.made("MD_Format", formatSpecificationCitation=citation_of_format)
