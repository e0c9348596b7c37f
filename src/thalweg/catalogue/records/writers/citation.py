"""How a resource is cited: BibTeX, RIS and CSL-JSON, for programs that keep references."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import orjson

from thalweg.catalogue.records.writers.nodes import sayable
from thalweg.catalogue.records.writers.persons import person_of

if TYPE_CHECKING:
    from thalweg.catalogue.records.record import Contact, Record

_AUTHORS = frozenset({"author", "originator", "principalInvestigator", "coAuthor", "owner"})
_PUBLISHERS = frozenset({"publisher", "distributor"})
_DOI = re.compile(r"10\.\d{4,9}/\S+")
_SPECIAL = {
    "\\": r"\textbackslash{}",
    "{": r"\{",
    "}": r"\}",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
    **{char: f"\\{char}" for char in "&%$#_"},
}
_KINDS = {"document": ("misc", "RPRT", "report"), "process": ("misc", "COMP", "software")}
_DATA = ("misc", "DATA", "dataset")


@dataclass(frozen=True, slots=True)
class Citation:
    """What every style of citation is made of.

    Attributes:
        date: as much of ``YYYY-MM-DD`` as is told.
        doi: without a resolver's address.
    """

    id: str
    kind: tuple[str, str, str]
    title: str
    authors: tuple[Contact, ...]
    publisher: str
    date: str
    doi: str
    url: str
    version: str
    abstract: str
    keywords: tuple[str, ...]


def cited(record: Record, address: str = "") -> Citation:
    """Return what is cited of a Record.

    Args:
        record: what is told.
        address: the permanent address of its page, where the Record names none.
    """
    contacts = [contact for contact in record.contacts if not contact.of_record]
    authors = tuple(contact for contact in contacts if _AUTHORS & set(contact.roles))
    publishers = [contact for contact in contacts if _PUBLISHERS & set(contact.roles)]
    dates = record.dates or {}
    changed = record.updated or record.created
    told = dates.get("publication") or dates.get("creation") or dates.get("revision")
    return Citation(
        id=record.id,
        kind=_KINDS.get(record.type, _DATA),
        title=_line(record.title or record.id),
        authors=authors or tuple(contacts[:1]),
        publisher=_line(_called(publishers[0])) if publishers else "",
        date=(told or (changed.date().isoformat() if changed else ""))[:10],
        doi=doi_of(record),
        url=address or next((link.href for link in record.links if link.rel in ("self", "canonical")), ""),
        version=_line(str((record.extra or {}).get("version") or "")),
        abstract=_line(record.description),
        keywords=tuple(map(_line, record.keywords)),
    )


def doi_of(record: Record) -> str:
    """Return the DOI among the names that others call the resource by; nothing where none is one."""
    found = (_DOI.search(one.value) for one in record.external_ids)
    return next((match[0] for match in found if match), "")


def _line(text: str) -> str:
    return " ".join(sayable(text).split())


def _called(contact: Contact) -> str:
    return contact.name or contact.organization


def bibtex(citation: Citation) -> str:
    """Return the citation as an entry of BibTeX; an organization stands in braces, for it has no first name."""
    fields = {
        "title": f"{{{_escaped(citation.title)}}}",
        "author": " and ".join(_bibtex_name(one) for one in citation.authors),
        "publisher": _escaped(citation.publisher),
        "year": citation.date[:4],
        "doi": _escaped(citation.doi),
        "url": citation.url.replace("{", "%7B").replace("}", "%7D").replace("\\", "%5C"),
        "version": _escaped(citation.version),
        "keywords": _escaped(", ".join(citation.keywords)),
    }
    key = re.sub(r"[^A-Za-z0-9:._-]", "-", citation.id) or "record"
    lines = [f"  {name} = {{{_line(text)}}}" for name, text in fields.items() if text]
    return f"@{citation.kind[0]}{{{key},\n" + ",\n".join(lines) + "\n}\n"


def _bibtex_name(contact: Contact) -> str:
    person = person_of(contact)
    if person is None:
        return f"{{{_escaped(_called(contact))}}}"
    # The word that stands between two names may be a part of one.
    parts = [f"{{{part}}}" if re.search(r"\band\b", part, re.IGNORECASE) else part for part in map(_escaped, person)]
    return ", ".join(parts)


def _escaped(text: str) -> str:
    return "".join(_SPECIAL.get(char, char) for char in _line(text))


def ris(citation: Citation) -> str:
    """Return the citation as an entry of RIS; each line is one field, so that no text can begin another."""
    lines = [
        ("TY", citation.kind[1]),
        ("ID", _line(citation.id)),
        ("TI", citation.title),
        *(("AU", _sorted_by(one)) for one in citation.authors),
        ("PB", citation.publisher),
        ("PY", citation.date[:4]),
        ("DA", citation.date.replace("-", "/")),
        ("DO", citation.doi),
        ("UR", _line(citation.url)),
        ("ET", citation.version),
        ("AB", citation.abstract),
        *(("KW", word) for word in citation.keywords),
    ]
    return "".join(f"{tag}  - {text}\r\n" for tag, text in lines if text) + "ER  - \r\n"


def _sorted_by(contact: Contact) -> str:
    person = person_of(contact)
    return _line(_called(contact) if person is None else ", ".join(person))


def csl_json(citation: Citation) -> bytes:
    """Return the citation as CSL-JSON: a list of one."""
    parts = [int(part) for part in citation.date.split("-") if part.isdecimal()]
    told: dict[str, Any] = {
        "id": citation.id,
        "type": citation.kind[2],
        "title": citation.title,
        "author": [_csl_name(one) for one in citation.authors],
        "publisher": citation.publisher,
        "issued": {"date-parts": [parts]} if parts else None,
        "DOI": citation.doi,
        "URL": citation.url,
        "version": citation.version,
        "abstract": citation.abstract,
        "keyword": ", ".join(citation.keywords),
    }
    return orjson.dumps([{name: value for name, value in told.items() if value}])


def _csl_name(contact: Contact) -> dict[str, str]:
    person = person_of(contact)
    if person is None:
        return {"literal": _line(_called(contact))}
    return {"family": _line(person.family), "given": _line(person.given)}
