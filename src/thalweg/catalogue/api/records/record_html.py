"""One Record as a page for people, which programs that read pages understand too."""

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from markupsafe import Markup
from starlette.responses import Response

from thalweg.catalogue.api.locator import drawing
from thalweg.catalogue.api.pages import joined_with
from thalweg.catalogue.api.records.citing import citation, embedded
from thalweg.catalogue.api.records.forms import NAMES, OF_RECORD
from thalweg.catalogue.api.records.opening import Place, opened_in
from thalweg.catalogue.api.records.parameters import ALL
from thalweg.catalogue.api.records.telling import form, label, readable, relation, size, when
from thalweg.catalogue.records.iso_words import UNNAMED_LICENSES, is_license
from thalweg.web.answers import Page
from thalweg.web.asked import Asked
from thalweg.web.forms import HTML
from thalweg.web.pages import render

if TYPE_CHECKING:
    from thalweg.catalogue.api.records.documents import Documents
    from thalweg.catalogue.records.entries import Entry
    from thalweg.catalogue.records.record import Record

Document = Mapping[str, Any]
_TOLD_APART = frozenset(
    ["title", "alternateTitles", "description", "type", "keywords", "themes", "contacts", "license", "rights"]
)
_NAVIGATION = frozenset({"self", "alternate", "root", "collection", "parent", "profile", "canonical"})
_PICTURES, _DOWNLOADS = ("preview", "icon"), ("enclosure", "data")
_SPDX = "https://spdx.org/licenses/"
_FOR_REFERENCES = ("bibtex", "ris", "csl")


def record_page(asked: Asked[Any], entry: "Entry", documents: "Documents") -> Response:
    """Return the page of one Record; it is cited and opened at its own address, wherever it is looked at."""
    from thalweg.catalogue.records.writers import schema_org  # noqa: PLC0415 - loads lxml

    record = documents.told(entry)
    document = documents.record(entry, asked.parameters.catalogue, record)
    original, properties = documents.record_address(entry.catalogue, entry.id), document["properties"]
    address = documents.when(original)
    linked = schema_org.dataset(record, address, documents.catalogue_address(entry.catalogue))
    page = render(
        "record.html",
        one=document,
        title=properties.get("title") or document["id"],
        time=when(document["time"]),
        language=record.language,
        keywords=[(word, _asking(documents, word)) for word in record.keywords],
        properties=[(label(name), readable(value)) for name, value in properties.items() if _is_told(name, value)],
        files=_links(document, _DOWNLOADS),
        links=[one for one in _links(document) if one["rel"] not in _DOWNLOADS],
        picture=_picture(document, documents.base),
        license=_license(record, document),
        forms=list(_forms(address)),
        references=[one for one in _forms(address) if one[2] in _FOR_REFERENCES],
        drawing=drawing([document.get("geometry")]),
        cited=citation(record, address),
        embedded=[(name, text) for name, text in embedded(record, address) if text],
        opened=opened_in(record, Place(address, f"{documents.base}/api", documents.stac_address(entry))),
        catalogue=entry.catalogue,
        page=joined_with(address, f"f={HTML.name}"),
        then=documents.then,
        now=original,
        on_map=_on_map(entry, documents),
        # Nothing in it ends the element around it.
        linked=Markup(schema_org.in_page(linked)),  # noqa: S704
        root=asked.root,
    )
    return Page(page)


def _asking(documents: "Documents", word: str) -> str:
    return f"{documents.catalogue_address(ALL)}/items?f=html&keywords={quote(word, safe='')}"


def _on_map(entry: "Entry", documents: "Documents") -> str:
    """Return where the portal has an Item at hand."""
    if not entry.is_item:
        return ""
    return f"{documents.base}/#hand={quote(entry.item.collection, safe='')}/{quote(entry.item.id, safe='')}"


def _is_told(name: str, value: object) -> bool:
    return value is not None and name not in _TOLD_APART and not name.startswith("thalweg:")


def _links(document: Document, rels: Sequence[str] = ()) -> list[Document]:
    """Return links with what a page says of them: those of some relations, or all but those of navigation."""
    return [
        {
            **one,
            "about": relation(str(one["rel"])),
            "form": form(str(one.get("type") or "")) or one.get("protocol") or "",
            "size": size(one.get("length")),
        }
        for one in document["links"]
        if (one["rel"] in rels if rels else one["rel"] not in _NAVIGATION)
    ]


def _picture(document: Document, base: str) -> str:
    """Return the address of a picture of our own: pages load nothing from elsewhere."""
    ours = (one for rel in _PICTURES for one in document["links"] if one["rel"] == rel)
    return next((str(one["href"]) for one in ours if str(one["href"]).startswith(f"{base}/")), "")


def _license(record: "Record", document: Document) -> tuple[str, str]:
    """Return the license's name, and where it is told in full."""
    named = record.rights.license
    linked = next((str(one["href"]) for one in document["links"] if one["rel"] == "license"), "")
    if named in UNNAMED_LICENSES:
        return ("The licence" if linked else "None of the usual ones; ask who gives it"), linked
    is_one = is_license(named) and not set(named) & set(" ()")
    return named or ("The licence" if linked else ""), linked or (f"{_SPDX}{named}.html" if is_one else "")


def _forms(address: str) -> Iterator[tuple[str, str, str, str]]:
    """Yield the other forms of a Record: what people call it, its address, its name and media type."""
    for one in OF_RECORD:
        if one is not HTML:
            yield NAMES.get(one.name, one.name), joined_with(address, f"f={one.name}"), one.name, one.kind
