"""How a resource is cited, and opened elsewhere: what a page for people offers."""

from collections.abc import Mapping
from typing import Any

_AUTHORS = ("author", "originator", "principalInvestigator", "owner", "publisher", "pointOfContact")
_WEB = ("http://", "https://")


def citation(document: Mapping[str, Any], address: str) -> str:
    """Return the citation of a resource, as DataCite recommends it: creator (year): title. publisher. identifier."""
    properties = document["properties"]
    contacts = properties.get("contacts") or ()
    authors = _names(contacts, *_AUTHORS[:3]) or _names(contacts, *_AUTHORS)
    publisher = _names(contacts, "publisher", "distributor")
    dates = properties.get("dates") or {}
    published = dates.get("publication") or dates.get("creation") or properties.get("updated") or ""
    year = f" ({published[:4]})" if published else ""
    who = f"{'; '.join(authors)}{year}: " if authors else ""
    title = properties.get("title") or document["id"]
    by = f" {publisher[0]}." if publisher else ""
    return f"{who}{title}{'' if who else year}.{by} {_identifier(properties) or address}"


def _names(contacts: Any, *roles: str) -> list[str]:  # noqa: ANN401 - JSON
    named = [one for one in contacts if set(one.get("roles") or ()) & set(roles)]
    return list(dict.fromkeys(str(one.get("name") or one.get("organization") or "") for one in named))[:8]


def _identifier(properties: Mapping[str, Any]) -> str:
    for one in properties.get("externalIds") or ():
        value = str(one["value"])
        if value.startswith("10."):
            return f"https://doi.org/{value}"
        if value.startswith("https://doi.org/"):
            return value
    return ""


def opened_in(document: Mapping[str, Any], address: str) -> list[tuple[str, str]]:
    """Return how the Record, and the first file that it leads to, are opened by what people use."""
    data = next((str(one["href"]) for one in document["links"] if _is_file(one)), address)
    read = _quoted(address)
    return [
        ("curl", f"curl -H 'Accept: application/geo+json' {read}"),
        ("Python", f"import json, urllib.request\nrecord = json.load(urllib.request.urlopen({address!r}))"),
        ("R", f'record <- jsonlite::fromJSON("{_escaped(address)}")'),
        ("QGIS", f"qgis {_quoted(_for_gdal(data) if data != address else '/vsicurl/' + address)}"),
    ]


def _is_file(one: Mapping[str, Any]) -> bool:
    return one["rel"] == "enclosure" and str(one["href"]).startswith(_WEB)


def _for_gdal(href: str) -> str:
    return f"/vsicurl/{href}"


def _quoted(text: str) -> str:
    """Return a text as one word of a shell."""
    return "'" + text.replace("'", "'\\''") + "'"


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"')
