"""Records as SRU packs them: each in its schema, as XML or as a text."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from lxml import etree  # type: ignore[import-untyped]

from thalweg.catalogue.api.sru.diagnostics import SCHEMA, Diagnostic
from thalweg.catalogue.records import schemas

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from thalweg.catalogue.records.record import Record

DUBLIN_CORE = "info:srw/schema/1/dc-v1.1"
_SRW_DC = "info:srw/schema/1/dc-schema"
_DC = ("dc", "Dublin Core", DUBLIN_CORE, "http://www.loc.gov/standards/sru/recordSchemas/dc-schema.xsd")
_DECLARED = re.compile(rb"^\s*<\?xml.*?\?>\s*", re.DOTALL)


def offered() -> Iterator[tuple[str, str, str, str]]:
    """Yield the schemas that Records go out in: a short name, a title, the URI, where it is; the first is the usual."""
    yield _DC
    for schema in schemas.SCHEMAS:
        if schema.prefix:
            yield schema.prefix, schema.type_names[0], schema.uri, schema.location


def writer_of(asked: str | None) -> tuple[str, Callable[[Record], bytes]]:
    """Return the URI of a schema, and what writes a Record in it.

    Raises:
        Diagnostic: there is none of this name or URI.
    """
    if asked in (None, "dc", DUBLIN_CORE, "info:srw/schema/1/dc-v1.0"):
        return DUBLIN_CORE, _dublin_core
    for schema in schemas.SCHEMAS:
        if schema.prefix and asked in (schema.prefix, schema.uri):
            return schema.uri, schema.fragment
    raise Diagnostic(SCHEMA, str(asked)[:128])


def _dublin_core(record: Record) -> bytes:
    """Return a Record in the Dublin Core of SRU, whose elements are those of OAI-PMH under another root."""
    schema = schemas.by_prefix("oai_dc")
    if schema is None:  # pragma: no cover - the table has it
        raise Diagnostic(SCHEMA, "dc")
    told = schema.element(record)
    root = etree.Element(f"{{{_SRW_DC}}}dc", nsmap={"srw_dc": _SRW_DC, "dc": "http://purl.org/dc/elements/1.1/"})
    root.extend(list(told))
    etree.cleanup_namespaces(root)
    made: bytes = etree.tostring(root, encoding="UTF-8", xml_declaration=False)
    return _DECLARED.sub(b"", made)
