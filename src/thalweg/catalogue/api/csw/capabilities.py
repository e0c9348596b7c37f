"""What CSW says of itself: its operations with the values that their parameters take, and what filters may say."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from lxml import etree  # type: ignore[import-untyped]

from thalweg.catalogue.api.csw.filter_capabilities import filter_capabilities
from thalweg.catalogue.api.csw.inspire import extended_capabilities
from thalweg.catalogue.api.csw.naming import ELEMENT_SETS, FORMATS, TYPE_NAMES, formats_of_records, offered
from thalweg.catalogue.api.csw.opensearch import address_of
from thalweg.catalogue.api.csw.pairs import RESULT_TYPES, XML_SCHEMA
from thalweg.catalogue.api.csw.requests import AS_OF, OF_A_TIME
from thalweg.catalogue.api.csw.versions import VERSIONS, XSI, Version
from thalweg.catalogue.filters.queryables import DUBLIN_CORE, INSPIRE, ISO
from thalweg.catalogue.harvests.oai import OAI
from thalweg.web.ows import InvalidUpdateSequence

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from thalweg.catalogue.api.csw.requests import GetCapabilities
    from thalweg.catalogue.records.writers.markup import Markup
    from thalweg.guard.markup import Element

UPDATE_SEQUENCE = 1
"""Counts what is offered, not what is held; it is raised where this module changes."""
NEWEST_FIRST = "apiso:TempExtent_begin:D"
"""The order of what is found where a search names none, as ``SortBy`` would say it."""
_GET, _POST = "Get", "Post"
_SPEC = "http://www.opengis.net/spec/csw/3.0/conf/"
CONFORMANCE = (
    "OpenSearch",
    "GetCapabilities-XML",
    "GetRecordById-XML",
    "GetRecords-Basic-KVP",
    "GetRecords-Basic-XML",
    "GetRecords-Distributed-XML",
    "GetRecords-Distributed-KVP",
    "GetRecords-Async-XML",
    "GetRecords-Async-KVP",
    "GetDomain-XML",
    "GetDomain-KVP",
    "Transaction",
    "Harvest-Basic-XML",
    "Harvest-Basic-KVP",
    "Harvest-Async-XML",
    "Harvest-Async-KVP",
    "Filter-CQL",
    "Filter-FES-XML",
    "Filter-FES-KVP-Advanced",
    "SupportedGMLVersions",
    "DefaultSortingAlgorithm",
    "CoreQueryables",
    "CoreSortables",
)


PERIODIC = ("Harvest-Periodic-XML", "Harvest-Periodic-KVP")


@dataclass(frozen=True, slots=True)
class Told:
    """What capabilities tell that is not the same everywhere.

    Attributes:
        address: of the service.
        title, abstract: of the catalogue.
        provider: who offers it.
        most: Records of one answer.
        federated: other catalogues that searches may go on to.
        periodic: whether harvests are done again and again.
        contact: the address of whom people may ask.
    """

    address: str
    title: str
    abstract: str
    provider: str
    most: int
    federated: tuple[str, ...] = ()
    periodic: bool = False
    contact: str = ""

    @property
    def conformance(self) -> tuple[str, ...]:
        """Return the classes of CSW 3 that are kept."""
        return (*CONFORMANCE, *PERIODIC) if self.periodic else CONFORMANCE


def parameters_of(version: Version) -> Mapping[str, Mapping[str, Sequence[str]]]:
    """Return the operations with their parameters that take one of several values."""
    schemas = offered(version)
    formats = formats_of_records(version)
    shown = {"outputSchema": schemas, "outputFormat": formats, "ElementSetName": ELEMENT_SETS}
    described = {"DescribeRecord": {"TypeName": TYPE_NAMES, "outputFormat": FORMATS, "schemaLanguage": XML_SCHEMA[:2]}}
    listed = ("All", "ServiceIdentification", "ServiceProvider", "OperationsMetadata", "Filter_Capabilities")
    return {
        "GetCapabilities": {"sections": listed, "acceptVersions": tuple(VERSIONS), "acceptFormats": FORMATS},
        **({} if version.is_third else described),
        "GetDomain": {"ParameterName": (), ("ValueReference" if version.is_third else "PropertyName"): ()},
        "GetRecords": {
            "typeNames": TYPE_NAMES,
            **shown,
            "resultType": tuple(RESULT_TYPES),
            "CONSTRAINTLANGUAGE": ("FILTER", "CQL_TEXT"),
        },
        "GetRecordById": shown,
        "Transaction": {},
        "Harvest": {"ResourceType": (*schemas, OAI)},
    }


def parameter_values(version: Version) -> dict[str, Sequence[str]]:
    """Return the values that parameters take, by ``Operation.parameter``."""
    return {
        f"{operation}.{name}": values
        for operation, parameters in parameters_of(version).items()
        for name, values in parameters.items()
        if values
    }


def capabilities(asked: GetCapabilities, told: Told) -> bytes:
    """Return the capabilities, or the sections of them that are asked for.

    Raises:
        InvalidUpdateSequence: the client knows newer ones.
    """
    version = asked.version
    xml = version.markup()
    current = _is_current(asked.update_sequence)
    parts = () if current else tuple(_parts(asked, told, xml))
    root = xml.element("csw:Capabilities", children=parts, version=version.number, updateSequence=str(UPDATE_SEQUENCE))
    where = "cswGetCapabilities.xsd" if version.is_third else "CSW-discovery.xsd"
    root.set(f"{{{XSI}}}schemaLocation", f"{version.csw} {version.schemas}/{where}")
    # The names of geometries, which are text, have this prefix too.
    etree.cleanup_namespaces(root, keep_ns_prefixes=["gml"])
    made: bytes = etree.tostring(root, encoding="UTF-8", xml_declaration=True)
    return made


def _is_current(known: str | None) -> bool:
    if known is None:
        return False
    if not known.isdecimal() or int(known[:18]) > UPDATE_SEQUENCE:
        raise InvalidUpdateSequence("updateSequence", f"is newer than {UPDATE_SEQUENCE}")
    return int(known) == UPDATE_SEQUENCE


def _parts(asked: GetCapabilities, told: Told, xml: Markup) -> Iterator[Element]:
    version, wanted = asked.version, asked.sections
    made: tuple[tuple[str, Callable[[], Element]], ...] = (
        ("ServiceIdentification", lambda: _identification(xml, told, version)),
        ("ServiceProvider", lambda: _provider(xml, told)),
        ("OperationsMetadata", lambda: _operations(xml, told, version, asked.language)),
        ("Languages", lambda: xml.element("ows:Languages", children=[xml.element("ows:Language", "en")])),
        ("Filter_Capabilities", lambda: filter_capabilities(version)),
    )
    for name, make in made:
        # The schema of 2.0.2 wants what filters may say in every document, and knows no languages.
        always = name == "Filter_Capabilities" and not version.is_third
        if (wanted is None or name in wanted or always) and (version.is_third or name != "Languages"):
            yield make()


def _identification(xml: Markup, told: Told, version: Version) -> Element:
    words = [xml.element("ows:Keyword", word) for word in ("catalogue", "metadata", "Earth observation")]
    kind = xml.element("ows:ServiceType", "CSW", codeSpace="OGC")
    speaks = [xml.element("ows:ServiceTypeVersion", number) for number in VERSIONS]
    profiles = (xml.element("ows:Profile", f"{_SPEC}{name}") for name in told.conformance) if version.is_third else ()
    return xml.element(
        "ows:ServiceIdentification",
        children=[
            xml.element("ows:Title", told.title),
            xml.element("ows:Abstract", told.abstract),
            xml.element("ows:Keywords", children=words),
            kind,
            *speaks,
            *profiles,
            xml.element("ows:Fees", "none"),
            xml.element("ows:AccessConstraints", "none"),
        ],
    )


def _provider(xml: Markup, told: Told) -> Element:
    site = xml.element("ows:ProviderSite", xlink__type="simple", xlink__href=told.address.rpartition("/")[0])
    contact = xml.element("ows:ServiceContact")
    if told.contact:
        mail = xml.element("ows:ElectronicMailAddress", told.contact)
        address = xml.element("ows:Address", children=[mail])
        contact = xml.element("ows:ServiceContact", children=[xml.element("ows:ContactInfo", children=[address])])
    return xml.element("ows:ServiceProvider", children=[xml.element("ows:ProviderName", told.provider), site, contact])


def _operations(xml: Markup, told: Told, version: Version, language: str | None) -> Element:
    found = [_operation(xml, name, parameters, told, version) for name, parameters in parameters_of(version).items()]
    usual = {"service": ("CSW",), "version": tuple(VERSIONS)}
    common = [_values(xml, "Parameter", name, values, version) for name, values in usual.items()]
    then = tuple(one.__name__ for one in OF_A_TIME)
    rules = {
        AS_OF: then,
        "PostEncoding": ("XML", "SOAP"),
        "MaxRecordDefault": ("10",),
        "MaxRecordLimit": (str(told.most),),
    }
    if told.federated:
        rules["FederatedCatalogues"] = told.federated
    if version.is_third:
        rules |= {f"{_SPEC}{name}": ("TRUE",) for name in told.conformance}
        rules[f"{_SPEC}SupportedGMLVersions"] = ("http://www.opengis.net/gml/3.2", "http://www.opengis.net/gml")
        rules |= {"CoreQueryables": tuple(one.name for one in DUBLIN_CORE)}
        rules |= {"CoreSortables": tuple(one.name for one in DUBLIN_CORE if one.sortable is not None)}
        rules |= {"DefaultSortingAlgorithm": (NEWEST_FIRST,)}
        rules |= {"OpenSearchDescriptionDocument": (address_of(told.address),)}
    else:
        rules["IsoProfiles"] = ("http://www.isotc211.org/2005/gmd",)
    limits = [_values(xml, "Constraint", name, values, version) for name, values in rules.items()]
    # It is there for who asks as INSPIRE does: it belongs to no schema of the standard.
    extended = [extended_capabilities(told.address)] if language is not None and not version.is_third else []
    return xml.element("ows:OperationsMetadata", children=[*found, *common, *limits, *extended])


def _operation(
    xml: Markup, name: str, parameters: Mapping[str, Sequence[str]], told: Told, version: Version
) -> Element:
    by_get = name != "Transaction"
    ways = [_way(xml, _GET, told.address, version)] if by_get else []
    http = xml.element("ows:HTTP", children=[*ways, _way(xml, _POST, told.address, version)])
    values = {key: taken for key, taken in parameters.items() if taken}
    if name == "GetDomain":
        values = {"ParameterName": tuple(parameter_values(version))}
    listed = [_values(xml, "Parameter", key, taken, version) for key, taken in values.items()]
    rules = []
    if name == "GetRecords" and not version.is_third:
        known = {
            "SupportedDublinCoreQueryables": DUBLIN_CORE,
            "SupportedISOQueryables": ISO,
            "AdditionalQueryables": INSPIRE,
        }
        rules = [
            _values(xml, "Constraint", key, tuple(one.name for one in each), version) for key, each in known.items()
        ]
    dcp = xml.element("ows:DCP", children=[http])
    return xml.element("ows:Operation", children=[dcp, *listed, *rules], name=name)


def _way(xml: Markup, method: str, address: str, version: Version) -> Element:
    encodings = ("XML", "SOAP") if method == _POST else ()
    rule = [_values(xml, "Constraint", "PostEncoding", encodings, version)] if encodings else []
    return xml.element(f"ows:{method}", children=rule, xlink__type="simple", xlink__href=address)


def _values(xml: Markup, kind: str, name: str, values: Sequence[str], version: Version) -> Element:
    """Return a parameter or a constraint with its values, which OWS Common 2.0 puts a level deeper."""
    listed = [xml.element("ows:Value", one) for one in values]
    within = [xml.element("ows:AllowedValues", children=listed)] if version.is_third else listed
    return xml.element(f"ows:{kind}", children=within, name=name)
