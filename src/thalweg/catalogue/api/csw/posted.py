"""Reads requests of CSW from XML (07-006r1, 10; 12-176r7, 7), right in the body or in an envelope of SOAP."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from thalweg.catalogue.api.csw.constraining import of_element, of_expression, order_of_element
from thalweg.catalogue.api.csw.elements import first, required, text, texts
from thalweg.catalogue.api.csw.naming import bindings, element_of, formats_of_records, namespaces_of, output_format
from thalweg.catalogue.api.csw.pairs import (
    MILLISECONDS,
    RESULT_TYPES,
    described_as,
    distribution,
    domain,
    language_of_schema,
    most_of,
    sections_of,
    start_of,
    view_of,
)
from thalweg.catalogue.api.csw.posted_changes import TransactionReader, read_harvest
from thalweg.catalogue.api.csw.requests import (
    OPERATIONS,
    Constraint,
    DescribeRecord,
    GetCapabilities,
    GetDomain,
    GetRecordById,
    GetRecords,
    Request,
    ValuesOf,
)
from thalweg.catalogue.api.csw.slicing import slices_of
from thalweg.catalogue.api.csw.versions import OF_NAMESPACE, V3, VERSIONS, Version, agreed
from thalweg.catalogue.federation.catalogues import Chosen
from thalweg.catalogue.filters.fes import read_filter
from thalweg.catalogue.filters.gml import local, namespace
from thalweg.core.errors import InvalidParameter, TooLarge
from thalweg.web.kvp import MissingParameter, chosen, whole
from thalweg.web.ows import OperationNotSupported

if TYPE_CHECKING:
    from collections.abc import Callable

    from thalweg.catalogue.limits import Limits
    from thalweg.guard.markup import Element

_TRANSACTION = "Transaction"
_MOST_ELEMENTS = 50_000


def version_posted(element: Element) -> Version:
    """Return the version in which a request is answered, which its namespace tells."""
    return OF_NAMESPACE.get(namespace(element), V3)


def read_posted(element: Element, body: bytes, limits: Limits) -> Request:
    """Read a request.

    Args:
        element: the request.
        body: the bytes that it, or the envelope around it, was read from.
        limits: bound what a transaction may hold.

    Raises:
        InvalidParameter: something of it is missing or wrong.
        OperationNotSupported: there is no such operation.
        TooLarge: it holds too much.
    """
    version, name = OF_NAMESPACE.get(namespace(element)), local(element)
    if version is None or name not in OPERATIONS:
        wrong = f"{name[:64]} of {namespace(element)[:128]!r} is none of {', '.join(OPERATIONS)}"
        raise OperationNotSupported("request", wrong)
    _check_service(element)
    if name != "GetCapabilities":
        _check_version(element, version)
    _check_size(element, limits.at_once if name == _TRANSACTION else None)
    if name == _TRANSACTION:
        return TransactionReader(limits, slices_of(body, element)).read(element, version)
    return _READERS[name](element, version)


def _check_size(element: Element, records: int | None) -> None:
    """Refuse what would be long to read, before it is: a question has no place for so much.

    Raises:
        TooLarge: a transaction holds more than so many records, or a question more than so many elements.
    """
    if records is not None:
        if max(len(element), sum(map(len, element))) > records:
            raise TooLarge(f"Transaction: more than {records} records (limits.at_once)")
    elif element.xpath("count(.//*)") > _MOST_ELEMENTS:
        raise TooLarge(f"{local(element)}: more than {_MOST_ELEMENTS} elements")


def _check_service(element: Element) -> None:
    service = element.get("service")
    if service is None:
        raise MissingParameter("service")
    if service != "CSW":
        raise InvalidParameter("service", "is CSW here")


def _check_version(element: Element, version: Version) -> None:
    given = element.get("version")
    if given is None:
        raise MissingParameter("version")
    # GDAL says the version of the capabilities that it got in the only namespace that it knows.
    if chosen("version", given, VERSIONS, version) is not version and version.is_third:
        raise InvalidParameter("version", f"is {given}, and the namespace is that of {version.number}")


def _capabilities(element: Element, version: Version) -> GetCapabilities:
    accepted = tuple(texts(element, "AcceptVersions/Version"))
    spoken = agreed(accepted) if accepted else version
    sections = first(element, "Sections")
    return GetCapabilities(
        spoken,
        None if sections is None else sections_of(tuple(texts(sections, "Section"))),
        element.get("updateSequence"),
        described_as(tuple(texts(element, "AcceptFormats/OutputFormat")), spoken),
    )


def _describe(element: Element, version: Version) -> DescribeRecord:
    if version.is_third:
        raise OperationNotSupported("request", "DescribeRecord is of CSW 2.0.2")
    output_format(element.get("outputFormat"))
    language_of_schema(element.get("schemaLanguage"))
    spaces = list[str]()
    for one in element:
        name = (one.text or "").strip()
        # A name without a prefix is in no namespace here, unless the document gives all such names one.
        if ":" not in name and None not in one.nsmap:
            raise InvalidParameter("TypeName", f"{name[:128]!r} is in no namespace")
        spaces += namespaces_of((name,), one.nsmap, version, "TypeName")
    return DescribeRecord(version, tuple(spaces))


def _domain(element: Element, version: Version) -> GetDomain:
    properties: list[ValuesOf] = []
    for one in element:
        text_of_one = "".join(one.itertext()).strip()
        if local(one) in ("PropertyName", "ValueReference") and text_of_one:
            properties.append(ValuesOf(text_of_one, Constraint()))
        elif local(one) == "Filter" and properties:
            # CSW 3 puts the filter behind the property whose values it narrows.
            properties[-1] = replace(properties[-1], constraint=of_expression(read_filter(one)))
    return domain(version, tuple(texts(element, "ParameterName")), tuple(properties))


def _records(element: Element, version: Version) -> GetRecords:
    media_type = output_format(element.get("outputFormat"), among=formats_of_records(version))
    query = required(element, "Query")
    # GeoNetwork joins them by commas, and forgets to bind their prefixes.
    names = tuple((query.get("typeNames") or "").replace(",", " ").split())
    if not names:
        raise MissingParameter("typeNames")
    namespaces_of(names, _bound(query), version, "typeNames")
    shown = tuple(
        element_of((one.text or "").strip(), _bound(one), version) for one in query if local(one) == "ElementName"
    )
    far = first(element, "DistributedSearch")
    request_id = element.get("requestId")
    usual = "results" if version.is_third else "hits"
    return GetRecords(
        version=version,
        view=view_of(version, (element.get("outputSchema"), text(query, "ElementSetName")), shown, media_type),
        constraint=of_element(first(query, "Constraint")),
        sort=order_of_element(first(query, "SortBy")),
        start=start_of(element.get("startPosition"), version),
        most=most_of(element.get("maxRecords")),
        result_type=chosen("resultType", element.get("resultType"), RESULT_TYPES, RESULT_TYPES[usual]),
        media_type=media_type,
        request_id=request_id,
        distribution=None if far is None else distribution(far.get, tuple(map(_named, far))),
        handlers=tuple(texts(element, "ResponseHandler")),
        echo=element,
    )


def _named(catalogue: Element) -> Chosen:
    timeout = catalogue.get("timeout")
    seconds = None if timeout is None else whole("timeout", timeout, 0) / MILLISECONDS
    return Chosen(catalogue.get("catalogueURL") or "", seconds)


def _bound(element: Element) -> dict[str | None, str]:
    """Return the prefixes of an element above the usual ones: clients forget to bind those of names."""
    return {**bindings(None), **element.nsmap}


def _by_id(element: Element, version: Version) -> GetRecordById:
    ids = tuple(texts(element, "Id"))
    if not ids:
        raise MissingParameter("id")
    media_type = output_format(element.get("outputFormat"), among=formats_of_records(version))
    view = view_of(version, (element.get("outputSchema"), text(element, "ElementSetName")), (), media_type)
    return GetRecordById(version, ids, view, media_type)


_READERS: dict[str, Callable[[Element, Version], Request]] = {
    "GetCapabilities": _capabilities,
    "DescribeRecord": _describe,
    "GetDomain": _domain,
    "GetRecords": _records,
    "GetRecordById": _by_id,
    "Harvest": read_harvest,
}
