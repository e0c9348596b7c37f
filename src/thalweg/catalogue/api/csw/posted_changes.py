"""Reads transactions and harvests from XML."""

from __future__ import annotations

from typing import TYPE_CHECKING

from thalweg.catalogue.api.csw.constraining import of_element
from thalweg.catalogue.api.csw.elements import required, text, texts
from thalweg.catalogue.api.csw.naming import namespaces_of
from thalweg.catalogue.api.csw.requests import Action, Delete, Edit, Harvest, Insert, Replacement, Transaction
from thalweg.catalogue.api.csw.slicing import as_given
from thalweg.catalogue.filters.gml import local
from thalweg.catalogue.filters.queryables import queryable_of
from thalweg.catalogue.records.receiving import records_of
from thalweg.core.errors import InvalidParameter, TooLarge
from thalweg.web.kvp import MissingParameter, chosen

if TYPE_CHECKING:
    from collections.abc import Sequence

    from thalweg.catalogue.api.csw.versions import Version
    from thalweg.catalogue.filters.queryables import Queryable
    from thalweg.catalogue.limits import Limits
    from thalweg.catalogue.records.record import Record
    from thalweg.guard.markup import Element

_TRUTH = {"true": True, "false": False, "1": True, "0": False}
_CONSTRAINT, _PROPERTY = "Constraint", "RecordProperty"


class TransactionReader:
    """Reads one transaction.

    Args:
        limits: bound how many records it may hold.
        slices: the bytes of what stands in each of its actions, where they are known.
    """

    def __init__(self, limits: Limits, slices: Sequence[Sequence[bytes]]) -> None:
        self._limits = limits
        self._slices = slices

    def read(self, element: Element, version: Version) -> Transaction:
        """Read a ``Transaction``.

        Raises:
            InvalidParameter: something of it is missing or wrong.
            TooLarge: it holds too much.
        """
        given = self._slices if len(self._slices) == len(element) else [()] * len(element)
        actions = tuple(self._action(one, version, slices) for one, slices in zip(element, given, strict=True))
        if not actions:
            raise MissingParameter("Transaction", "holds an Insert, an Update or a Delete")
        verbose = chosen("verboseResponse", element.get("verboseResponse"), _TRUTH, usual=True)
        return Transaction(version, actions, verbose, element.get("requestId"))

    def _action(self, element: Element, version: Version, slices: Sequence[bytes]) -> Action:
        handle = element.get("handle") or ""
        match local(element):
            case "Insert":
                return Insert(self._given(list(element), slices), handle)
            case "Update":
                return self._update(element, handle, slices)
            case "Delete":
                if type_name := element.get("typeName"):
                    namespaces_of((type_name,), element.nsmap, version, "typeName")
                return Delete(of_element(required(element, _CONSTRAINT)), handle)
            case name:
                raise InvalidParameter("Transaction", f"{name[:64]} is not Insert, Update or Delete")

    def _update(self, element: Element, handle: str, slices: Sequence[bytes]) -> Action:
        edits = [one for one in element if local(one) == _PROPERTY]
        if edits:
            return Edit(tuple(map(_edit, edits)), of_element(required(element, _CONSTRAINT)), handle)
        return Replacement(self._given([one for one in element if local(one) != _CONSTRAINT], slices), handle)

    def _given(self, elements: list[Element], slices: Sequence[bytes]) -> tuple[Record, ...]:
        if not elements:
            raise MissingParameter("Transaction", "holds a record to take")
        if len(elements) > self._limits.at_once:
            raise TooLarge(f"Transaction: more than {self._limits.at_once} records (limits.at_once)")
        sent = slices if len(slices) == len(elements) else [b""] * len(elements)
        documents = (as_given(one, content) for one, content in zip(elements, sent, strict=True))
        return tuple(record for one in documents for record in records_of(one, self._limits))


def _edit(element: Element) -> tuple[Queryable, str | None]:
    name = text(element, "Name")
    if name is None:
        raise MissingParameter("Name", "names the property that is set")
    return queryable_of(name, _PROPERTY), text(element, "Value")


def read_harvest(element: Element, version: Version) -> Harvest:
    """Read a ``Harvest``.

    Raises:
        MissingParameter: it names no source, or no type.
    """
    source, kind = text(element, "Source"), text(element, "ResourceType")
    if source is None or kind is None:
        raise MissingParameter("source" if source is None else "resourceType")
    handlers = tuple(texts(element, "ResponseHandler"))
    return Harvest(version, source, kind, text(element, "HarvestInterval"), handlers)
