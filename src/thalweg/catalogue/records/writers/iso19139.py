"""A Record as ISO 19139: ``gmd:MD_Metadata``, or ``gmi:MI_Metadata`` of ISO 19115-2 with what acquired it.

What the schema demands and nobody told is there with ``gco:nilReason``; what ISO 19115 has no place for is left out.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from thalweg.catalogue.records.iso_words import KINDS
from thalweg.catalogue.records.languages import three_letters
from thalweg.catalogue.records.writers import iso_imagery
from thalweg.catalogue.records.writers.iso_dialect import ISO_19139, MISSING, Linked
from thalweg.catalogue.records.writers.iso_parties import address_of_web, parties
from thalweg.catalogue.records.writers.iso_parts import (
    citation,
    constraints,
    extent,
    identifier,
    keywords,
    moment,
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
    from thalweg.catalogue.records.record import Coupled, Record, Service
    from thalweg.catalogue.records.writers.nodes import Node
    from thalweg.guard.markup import Element

GMD = "http://www.isotc211.org/2005/gmd"
GMI = "http://www.isotc211.org/2005/gmi"
_LANGUAGES = "http://www.loc.gov/standards/iso639-2/"
_ISO = ISO_19139


def element_of(record: Record) -> Element:
    """Return the Record as ``gmd:MD_Metadata``."""
    return _ISO.grown(_filled(_ISO.made("MD_Metadata"), record))


def element_with_acquisition(record: Record) -> Element:
    """Return the Record as ``gmi:MI_Metadata``, which tells the platform and the instruments too."""
    made = _filled(_ISO.made("MI_Metadata"), record)
    return _ISO.grown(_ISO.told(made, "MI_Metadata", acquisitionInformation=iso_imagery.acquisition(_ISO, record)))


def _filled(root: Node, record: Record) -> Node:
    changed = record.updated or record.created
    answering = [contact for contact in record.contacts if contact.of_record]
    return _ISO.told(
        root,
        "MD_Metadata",
        fileIdentifier=record.id,
        language=_language(record.language),
        characterSet=_ISO.code("MD_CharacterSetCode", "utf8"),
        parentIdentifier=record.parent,
        hierarchyLevel=_ISO.code("MD_ScopeCode", KINDS.get(record.type, record.type)),
        hierarchyLevelName=record.type if record.type in KINDS else "",
        contact=parties(_ISO, answering) or MISSING,
        dateStamp=moment(_ISO, written(changed)) if changed else MISSING,
        metadataStandardName="ISO 19115:2003/19139",
        metadataStandardVersion="1.0",
        referenceSystemInfo=[_system(one) for one in record.crs],
        identificationInfo=_service(record, record.service) if record.service else _data(record),
        contentInfo=iso_imagery.content(_ISO, record),
        distributionInfo=_distribution(record),
        dataQualityInfo=_quality(record),
    )


def _language(code: str) -> Node | None:
    if not code:
        return None
    return _ISO.leaf("gmd:LanguageCode", code, codeList=_LANGUAGES, codeListValue=three_letters(code))


def _system(code: str) -> Node:
    space, colon, rest = code.partition(":")
    is_split = bool(colon) and rest.isalnum() and space.isalnum() and space not in rest
    made = identifier(_ISO, rest if is_split else code, space if is_split else "", "RS_Identifier")
    return _ISO.made("MD_ReferenceSystem", referenceSystemIdentifier=made)


def _data(record: Record) -> Node:
    made = _identification(_ISO.made("MD_DataIdentification"), record)
    return _ISO.told(
        made,
        "MD_DataIdentification",
        spatialRepresentationType=_ISO.codes(
            "MD_SpatialRepresentationTypeCode", said_in(record, "spatialRepresentation")
        ),
        spatialResolution=resolutions(_ISO, record.resolution),
        language=[_language(code) for code in record.resource_languages] or MISSING,
        topicCategory=topics(_ISO, record),
        extent=extent(_ISO, record),
        supplementalInformation="\n".join(said_in(record, "supplementalInformation")),
    )


def _identification(made: Node, record: Record) -> Node:
    """Add what data and services tell alike."""
    resource_contacts = [contact for contact in record.contacts if not contact.of_record]
    return _ISO.told(
        made,
        "MD_Identification",
        citation=citation(_ISO, record),
        abstract=record.description or MISSING,
        purpose="\n".join(said_in(record, "purpose")),
        credit=list(said_in(record, "credits")),
        status=_ISO.codes("MD_ProgressCode", said_in(record, "status")),
        pointOfContact=parties(_ISO, resource_contacts),
        resourceMaintenance=_maintenance(record),
        graphicOverview=previews(_ISO, record.links),
        descriptiveKeywords=keywords(_ISO, record, with_topics=record.service is not None),
        resourceConstraints=constraints(_ISO, record),
        aggregationInfo=iso_imagery.associations(_ISO, record),
    )


def _maintenance(record: Record) -> Node | None:
    codes = _ISO.codes("MD_MaintenanceFrequencyCode", said_in(record, "maintenanceFrequency")[:1])
    return _ISO.made("MD_MaintenanceInformation", maintenanceAndUpdateFrequency=codes) if codes else None


def _service(record: Record, service: Service) -> Node:
    return _ISO.told(
        _identification(_ISO.made("SV_ServiceIdentification"), record),
        "SV_ServiceIdentification",
        serviceType=_ISO.primitive("LocalName", service.type) if service.type else MISSING,
        serviceTypeVersion=service.version,
        extent=extent(_ISO, record),
        coupledResource=[_coupled(one) for one in service.coupled],
        couplingType=_ISO.code("SV_CouplingType", service.coupling) or MISSING,
        containsOperations=[_operation(name, record) for name in service.operations] or MISSING,
        operatesOn=[Linked(None, served(one)) for one in service.operates_on],
    )


def _coupled(one: Coupled) -> Node:
    told = {"operationName": one.operation or MISSING, "identifier": one.identifier or MISSING}
    return _ISO.made("SV_CoupledResource", **told)


def served(identifier: str) -> dict[str, str]:
    """Return how a resource is pointed at that a service serves: by its address, else by its id."""
    return {"xlink:href" if "://" in identifier else "uuidref": identifier}


def _operation(name: str, record: Record) -> Node:
    point = next((link.href for link in record.links if link.href), "")
    resource = _ISO.made("CI_OnlineResource", linkage=address_of_web(_ISO, point)) if point else MISSING
    return _ISO.made(
        "SV_OperationMetadata",
        operationName=name or MISSING,
        DCP=_ISO.code("DCPList", "WebServices"),
        connectPoint=resource,
    )


def _distribution(record: Record) -> Node | None:
    formats = [
        _ISO.made("MD_Format", name=named_format(_ISO, one), version=one.version or MISSING) for one in record.formats
    ]
    links = transfers(_ISO, record.links)
    if not formats and not links:
        return None
    return _ISO.made("MD_Distribution", distributionFormat=formats, transferOptions=links)


def _quality(record: Record) -> Node | None:
    reports = conformity(_ISO, record)
    if not record.lineage and not reports:
        return None
    scope = _ISO.made("DQ_Scope", level=_ISO.code("MD_ScopeCode", KINDS.get(record.type, record.type)))
    lineage = _ISO.made("LI_Lineage", statement=record.lineage) if record.lineage else None
    return _ISO.made("DQ_DataQuality", scope=scope, report=reports, lineage=lineage)
