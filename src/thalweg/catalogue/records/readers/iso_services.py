"""What a service does, and for which resources, from the ``SV_ServiceIdentification`` of both encodings."""

from __future__ import annotations

from typing import TYPE_CHECKING

from thalweg.catalogue.records.readers.iso_elements import all_said, at, local_name, said
from thalweg.catalogue.records.record import Coupled, Service

if TYPE_CHECKING:
    from collections.abc import Iterator

    from thalweg.guard.markup import Element

_HREF = "{http://www.w3.org/1999/xlink}href"


def service_of(about: Element | None) -> Service | None:
    """Return what an identification tells of a service; nothing where it is of data."""
    if about is None or not local_name(about).endswith("SV_ServiceIdentification"):
        return None
    return Service(
        type=said(about, "serviceType"),
        version=said(about, "serviceTypeVersion"),
        operations=tuple(all_said(about, "containsOperations/*/operationName")),
        operates_on=tuple(filter(None, (_served(one) for one in at(about, "operatesOn")))),
        coupling=said(about, "couplingType"),
        coupled=tuple(_coupled(about)),
    )


def _served(element: Element) -> str:
    """Return the id of what a service serves: where it points, else what stands within says it."""
    pointed = element.get("uuidref") or element.get(_HREF)
    return str(pointed or said(element, "*/citation/*/identifier/*/code"))


def _coupled(about: Element) -> Iterator[Coupled]:
    for one in at(about, "coupledResource/*"):
        operation = said(one, "operationName", "operation/*/operationName")
        identifier = said(one, "identifier", "resourceReference/*/identifier/*/code")
        if operation or identifier:
            yield Coupled(operation, identifier)
