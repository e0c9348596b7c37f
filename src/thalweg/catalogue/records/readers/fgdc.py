"""Reads a Record from CSDGM, the metadata of the FGDC (FGDC-STD-001-1998)."""

from __future__ import annotations

import hashlib
import math
import re
from typing import TYPE_CHECKING

from thalweg.catalogue.records.iso_words import MEDIA_TYPE, is_license
from thalweg.catalogue.records.readers.iso_elements import all_said, at, first, prose, said
from thalweg.catalogue.records.readers.iso_times import moment_of
from thalweg.catalogue.records.record import Address, Concept, Contact, Format, Link, Record, Rights, Span, Theme
from thalweg.core.errors import InvalidParameter
from thalweg.core.geometry import BBox

if TYPE_CHECKING:
    from collections.abc import Iterator

    from thalweg.guard.markup import Element

_DAY = re.compile(r"(\d{4})(\d\d)?(\d\d)?")
_ABSENT = re.compile(r"unknown|none\.?|unpublished material", re.IGNORECASE)
_SIDES = ("westbc", "southbc", "eastbc", "northbc")
_ABOUT = "idinfo"


def record_of(root: Element) -> Record:
    """Read a Record; CSDGM has no identifier, so one that names none is known by its title.

    Raises:
        InvalidParameter: it has neither an identifier nor a title.
    """
    title = said(root, "idinfo/citation/citeinfo/title")
    identifier = said(root, "idinfo/datasetid", "idinfo/datsetid", "Esri/PublishedDocID") or _of_title(title)
    published = _day(said(root, "idinfo/citation/citeinfo/pubdate"))
    about = first(root, _ABOUT)
    return Record(
        id=identifier,
        title=title,
        description=_told(prose(first(about, "descript/abstract"))),
        keywords=tuple(_keywords(about)),
        themes=tuple(_themes(about)),
        updated=moment_of(_day(said(root, "metainfo/metd"))),
        dates={"publication": published} if published else None,
        span=_span(about),
        boxes=tuple(_boxes(about)),
        contacts=tuple(_contacts(root)),
        rights=_rights(about),
        formats=tuple(_formats(root)),
        links=tuple(_links(root)),
        lineage="\n".join(filter(_told, map(prose, at(root, "dataqual/lineage/procstep/procdesc")))),
        extra=_extra(about),
    )


def _of_title(title: str) -> str:
    if not title:
        raise InvalidParameter("record", "has neither a datasetid nor a title")
    return f"fgdc-{hashlib.sha256(title.encode()).hexdigest()[:32]}"


def _told(text: str) -> str:
    return "" if _ABSENT.fullmatch(text) else text


def _day(text: str) -> str:
    """Return a date of CSDGM, ``YYYYMMDD`` or less of it, as ISO 8601 writes it; nothing for another text."""
    match = _DAY.fullmatch(text.replace("-", ""))
    return "-".join(filter(None, match.groups())) if match else ""


def _keywords(about: Element | None) -> Iterator[str]:
    for one in at(about, "keywords/theme") if about is not None else ():
        if not _told(said(one, "themekt")):
            yield from filter(_told, all_said(one, "themekey"))


def _themes(about: Element | None) -> Iterator[Theme]:
    for kind in ("theme", "place", "stratum", "temporal"):
        for one in at(about, f"keywords/{kind}") if about is not None else ():
            short = kind if kind in ("theme", "place") else kind[:6]
            scheme = said(one, f"{short}kt")
            concepts = tuple(Concept(text) for text in all_said(one, f"{short}key") if _told(text))
            if concepts and (_told(scheme) or kind != "theme"):
                yield Theme(scheme, concepts, kind="" if kind == "theme" else kind)


def _span(about: Element | None) -> Span | None:
    single = _day(said(about, "timeperd/timeinfo/sngdate/caldate"))
    if single:
        return Span(_first(single), _first(single)) if len(single) == len("2000-01-01") else Span(_first(single), "..")
    start = _day(said(about, "timeperd/timeinfo/rngdates/begdate"))
    end = _day(said(about, "timeperd/timeinfo/rngdates/enddate"))
    return Span(_first(start) or "..", _first(end) or "..") if start or end else None


def _first(text: str) -> str:
    """Return the first day of a date that names a year or a month only."""
    return f"{text}-01-01"[: len("2000-01-01")] if text else ""


def _boxes(about: Element | None) -> Iterator[BBox]:
    for one in at(about, "spdom/bounding") if about is not None else ():
        try:
            numbers = [float(said(one, side)) for side in _SIDES]
            if all(map(math.isfinite, numbers)):
                yield BBox.of(numbers)
        except (ValueError, InvalidParameter):
            continue


def _contacts(root: Element) -> Iterator[Contact]:
    for path, role, of_record in (
        ("metainfo/metc/cntinfo", "pointOfContact", True),
        ("idinfo/ptcontac/cntinfo", "pointOfContact", False),
        ("distinfo/distrib/cntinfo", "distributor", False),
    ):
        for one in at(root, path):
            yield from _contact(one, role, of_record=of_record)
    for text in all_said(root, "idinfo/citation/citeinfo/origin"):
        if _told(text):
            yield Contact(organization=text, roles=("originator",))
    for text in all_said(root, "idinfo/citation/citeinfo/pubinfo/publish"):
        if _told(text):
            yield Contact(organization=text, roles=("publisher",))


def _contact(info: Element, role: str, *, of_record: bool) -> Iterator[Contact]:
    name, organization = said(info, "*/cntper"), said(info, "*/cntorg")
    if name or organization:
        yield Contact(
            name,
            organization,
            said(info, "cntpos"),
            (role,),
            tuple(all_said(info, "cntemail")),
            tuple(filter(_told, all_said(info, "cntvoice"))),
            _address(first(info, "cntaddr")),
            of_record=of_record,
        )


def _address(address: Element | None) -> Address | None:
    parts = (_told(said(address, name)) for name in ("city", "state", "postal", "country"))
    told = Address(tuple(all_said(address, "address")), *parts)
    return None if told == Address() else told


def _rights(about: Element | None) -> Rights:
    use = [line.strip() for line in prose(first(about, "useconst")).split("\n") if _told(line.strip())]
    named = use[0] if use and is_license(use[0]) else ""
    access = tuple(line.strip() for line in prose(first(about, "accconst")).split("\n") if _told(line.strip()))
    return Rights(named, access, notes=tuple(use[1:] if named else use))


def _formats(root: Element) -> Iterator[Format]:
    for text in all_said(root, "distinfo/stdorder/digform/digtinfo/formname"):
        if _told(text):
            yield Format(media_type=text) if MEDIA_TYPE.fullmatch(text) else Format(text)


def _links(root: Element) -> Iterator[Link]:
    for href in all_said(root, "distinfo/stdorder/digform/digtopt/onlinopt/computer/networka/networkr"):
        yield Link(href, "enclosure", function="download")
    for href in all_said(root, "idinfo/citation/citeinfo/onlink"):
        yield Link(href, "about")
    for one in at(root, "idinfo/browse"):
        if said(one, "browsen"):
            kind = said(one, "browset")
            yield Link(
                said(one, "browsen"),
                "preview",
                kind if MEDIA_TYPE.fullmatch(kind) else "",
                _told(said(one, "browsed")),
            )


def _extra(about: Element | None) -> dict[str, str] | None:
    told = {
        "purpose": _told(prose(first(about, "descript/purpose"))),
        "supplementalInformation": _told(prose(first(about, "descript/supplinf"))),
    }
    return {name: text for name, text in told.items() if text} or None
