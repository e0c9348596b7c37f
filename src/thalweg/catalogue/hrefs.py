"""Where the hrefs of a document may lead: outwards to public places, or into files of the document's own workspace."""

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from urllib.parse import unquote

from thalweg.catalogue.ports import HrefGuard
from thalweg.core.errors import InvalidParameter
from thalweg.core.items import LOCAL, Document
from thalweg.core.workspaces import workspace_of

_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*):")
_LOCAL_FILE = re.compile(r"/workspaces/([a-z0-9-]+)/files/([^?#]+)")
_NEVER_IN_A_PATH = re.compile(r"[\x00-\x1f\x7f\\]")
_PLAIN = re.compile(r"(https?://[A-Za-z0-9.:_-]{1,255})(?:/[^\x00-\x20\x7f-\x9f\\]{0,1024})?")
"""An href whose host nobody can read in two ways: what the guard says of its origin it says of the whole."""
_IN_AN_ADDRESS = b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~!$&'()*+,;=:@/?%"
"""What an IRI may hold behind its host."""
_NO_ESCAPE = re.compile(rb"%(?![0-9A-Fa-f]{2})")
_PLAIN_ORIGIN = re.compile(r"(https?|s3|gs)://[A-Za-z0-9.-]+/")
_USUAL_LENGTH = 1024
_MOST_ORIGINS, _SHOWN = 4096, 64
_MOST_PLAIN = 8
_OUTWARD = frozenset({"http", "https"})
_STORES = frozenset({"s3", "gs", "az", "abfs", "abfss"})
_LINKED = frozenset({*_OUTWARD, *_STORES, "ftp", "ftps", "mailto", "doi", "urn", "thalweg"})


class Hrefs:
    """The rules for hrefs; those to ``http(s)`` pass the outbound guard."""

    def __init__(self, guard: HrefGuard) -> None:
        self._guard = guard
        self._accepted: set[str] = set()
        self._begins: tuple[str, ...] = ()
        self._plain: tuple[bytes, ...] = ()

    def are_plain(self, hrefs: Sequence[bytes]) -> bool:
        """Tell whether hrefs of assets, as JSON without escapes, are known to be addresses that may be kept.

        They are plain where their origins were accepted before, and nothing in them is unusual for any schema: so it
        is with nearly all.
        """
        if not all([href.startswith(self._plain) for href in hrefs]):  # noqa: C419 - a list is faster
            return False
        text = b"/".join(hrefs)
        if text.translate(None, _IN_AN_ADDRESS) or (b"%" in text and _NO_ESCAPE.search(text)):
            return False
        return max(map(len, hrefs), default=0) <= _USUAL_LENGTH

    def check(self, document: Document, links: Sequence[Mapping[str, Any]], body: bytes, collection: str) -> None:
        """Check the hrefs of the assets, their alternates and the links.

        Args:
            document: with its assets.
            links: that it keeps.
            body: the document, written with these links.
            collection: to which it belongs, or which it is.

        Raises:
            InvalidParameter: the first that leads where it may not; the parameter is its place.
        """
        workspace = workspace_of(collection)
        assets = _assets(document)
        # Seldom is there an href but those of the assets and the links; then there is no need to look into each band.
        if body.count(b'"href":') == sum("href" in part for part in (*assets.values(), *links)):
            found = [(f"assets.{name}.href", asset["href"]) for name, asset in assets.items() if "href" in asset]
        else:
            found = _hrefs(assets, "assets")
        for place, href in found:
            self._check_asset(href, place, workspace)
        self.check_links(links)
        self._remember(href for _, href in found)

    def check_links(self, links: Sequence[Mapping[str, Any]]) -> None:
        """Check the hrefs of links.

        Raises:
            InvalidParameter: the first that leads where it may not; the parameter is its place.
        """
        for place, link in enumerate(links):
            if any([isinstance(value, dict | list) for value in link.values()]):  # noqa: C419 - a list is faster
                for there, href in _hrefs(link, "links", place):
                    _check_link(href, there)
            elif isinstance(link.get("href"), str):
                _check_link(link["href"], f"links.{place}.href")

    def _remember(self, hrefs: Iterable[str]) -> None:
        """Remember how hrefs begin that were accepted."""
        for href in hrefs:
            origin = None if href.startswith(self._begins) else _PLAIN_ORIGIN.match(href)
            if origin is not None and (origin[1] in _STORES or origin[0][:-1] in self._accepted):
                self._begins = (*self._begins, origin[0])[-_MOST_PLAIN:]
                self._plain = tuple(begins.encode() for begins in self._begins)

    def _check_asset(self, href: str, place: str, workspace: str) -> None:
        scheme = _scheme(href)
        if href.startswith(LOCAL):
            _check_local(href.removeprefix(LOCAL), place, workspace)
        elif scheme in _OUTWARD:
            self._check_outward(href, place)
        elif scheme not in _STORES:
            raise InvalidParameter(
                place, "begins neither with http(s):// nor with an object store's scheme such as s3://"
            )

    def _check_outward(self, href: str, place: str) -> None:
        plain = _PLAIN.fullmatch(href)
        if plain is None:
            self._guard(href, place)
        elif plain[1] not in self._accepted:
            # Parsing a URL costs more than all other checks of an Item, and its assets share few origins.
            self._guard(plain[1], place)
            if len(self._accepted) >= _MOST_ORIGINS:
                self._accepted.clear()
            self._accepted.add(plain[1])


def _scheme(href: str) -> str:
    match = _SCHEME.match(href)
    return match[1].lower() if match else ""


def _check_link(href: str, place: str) -> None:
    scheme = _scheme(href)
    if scheme and scheme not in _LINKED:
        raise InvalidParameter(place, f"may not begin with {scheme[:32]}:")


def _check_local(path: str, place: str, workspace: str) -> None:
    match = _LOCAL_FILE.fullmatch(path)
    # A percent sign that is left after decoding could be decoded again by somebody further on.
    named = unquote(match[2]) if match else ""
    if match is None or "%" in named or _NEVER_IN_A_PATH.search(named):
        raise InvalidParameter(place, f"is not {LOCAL}/workspaces/{{workspace}}/files/{{path}}")
    if any(part in ("", ".", "..") for part in named.split("/")):
        raise InvalidParameter(place, "leaves the workspace's files")
    if match[1] != workspace:
        raise InvalidParameter(place, f"must name a file of {workspace!r}, the Collection's own workspace")


def _hrefs(value: Any, *place: str | int) -> list[tuple[str, str]]:  # noqa: ANN401 - JSON
    """Return every href at any depth, with its place."""
    found: list[tuple[str, str]] = []
    todo: list[tuple[tuple[str | int, ...], Any]] = [(place, value)]
    while todo:
        here, part = todo.pop()
        inside = enumerate(part) if isinstance(part, list) else part.items()
        for name, inner in inside:
            if isinstance(inner, dict | list):
                todo.append(((*here, name), inner))
            elif name == "href" and isinstance(inner, str):
                found.append((".".join(map(str, (*here, name))), inner))
    return found


def _assets(document: Document) -> Mapping[str, Mapping[str, Any]]:
    """Return the assets, which without a schema may be anything."""
    assets = document.get("assets", {})
    if not isinstance(assets, dict):
        raise InvalidParameter("assets", "is not an object")
    for name, asset in assets.items():
        if not isinstance(asset, dict):
            raise InvalidParameter(f"assets.{name[:_SHOWN]}", "is not an object")
        if not isinstance(asset.get("href", ""), str):
            raise InvalidParameter(f"assets.{name[:_SHOWN]}.href", "is not a string")
    return assets
