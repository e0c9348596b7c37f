"""What one may do with a resource, from the constraints of ISO 19139 and ISO 19115-3."""

from __future__ import annotations

from typing import TYPE_CHECKING

from thalweg.catalogue.records.iso_words import is_license
from thalweg.catalogue.records.readers.iso_elements import all_said, at
from thalweg.catalogue.records.record import Rights

if TYPE_CHECKING:
    from thalweg.guard.markup import Element


def rights_of(about: Element | None) -> Rights:
    """Return the rights; a block that says ``license`` and names one by an SPDX expression says the license."""
    access: list[str] = []
    use: list[str] = []
    notes: list[str] = []
    license_named = ""
    for block in at(about, "resourceConstraints/*") if about is not None else ():
        found = _license(block)
        if found and not license_named:
            license_named = found
            continue
        access += all_said(block, "accessConstraints")
        use += all_said(block, "useConstraints")
        notes += [*all_said(block, "useLimitation"), *all_said(block, "otherConstraints")]
    return Rights(license_named, _once(access), _once(use), _once(notes))


def _once(texts: list[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(texts))


def _license(block: Element) -> str:
    paths = ("accessConstraints", "useConstraints", "useLimitation", "otherConstraints")
    access, use, limits, others = (list(all_said(block, path)) for path in paths)
    is_named = not access and use == ["license"] and not limits and len(others) == 1
    return others[0] if is_named and is_license(others[0]) else ""
