"""Reads requests of CSW from key-value pairs (07-006r1, 10; 12-176r7, 7)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from thalweg.catalogue.api.csw.constraining import of_pairs, order_of_pairs
from thalweg.catalogue.api.csw.naming import (
    ATOM_TYPE,
    bindings,
    element_of,
    element_set,
    formats_of_records,
    namespaces_of,
    output_format,
    output_schema,
)
from thalweg.catalogue.api.csw.requests import (
    OPERATIONS,
    Constraint,
    DescribeRecord,
    Distribution,
    GetCapabilities,
    GetDomain,
    GetRecordById,
    GetRecords,
    Harvest,
    Request,
    ResultType,
    ValuesOf,
    View,
)
from thalweg.catalogue.api.csw.versions import V3, VERSIONS, Version, agreed
from thalweg.catalogue.federation.catalogues import read_chosen
from thalweg.catalogue.federation.seen import USUAL_SECONDS
from thalweg.catalogue.records.writers.atom import ATOM
from thalweg.core.errors import InvalidParameter, TooLarge
from thalweg.web.kvp import Kvp, MissingParameter, chosen, whole
from thalweg.web.ows import NoApplicableCode, OperationNotSupported

if TYPE_CHECKING:
    from collections.abc import Callable

    from thalweg.catalogue.federation.catalogues import Chosen

XML_SCHEMA = ("http://www.w3.org/XML/Schema", "http://www.w3.org/2001/XMLSchema", "XMLSCHEMA")
SECTIONS = ("ServiceIdentification", "ServiceProvider", "OperationsMetadata", "Filter_Capabilities", "Languages")
RESULT_TYPES: dict[str, ResultType] = {"hits": "hits", "results": "results", "validate": "validate"}
_TRUTH = {"true": True, "false": False, "TRUE": True, "FALSE": False, "1": True, "0": False}
MOST_HOPS, MILLISECONDS = 8, 1000.0
_LONGEST_ID = 1024
_MOST_NAMES = 100


def version_spoken(kvp: Kvp) -> Version:
    """Return the version in which a request that cannot be read is answered."""
    asked = kvp.text("version") or ""
    if asked in VERSIONS:
        return VERSIONS[asked]
    taken = [number for number in (kvp.text("acceptVersions") or "").split(",") if number.strip() in VERSIONS]
    return VERSIONS[taken[0].strip()] if taken else V3


def read_pairs(kvp: Kvp) -> Request:
    """Read a request.

    Raises:
        InvalidParameter: a parameter is missing or wrong.
        OperationNotSupported: its operation goes by another encoding only.
    """
    if not kvp:
        return GetCapabilities(V3)
    if kvp.required("service").upper() != "CSW":
        raise InvalidParameter("service", "is CSW here")
    asked = kvp.required("request")
    reader = _READERS.get(asked)
    if reader is None and asked in OPERATIONS:
        raise OperationNotSupported("request", f"{asked} goes by POST and XML")
    if reader is None:
        raise InvalidParameter("request", f"is {asked[:64]!r}, not one of {', '.join(OPERATIONS)}")
    return reader(kvp)


def _version(kvp: Kvp) -> Version:
    return chosen("version", kvp.required("version"), VERSIONS, V3)


def _capabilities(kvp: Kvp) -> GetCapabilities:
    accepted = kvp.listed("acceptVersions")
    given = kvp.text("version")
    version = agreed(accepted) if accepted or given not in VERSIONS else VERSIONS[given]
    return GetCapabilities(
        version,
        sections_of(kvp.listed("sections")) if "sections" in kvp else None,
        kvp.text("updateSequence"),
        described_as(kvp.listed("acceptFormats"), version),
        kvp.text("LANGUAGE"),
    )


def sections_of(names: tuple[str, ...]) -> frozenset[str] | None:
    """Return the sections that are asked for; nothing for all.

    Raises:
        InvalidParameter: one is none of the document.
    """
    for name in names:
        if name not in (*SECTIONS, "All"):
            raise InvalidParameter("sections", f"{name[:64]!r} is not one of All, {', '.join(SECTIONS)}")
    return None if "All" in names else frozenset(names)


def described_as(accepted: tuple[str, ...], version: Version) -> str:
    """Return the media type of the capabilities: the first that is known; CSW 2.0.2 has one for who knows none."""
    known = [one for one in accepted if one in ("application/xml", "text/xml")]
    if accepted and not known and version.is_third:
        return output_format(accepted[0], "acceptFormats")
    return known[0] if known else "application/xml"


def _describe(kvp: Kvp) -> DescribeRecord:
    version = _version(kvp)
    if version.is_third:
        raise OperationNotSupported("request", "DescribeRecord is of CSW 2.0.2")
    output_format(kvp.text("outputFormat"))
    language_of_schema(kvp.text("schemaLanguage"))
    prefixes = bindings(kvp.text("NAMESPACE"))
    return DescribeRecord(version, namespaces_of(kvp.listed("TypeName"), prefixes, version, "TypeName"))


def language_of_schema(given: str | None) -> None:
    """Return quietly where schemas are written in the language that is asked for."""
    if given is not None and given not in XML_SCHEMA:
        raise InvalidParameter("schemaLanguage", f"is {given[:128]!r}, not {XML_SCHEMA[0]}")


def _domain(kvp: Kvp) -> GetDomain:
    version = _version(kvp)
    properties = kvp.listed("PropertyName") or kvp.listed("ValueReference")
    parameters = kvp.listed("ParameterName")
    return domain(version, parameters, tuple(ValuesOf(name, Constraint()) for name in properties))


def domain(version: Version, parameters: tuple[str, ...], properties: tuple[ValuesOf, ...]) -> GetDomain:
    """Return a question for values.

    Raises:
        MissingParameter: nothing is asked for.
        TooLarge: too much is.
    """
    if not parameters and not properties:
        raise MissingParameter("ValueReference" if version.is_third else "PropertyName")
    if len(parameters) + len(properties) > _MOST_NAMES:
        raise TooLarge(f"GetDomain: more than {_MOST_NAMES} parameters and properties")
    return GetDomain(version, parameters, properties)


def _records(kvp: Kvp) -> GetRecords:
    version = _version(kvp)
    prefixes = bindings(kvp.text("NAMESPACE"))
    media_type = output_format(kvp.text("outputFormat"), among=formats_of_records(version))
    namespaces_of(_type_names(kvp, version), prefixes, version, "typeNames")
    names = tuple(element_of(name, prefixes, version) for name in kvp.listed("ElementName"))
    return GetRecords(
        version=version,
        view=_view(kvp, version, names, media_type),
        constraint=of_pairs(kvp),
        sort=order_of_pairs(kvp.text("SortBy")),
        start=start_of(kvp.text("startPosition"), version),
        most=most_of(kvp.text("maxRecords")),
        result_type=kvp.choice("resultType", RESULT_TYPES, "results" if version.is_third else "hits"),
        media_type=media_type,
        request_id=kvp.text("requestId"),
        distribution=_distribution(kvp),
        handlers=kvp.listed("ResponseHandler"),
        pairs=kvp.pairs,
    )


def _type_names(kvp: Kvp, version: Version) -> tuple[str, ...]:
    if not version.is_third:
        kvp.required("typeNames")
    return kvp.listed("typeNames")


def _view(kvp: Kvp, version: Version, names: tuple[str, ...], media_type: str) -> View:
    return view_of(version, (kvp.text("outputSchema"), kvp.text("ElementSetName")), names, media_type)


def view_of(version: Version, asked: tuple[str | None, str | None], names: tuple[str, ...], media_type: str) -> View:
    """Return how Records are shown: in the schema and the element set that are asked for.

    Raises:
        NoApplicableCode: both an element set and elements are named.
    """
    schema, elements = asked
    uri = output_schema(schema, version)
    if media_type == ATOM_TYPE:
        return View(ATOM, "full")
    if names and elements is not None:
        raise NoApplicableCode("ElementName and ElementSetName exclude each other")
    return View(uri, None, names) if names else View(uri, element_set(elements))


def start_of(given: str | None, version: Version) -> int:
    """Return where the results begin, from 1; clients of CSW 2.0.2 are known to begin at 0."""
    return max(1, whole("startPosition", given, 1, 1 if version.is_third else 0))


def most_of(given: str | None) -> int | None:
    """Return how many Records are asked for; nothing for as many as there are."""
    if given == "unlimited":
        return None
    return whole("maxRecords", given, 10)


def _distribution(kvp: Kvp) -> Distribution | None:
    if not kvp.choice("DistributedSearch", _TRUTH, usual=False):
        return None
    among = read_chosen(kvp.listed("federatedCatalogues"), "federatedCatalogues", MILLISECONDS)
    return distribution(kvp.text, among)


def distribution(told: Callable[[str], str | None], among: tuple[Chosen, ...]) -> Distribution:
    """Return how far a search goes on.

    Args:
        told: what the request says under a name.
        among: the catalogues that it names.

    Raises:
        InvalidParameter: the hops are none, or too many, or an id is too long.
    """
    hops = whole("hopCount", told("hopCount"), 2, 1)
    if hops > MOST_HOPS:
        raise InvalidParameter("hopCount", f"lies between 1 and {MOST_HOPS}")
    # The misspelling is the standard's.
    seconds = whole("distributedSearchIdTimout", told("distributedSearchIdTimout"), int(USUAL_SECONDS))
    ids = {name: told(name) or "" for name in ("distributedSearchId", "clientId")}
    for name, value in ids.items():
        if len(value) > _LONGEST_ID:
            raise InvalidParameter(name, f"has more than {_LONGEST_ID} characters")
    return Distribution(hops, ids["distributedSearchId"], ids["clientId"], float(seconds), among)


def _by_id(kvp: Kvp) -> GetRecordById:
    version = _version(kvp)
    given = kvp.required("id")
    media_type = output_format(kvp.text("outputFormat"), among=formats_of_records(version))
    ids = (given,) if version.is_third else kvp.listed("id")
    return GetRecordById(version, ids, _view(kvp, version, (), media_type), media_type)


def _harvest(kvp: Kvp) -> Harvest:
    return Harvest(
        _version(kvp),
        kvp.required("source"),
        kvp.required("resourceType"),
        kvp.text("harvestInterval"),
        kvp.listed("responseHandler"),
    )


_READERS: dict[str, Callable[[Kvp], Request]] = {
    "GetCapabilities": _capabilities,
    "DescribeRecord": _describe,
    "GetDomain": _domain,
    "GetRecords": _records,
    "GetRecordById": _by_id,
    "Harvest": _harvest,
}
