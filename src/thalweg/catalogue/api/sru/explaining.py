"""What the server says of itself: ZeeRex (SRU 1.2, explain)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlsplit
from xml.sax.saxutils import quoteattr

from thalweg.catalogue.api.sru.documents import element
from thalweg.catalogue.api.sru.indexes import INDEXES, SETS
from thalweg.catalogue.api.sru.records import offered
from thalweg.catalogue.api.sru.requests import AS_OF

if TYPE_CHECKING:
    from collections.abc import Iterator

ZEEREX = "http://explain.z3950.org/dtd/2.0/"
_PORTS = {"http": 80, "https": 443}
_RELATIONS = ("=", "==", "<>", "<", ">", "<=", ">=", "exact", "scr", "adj", "all", "any", "within", "encloses")
_SUPPORTED = ("ignoreCase", "respectCase", "masked")
_USUAL_RECORDS = 10


@dataclass(frozen=True, slots=True)
class Described:
    """What is told of a server.

    Attributes:
        address: where it answers.
        most: records of one answer.
    """

    address: str
    title: str
    abstract: str
    most: int


def explanation(told: Described, version: str) -> str:
    """Return the description."""
    parts = (_server(told, version), _database(told), _indexes(), _schemas(), _settings(told))
    return f'<explain xmlns="{ZEEREX}">{"".join(parts)}</explain>'


def _server(told: Described, version: str) -> str:
    split = urlsplit(told.address)
    port = split.port or _PORTS.get(split.scheme, _PORTS["http"])
    said = element("host", split.hostname or "") + element("port", port) + element("database", split.path.lstrip("/"))
    return f'<serverInfo protocol="SRU" version={quoteattr(version)} transport="{split.scheme}">{said}</serverInfo>'


def _database(told: Described) -> str:
    return (
        f'<databaseInfo><title lang="en" primary="true">{_inner(told.title)}</title>'
        f'<description lang="en" primary="true">{_inner(told.abstract)}</description></databaseInfo>'
    )


def _inner(text: str) -> str:
    return element("x", text)[len("<x>") : -len("</x>")]


def _indexes() -> str:
    sets = (f"<set name={quoteattr(name)} identifier={quoteattr(uri)}/>" for name, uri in SETS.items())
    return f"<indexInfo>{''.join(sets)}{''.join(_index())}</indexInfo>"


def _index() -> Iterator[str]:
    for one in INDEXES:
        able = {"search": True, "scan": bool(one.scanned), "sort": one.asked.sortable is not None}
        said = " ".join(f'{name}="{str(is_so).lower()}"' for name, is_so in able.items())
        title = f'<title lang="en">{_inner(one.title)}</title>'
        yield f'<index {said}>{title}<map><name set="{one.context}">{one.name}</name></map></index>'


def _schemas() -> str:
    said = (
        f'<schema identifier={quoteattr(uri)} name={quoteattr(name)} location={quoteattr(location)} sort="false"'
        f' retrieve="true"><title lang="en">{_inner(title)}</title></schema>'
        for name, title, uri, location in offered()
    )
    return f"<schemaInfo>{''.join(said)}</schemaInfo>"


def _settings(told: Described) -> str:
    said = (
        f'<default type="numberOfRecords">{_USUAL_RECORDS}</default>',
        '<default type="contextSet">dc</default><default type="index">cql.serverChoice</default>',
        '<default type="relation">=</default><default type="retrieveSchema">dc</default>',
        f'<setting type="maximumRecords">{told.most}</setting>',
        *(f'<supports type="relation">{_inner(one)}</supports>' for one in _RELATIONS),
        *(f'<supports type="relationModifier">{one}</supports>' for one in _SUPPORTED),
        '<supports type="maskingCharacter">*</supports><supports type="maskingCharacter">?</supports>',
        '<supports type="anchoring">^</supports><supports type="sort">sortby</supports><supports type="scan"/>',
        *(f'<supports type="extra{kind}Data">{AS_OF}</supports>' for kind in ("Search", "Scan")),
    )
    return f"<configInfo>{''.join(said)}</configInfo>"
