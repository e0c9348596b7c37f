"""Who answers for a resource, from ISO 19139 (``CI_ResponsibleParty``) and ISO 19115-3 (``CI_Responsibility``)."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from thalweg.catalogue.records.readers.iso_elements import all_said, at, first, local_name, said
from thalweg.catalogue.records.record import Address, Contact

if TYPE_CHECKING:
    from collections.abc import Iterator

    from thalweg.guard.markup import Element


def contacts_of(element: Element | None, path: str, *, of_record: bool = False) -> tuple[Contact, ...]:
    """Return who stands at a path below an element; who has no name is nobody."""
    if element is None:
        return ()
    return tuple(contact for one in at(element, f"{path}/*") for contact in _contacts(one, of_record=of_record))


def together(*contacts: Contact) -> tuple[Contact, ...]:
    """Return each contact once, with all the roles that it is told with."""
    roles: dict[Contact, dict[str, None]] = {}
    for one in contacts:
        roles.setdefault(replace(one, roles=()), {}).update(dict.fromkeys(one.roles))
    return tuple(replace(one, roles=tuple(told)) for one, told in roles.items())


def _contacts(party: Element, *, of_record: bool) -> Iterator[Contact]:
    told = _responsibility(party) if local_name(party) == "CI_Responsibility" else _responsible_party(party)
    name, organization, position, info = told
    if not name and not organization:
        organization, position = position, ""
    if not name and not organization:
        return
    role = said(party, "role")
    yield Contact(
        name=name,
        organization=organization,
        position=position,
        roles=(role,) if role else (),
        emails=tuple(all_said(info, "address/*/electronicMailAddress")),
        phones=(*all_said(info, "phone/CI_Telephone/voice"), *all_said(info, "phone/CI_Telephone/number")),
        address=_address(first(info, "address/*")),
        url=said(info, "onlineResource/*/linkage"),
        of_record=of_record,
    )


def _responsible_party(party: Element) -> tuple[str, str, str, Element | None]:
    named = (said(party, path) for path in ("individualName", "organisationName", "positionName"))
    name, organization, position = named
    return name, organization, position, first(party, "contactInfo/*")


def _responsibility(party: Element) -> tuple[str, str, str, Element | None]:
    told = first(party, "party/*")
    info = first(told, "contactInfo/*")
    if told is not None and local_name(told) == "CI_Individual":
        return said(told, "name"), "", said(told, "positionName"), info
    person = first(told, "individual/*")
    if info is None:
        info = first(person, "contactInfo/*")
    return said(person, "name"), said(told, "name"), said(person, "positionName"), info


def _address(address: Element | None) -> Address | None:
    if address is None:
        return None
    names = ("city", "administrativeArea", "postalCode", "country")
    told = Address(tuple(all_said(address, "deliveryPoint")), *(said(address, name) for name in names))
    return None if told == Address() else told
