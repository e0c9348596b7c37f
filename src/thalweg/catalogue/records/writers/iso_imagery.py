"""What a Record says beside its fields, as ISO 19115 says it: what acquired a scene, its clouds, what it goes with."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import TYPE_CHECKING

from thalweg.catalogue.records.writers.iso_dialect import ISO_19139, MISSING
from thalweg.catalogue.records.writers.iso_parts import identifier, said_in

if TYPE_CHECKING:
    from thalweg.catalogue.records.record import Record
    from thalweg.catalogue.records.writers.iso_dialect import Dialect
    from thalweg.catalogue.records.writers.nodes import Node
_ASSOCIATION = ("identifier", "title", "association", "initiative")


def associations(iso: Dialect, record: Record) -> list[Node]:
    """Return the resources that this one belongs to, is made from, or goes with."""
    told = (record.extra or {}).get("associations")
    known = [one for one in told if isinstance(one, Mapping)] if isinstance(told, list | tuple) else []
    return [_association(iso, {name: one.get(name) for name in _ASSOCIATION}) for one in known]


def _association(iso: Dialect, told: Mapping[str, object]) -> Node:
    code, title, kind, initiative = (text if isinstance(text, str) else "" for text in told.values())
    types = {
        "associationType": iso.code("DS_AssociationTypeCode", kind) or MISSING,
        "initiativeType": iso.code("DS_InitiativeTypeCode", initiative),
    }
    if iso is ISO_19139:
        name = iso.made("CI_Citation", title=title, date=MISSING) if title else None
        named = {"aggregateDataSetName": name, "aggregateDataSetIdentifier": identifier(iso, code) if code else None}
        return iso.made("MD_AggregateInformation", **named, **types)
    name = iso.made("CI_Citation", title=title or MISSING, identifier=identifier(iso, code) if code else None)
    return iso.made("MD_AssociatedResource", name=name, **types)


def acquisition(iso: Dialect, record: Record) -> Node | None:
    """Return what acquired a scene; nothing where neither platform nor instrument is told."""
    platforms, instruments = said_in(record, "platform"), said_in(record, "instruments")
    if not platforms and not instruments:
        return None
    carried = [_instrument(iso, name) for name in instruments]
    platform = iso.made(
        "MI_Platform",
        identifier=identifier(iso, platforms[0] if platforms else ""),
        description=platforms[0] if platforms else MISSING,
        instrument=carried or MISSING,
    )
    scope = None if iso is ISO_19139 else iso.made("MD_Scope", level=iso.code("MD_ScopeCode", "dataset"))
    return iso.made("MI_AcquisitionInformation", scope=scope, platform=platform)


def _instrument(iso: Dialect, name: str) -> Node:
    return iso.made("MI_Instrument", identifier=identifier(iso, name), type=name)


def content(iso: Dialect, record: Record) -> Node | None:
    """Return how cloudy a scene is, in percent, and its level; nothing where neither is told."""
    clouds, levels = (record.extra or {}).get("eo:cloud_cover"), said_in(record, "processing:level")
    is_number = isinstance(clouds, int | float) and not isinstance(clouds, bool) and math.isfinite(clouds)
    if not is_number and not levels:
        return None
    level = identifier(iso, levels[0]) if levels else None
    cover = iso.primitive("Real", repr(clouds)) if is_number else None
    kind = iso.code("MD_CoverageContentTypeCode", "image")
    if iso is ISO_19139:
        return iso.made(
            "MD_ImageDescription",
            attributeDescription=MISSING,
            contentType=kind,
            cloudCoverPercentage=cover,
            processingLevelCode=level,
        )
    return iso.made(
        "MD_ImageDescription",
        attributeDescription=MISSING,
        processingLevelCode=level,
        attributeGroup=iso.made("MD_AttributeGroup", contentType=kind),
        cloudCoverPercentage=cover,
    )
