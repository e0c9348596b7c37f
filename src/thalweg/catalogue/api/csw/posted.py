"""Reads requests of CSW from XML (07-006r1, 10; 12-176r7, 7), right in the body or in an envelope of SOAP."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lxml import etree  # type: ignore[import-untyped]

from thalweg.catalogue.api.csw.constraining import of_element, order_of_element
from thalweg.catalogue.api.csw.naming import bindings, element_of, namespaces_of, output_format, output_schema
from thalweg.catalogue.api.csw.pairs import (
    RESULT_TYPES,
    described_as,
    distribution,
    domain,
    language_of_schema,
    most_of,
    sections_of,
    view_of,
)
from thalweg.catalogue.api.csw.requests import (
    OPERATIONS,
    Action,
    Delete,
    DescribeRecord,
    Edit,
    GetCapabilities,
    GetDomain,
    GetRecordById,
    GetRecords,
    Harvest,
    Insert,
    Replacement,
    Request,
    Transaction,
)
from thalweg.catalogue.api.csw.taking import taken
from thalweg.catalogue.api.csw.versions import OF_NAMESPACE, V3, VERSIONS, Version, agreed
from thalweg.catalogue.filters.gml import local, namespace
from thalweg.catalogue.filters.queryables import queryable_of
from thalweg.catalogue.records.receiving import XML_TYPES
from thalweg.core.errors import InvalidParameter, TooLarge
from thalweg.web.kvp import MissingParameter, chosen, whole
from thalweg.web.ows import OperationNotSupported

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from thalweg.catalogue.filters.queryables import Queryable
    from thalweg.catalogue.limits import Limits
    from thalweg.catalogue.records.record import Record
    from thalweg.guard.markup import Element

_TRUTH = {"true": True, "false": False, "1": True, "0": False}
_CONSTRAINT = "Constraint"


def version_posted(element: Element) -> Version:
    """Return the version of a request, which its namespace tells; its operation may ask for another by name."""
    return OF_NAMESPACE.get(namespace(element), V3)


class Posted:
    """Reads requests; ``limits`` bound what a transaction may hold."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._readers: dict[str, Callable[[Element, Version], Request]] = {
            "GetCapabilities": _capabilities,
            "DescribeRecord": _describe,
            "GetDomain": _domain,
            "GetRecords": _records,
            "GetRecordById": _by_id,
            "Transaction": self._transaction,
            "Harvest": _harvest,
        }

    def read(self, element: Element) -> Request:
        """Read a request.

        Raises:
            InvalidParameter: something of it is missing or wrong.
            OperationNotSupported: there is no such operation.
        """
        version, name = OF_NAMESPACE.get(namespace(element)), local(element)
        if version is None or name not in self._readers:
            raise OperationNotSupported(
                "request", f"{name[:64]} of {namespace(element)[:128]!r} is none of {OPERATIONS}"
            )
        service = element.get("service")
        if service is None:
            raise MissingParameter("service")
        if service != "CSW":
            raise InvalidParameter("service", "is CSW here")
        if name != "GetCapabilities":
            _check_version(element, version)
        return self._readers[name](element, version)

    def _transaction(self, element: Element, version: Version) -> Transaction:
        actions = tuple(self._action(one, version) for one in element)
        if not actions:
            raise MissingParameter("Transaction", "holds an Insert, an Update or a Delete")
        return Transaction(
            version,
            actions,
            chosen("verboseResponse", element.get("verboseResponse"), _TRUTH, usual=False),
            element.get("requestId"),
        )

    def _action(self, element: Element, version: Version) -> Action:
        handle = element.get("handle") or ""
        match local(element):
            case "Insert":
                return Insert(self._given(list(element)), handle)
            case "Update":
                return self._update(element, handle)
            case "Delete":
                constraint = _required(element, _CONSTRAINT)
                if type_name := element.get("typeName"):
                    namespaces_of((type_name,), element.nsmap, version, "typeName")
                return Delete(of_element(constraint), handle)
            case name:
                raise InvalidParameter("Transaction", f"{name[:64]} is not Insert, Update or Delete")

    def _update(self, element: Element, handle: str) -> Action:
        edits = [one for one in element if local(one) == "RecordProperty"]
        if not edits:
            return Replacement(self._given([one for one in element if local(one) != _CONSTRAINT]), handle)
        values = tuple(_edit(one) for one in edits)
        return Edit(values, of_element(_required(element, _CONSTRAINT)), handle)

    def _given(self, elements: list[Element]) -> tuple[Record, ...]:
        if not elements:
            raise MissingParameter("Transaction", "holds a record to take")
        if len(elements) > self._limits.at_once:
            raise TooLarge(f"Transaction: more than {self._limits.at_once} records (limits.at_once)")
        documents = (etree.tostring(one, encoding="UTF-8", xml_declaration=True, with_tail=False) for one in elements)
        return tuple(record for one in documents for record in taken(one, XML_TYPES[0], self._limits))


def _check_version(element: Element, version: Version) -> None:
    given = element.get("version")
    if given is None:
        raise MissingParameter("version")
    if chosen("version", given, VERSIONS, version) is not version:
        raise InvalidParameter("version", f"is {given}, and the namespace is that of {version.number}")


def _capabilities(element: Element, version: Version) -> GetCapabilities:
    accepted = tuple(_texts(element, "AcceptVersions/Version"))
    formats = tuple(_texts(element, "AcceptFormats/OutputFormat"))
    spoken = agreed(accepted) if accepted else version
    sections = [one for one in element if local(one) == "Sections"]
    return GetCapabilities(
        spoken,
        sections_of(tuple(_texts(element, "Sections/Section"))) if sections else None,
        element.get("updateSequence"),
        described_as(formats, spoken),
    )


def _describe(element: Element, version: Version) -> DescribeRecord:
    if version.is_third:
        raise OperationNotSupported("request", "DescribeRecord is of CSW 2.0.2")
    output_format(element.get("outputFormat"))
    language_of_schema(element.get("schemaLanguage"))
    found = [one for one in element if local(one) == "TypeName"]
    spaces = list[str]()
    for one in found:
        # A name without a prefix is in no namespace here, unless the document gives all such names one.
        if ":" not in (one.text or "") and None not in one.nsmap:
            raise InvalidParameter("TypeName", f"{(one.text or '')[:128]!r} is in no namespace")
        spaces += namespaces_of(((one.text or "").strip(),), one.nsmap, version, "TypeName")
    return DescribeRecord(version, tuple(spaces))


def _domain(element: Element, version: Version) -> GetDomain:
    properties = (*_texts(element, "PropertyName"), *_texts(element, "ValueReference"))
    return domain(version, tuple(_texts(element, "ParameterName")), properties)


def _records(element: Element, version: Version) -> GetRecords:
    media_type = output_format(element.get("outputFormat"))
    query = _required(element, "Query")
    names = (query.get("typeNames") or "").split()
    if not names:
        raise MissingParameter("typeNames")
    namespaces_of(tuple(names), query.nsmap, version, "typeNames")
    shown = [one for one in query if local(one) == "ElementName"]
    elements = tuple(element_of((one.text or "").strip(), _bound(one), version) for one in shown)
    named = next(iter(_texts(query, "ElementSetName")), None)
    far = _first(element, "DistributedSearch")
    searched = element.get("requestId")
    return GetRecords(
        version=version,
        view=view_of(version, element.get("outputSchema"), named, elements),
        constraint=of_element(_first(query, _CONSTRAINT)),
        sort=order_of_element(_first(query, "SortBy")),
        start=whole("startPosition", element.get("startPosition"), 1, 1),
        most=most_of(element.get("maxRecords")),
        result_type=chosen(
            "resultType", element.get("resultType"), RESULT_TYPES, "results" if version.is_third else "hits"
        ),
        media_type=media_type,
        request_id=searched,
        distribution=None
        if far is None
        else distribution(far.get("hopCount"), far.get("distributedSearchId") or searched),
        handlers=tuple(_texts(element, "ResponseHandler")),
        echo=element,
    )


def _bound(element: Element) -> dict[str | None, str]:
    """Return the prefixes of an element above the usual ones: clients forget to bind those of element names."""
    return {**bindings(None), **element.nsmap}


def _by_id(element: Element, version: Version) -> GetRecordById:
    ids = tuple(_texts(element, "Id"))
    if not ids:
        raise MissingParameter("id")
    media_type = output_format(element.get("outputFormat"))
    named = next(iter(_texts(element, "ElementSetName")), None)
    output_schema(element.get("outputSchema"), version)
    return GetRecordById(version, ids, view_of(version, element.get("outputSchema"), named, ()), media_type)


def _harvest(element: Element, version: Version) -> Harvest:
    def one(name: str) -> str | None:
        return next(iter(_texts(element, name)), None)

    source, kind = one("Source"), one("ResourceType")
    if source is None or kind is None:
        raise MissingParameter("source" if source is None else "resourceType")
    return Harvest(version, source, kind, one("HarvestInterval"), tuple(_texts(element, "ResponseHandler")))


def _edit(element: Element) -> tuple[Queryable, str | None]:
    name = next(iter(_texts(element, "Name")), None)
    if name is None:
        raise MissingParameter("Name", "names the property that is set")
    value = next(iter(_texts(element, "Value")), None)
    return queryable_of(name, "RecordProperty"), value


def _first(element: Element, name: str) -> Element | None:
    return next((one for one in element if local(one) == name), None)


def _required(element: Element, name: str) -> Element:
    found = _first(element, name)
    if found is None:
        raise MissingParameter(name)
    return found


def _texts(element: Element, path: str) -> Iterator[str]:
    """Yield the texts, none empty, at a path of local names."""
    name, _, rest = path.partition("/")
    for one in element:
        if local(one) == name:
            if rest:
                yield from _texts(one, rest)
            elif text := "".join(one.itertext()).strip():
                yield text
