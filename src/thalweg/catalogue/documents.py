"""The JSON of Items and Collections: as it is taken in, as it is stored, as it is served."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import orjson

from thalweg.core.errors import InvalidParameter, TooLarge
from thalweg.core.items import LOCAL, Document

_STRUCTURE = frozenset({"self", "root", "parent", "collection", "items", "item", "child"})
"""Links that say where a document stands; the façade that serves it knows them better than its writer."""
LOCAL_HREF = f'"href":"{LOCAL}/'.encode()
"""What stands in a stored document that leads to something of the platform's own."""
_NUL = rb"\u0000"
FOR_PEOPLE = "?f=html"
"""How the address of a document's page for people ends."""
Link = Mapping[str, Any]


def own_links(document: Document) -> list[Link]:
    """Return the writer's links but those of structure; a member that is null counts as absent, as writers mean it.

    A document may come without any: what STAC wants to be there the façade adds.
    """
    links = document.get("links", [])
    if not isinstance(links, list):
        raise InvalidParameter("links", "is not an array")
    kept: list[Link] = []
    for place, link in enumerate(links):
        if not isinstance(link, Mapping):
            raise InvalidParameter(f"links.{place}", "is not an object")
        if link.get("rel") not in _STRUCTURE:
            kept.append({name: value for name, value in link.items() if value is not None})
    return kept


def stored(document: Document, links: Sequence[Link], most: int) -> bytes:
    """Write a document as it is stored: its links last, so that a façade adds its own without parsing.

    Raises:
        InvalidParameter: it is no JSON, nested too deep, or holds the character NUL.
        TooLarge: more than ``most`` bytes.
    """
    ordered = {name: value for name, value in document.items() if name != "links"}
    return _bounded(written({**ordered, "links": list(links)}), document, most)


def stored_item(document: Document, links: Sequence[Link], most: int) -> tuple[bytes, bytes]:
    """Write an Item as ``stored`` does; beside it stands the part of it that is its assets, ``"assets":{…}``.

    Raises:
        InvalidParameter: it is no JSON, or nested too deep.
        TooLarge: more than ``most`` bytes.
    """
    before: dict[str, Any] = {}
    after: dict[str, Any] = {}
    found = before
    for name, value in document.items():
        if name == "assets":
            found = after
        elif name != "links":
            found[name] = value
    if found is before:
        return stored(document, links, most), b""
    assets = written({"assets": document["assets"]})[1:-1]
    head = written(before)[:-1]
    body = b"".join((head, b"," if before else b"", assets, b",", written({**after, "links": list(links)})[1:]))
    return _bounded(body, document, most), assets


def _bounded(body: bytes, document: Document, most: int) -> bytes:
    if len(body) > most:
        raise TooLarge(f"The document {str(document.get('id'))[:64]!r} has more than {most} bytes (limits.document)")
    if _NUL in body and (place := _nul_in(document)) is not None:
        raise InvalidParameter(place or "document", "holds the character NUL, which no text has")
    return body


def _nul_in(document: Document) -> str | None:
    """Return where a document, written before, holds the character NUL in a name or a text; of six signs it is not."""
    ahead: list[tuple[str, object]] = [("", document)]
    while ahead:
        path, found = ahead.pop()
        if isinstance(found, str) and "\0" in found:
            return path
        if isinstance(found, Mapping):
            if any("\0" in str(name) for name in found):
                return path
            ahead += ((f"{path}.{name}".removeprefix("."), one) for name, one in found.items())
        elif isinstance(found, list | tuple):
            ahead += ((f"{path}.{place}", one) for place, one in enumerate(found))
    return None


def written(document: Any) -> bytes:  # noqa: ANN401 - JSON
    """Write JSON; what recurses over a document may do so after this bound of 254 levels.

    Raises:
        InvalidParameter: it is no JSON, or nested deeper.
    """
    try:
        return orjson.dumps(document)
    except orjson.JSONEncodeError as error:
        raise InvalidParameter("document", f"cannot be written as JSON: {error}") from error


def served(body: bytes, links: bytes, base: str) -> bytes:
    """Join a stored document with a façade's links, its local hrefs made absolute.

    Args:
        body: as ``stored`` wrote it.
        links: JSON objects joined by commas, not empty.
        base: the platform's address without a slash at its end.
    """
    return joined(body.replace(LOCAL_HREF, f'"href":"{base}/'.encode()), links)


def joined(body: bytes, links: bytes) -> bytes:
    """Join a stored document that has no local hrefs with a façade's links."""
    comma = b"" if body.endswith(b"[]}") else b","
    return b"".join((body[:-2], comma, links, b"]}"))


def localised(document: Document, base: str, contributed: Iterable[str]) -> dict[str, Any]:
    """Turn a document as it was served back into what its writer wrote, so that GET and PUT are inverse.

    Hrefs below the platform's own address become local; the links that the platform itself adds are left out.

    Raises:
        InvalidParameter: it is nested deeper than JSON is written here.
    """
    ours, rels = f"{base}/", frozenset(contributed)
    if f'"{ours}'.encode() not in written(document):
        return dict(document)
    local: dict[str, Any] = _localised(document, ours)
    links = local.get("links")
    if isinstance(links, list):
        local["links"] = [link for link in links if not _added(link, rels)]
    return local


def _added(link: object, rels: frozenset[str]) -> bool:
    if not isinstance(link, dict) or not (href := str(link.get("href"))).startswith(LOCAL):
        return False
    return link.get("rel") in rels or (link.get("rel") == "alternate" and href.endswith(FOR_PEOPLE))


def _localised(value: Any, ours: str) -> Any:  # noqa: ANN401 - JSON
    if isinstance(value, list):
        return [_localised(part, ours) for part in value]
    if not isinstance(value, Mapping):
        return value
    return {
        name: LOCAL + part[len(ours) - 1 :]
        if name == "href" and isinstance(part, str) and part.startswith(ours)
        else _localised(part, ours)
        for name, part in value.items()
    }


def merged(target: Any, patch: Any) -> Any:  # noqa: ANN401 - JSON
    """Return the target changed by a JSON merge patch (RFC 7396)."""
    if not isinstance(patch, Mapping):
        return patch
    result = dict(target) if isinstance(target, Mapping) else {}
    for name, value in patch.items():
        if value is None:
            result.pop(name, None)
        else:
            result[name] = merged(result.get(name), value)
    return result
