"""Who answers for a resource, as ``CI_ResponsibleParty`` of ISO 19139 and as ``CI_Responsibility`` of ISO 19115-3.

A contact with several roles is written once for each; the reader puts them together again.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from thalweg.catalogue.records.record import Address
from thalweg.catalogue.records.writers.iso_dialect import ISO_19139, MISSING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from thalweg.catalogue.records.record import Contact
    from thalweg.catalogue.records.writers.iso_dialect import Dialect
    from thalweg.catalogue.records.writers.nodes import Node


def parties(dialect: Dialect, contacts: Iterable[Contact]) -> list[Node]:
    """Return the contacts as the dialect says them."""
    write = _responsible_party if dialect is ISO_19139 else _responsibility
    return [write(dialect, contact, role) for contact in contacts for role in contact.roles or ("",)]


def _responsible_party(iso: Dialect, contact: Contact, role: str) -> Node:
    return iso.made(
        "CI_ResponsibleParty",
        individualName=contact.name,
        organisationName=contact.organization,
        positionName=contact.position,
        contactInfo=_info(iso, contact, _voices),
        role=iso.code("CI_RoleCode", role) if role else MISSING,
    )


def _responsibility(iso: Dialect, contact: Contact, role: str) -> Node:
    info = _info(iso, contact, _numbers)
    within = contact.organization != ""
    person = (
        iso.made(
            "CI_Individual",
            name=contact.name,
            contactInfo=None if within else info,
            positionName=contact.position,
        )
        if contact.name or contact.position
        else None
    )
    party = iso.made("CI_Organisation", name=contact.organization, contactInfo=info, individual=person)
    return iso.made(
        "CI_Responsibility",
        role=iso.code("CI_RoleCode", role) if role else MISSING,
        party=party if within or person is None else person,
    )


def _info(iso: Dialect, contact: Contact, phones: Callable[[Dialect, Contact], list[Node]]) -> Node | None:
    if not (contact.phones or contact.emails or contact.address or contact.url):
        return None
    online = iso.made("CI_OnlineResource", linkage=address_of_web(iso, contact.url)) if contact.url else None
    return iso.made("CI_Contact", phone=phones(iso, contact), address=_address(iso, contact), onlineResource=online)


def address_of_web(iso: Dialect, href: str) -> Node:
    """Return an address of the web: a ``URL`` of ISO 19139, a string of ISO 19115-3."""
    return iso.leaf("gmd:URL", href) if iso is ISO_19139 else iso.primitive("CharacterString", href)


def _voices(iso: Dialect, contact: Contact) -> list[Node]:
    return [iso.made("CI_Telephone", voice=list(contact.phones))] if contact.phones else []


def _numbers(iso: Dialect, contact: Contact) -> list[Node]:
    return [
        iso.made("CI_Telephone", number=number, numberType=iso.code("CI_TelephoneTypeCode", "voice"))
        for number in contact.phones
    ]


def _address(iso: Dialect, contact: Contact) -> Node | None:
    if contact.address is None and not contact.emails:
        return None
    address = contact.address or Address()
    return iso.made(
        "CI_Address",
        deliveryPoint=list(address.lines),
        city=address.city,
        administrativeArea=address.area,
        postalCode=address.postal_code,
        country=address.country,
        electronicMailAddress=list(contact.emails),
    )
