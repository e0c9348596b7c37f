"""A static STAC catalogue, followed link by link: a folder of this machine, or another host through the guard."""

import re
import secrets
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote, urljoin, urlsplit

import httpx
import orjson

from thalweg.core.errors import InvalidParameter, NotFound, ThalwegError, TooLarge, Unavailable
from thalweg.core.items import Document
from thalweg.guard.outbound import Outbound
from thalweg.harvest.contents import Folder
from thalweg.harvest.ports import Row, Source

_ONWARD = ("child", "item")
_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:")
_OUTSIDE = "./outside-of-the-catalogue"
_NEVER_KEPT = ("self", "root", "parent", "collection", "child", "item", "items")


@dataclass(frozen=True, slots=True)
class Bounds:
    """How far a crawl goes: ``depth`` in links from the start, ``document`` in bytes."""

    depth: int = 20
    documents: int = 1_000_000
    document: int = 16 * 1024 * 1024


USUAL = Bounds()
Fetch = Callable[[str], tuple[str, bytes]]
"""From an address to the one that answered, after redirects, and what it said."""


class Crawl:
    """The Collections and Items of a static catalogue; each is read once, whatever leads to it again.

    A crawl cannot start in the middle: what it found before is found again, and is ``unchanged``.
    """

    def __init__(self, start: str, fetch: Fetch, root: Path | None = None, bounds: Bounds = USUAL) -> None:
        self._start = start
        self._fetch = fetch
        self._root = root
        self._bounds = bounds

    @classmethod
    def of_file(cls, path: Path, bounds: Bounds = USUAL) -> "Crawl":
        """Return a crawl that starts at a file and stays in its folder.

        Raises:
            NotFound: there is no such file.
        """
        if not path.is_file():
            raise NotFound(f"there is no file {path.name}")
        root = path.resolve().parent
        return cls(path.resolve().as_uri(), lambda url: (url, _read(url, root, bounds.document)), root, bounds)

    @classmethod
    def of_url(cls, url: str, outbound: Outbound, bounds: Bounds = USUAL) -> "Crawl":
        """Return a crawl that starts at a URL; each address is checked before it is asked.

        Raises:
            InvalidParameter: the URL leads where nobody may go.
        """
        outbound.check(url, "source")
        return cls(url, lambda address: _get(outbound, address, bounds.document), None, bounds)

    @property
    def name(self) -> str:
        """Return where it starts."""
        return urlsplit(self._start).path.rpartition("/")[2] if self._root else self._start

    @property
    def extent(self) -> int | None:
        """Return ``None``: how much there is shows at the end."""
        return None

    def fingerprint(self) -> str:
        """Return another text each time: what lies behind the start may have changed, so no crawl goes on."""
        return f"{self._start} {secrets.token_hex(8)}"

    def rows(self, after: int) -> Iterator[Row]:
        """Yield Collections before their Items, from the start outwards; of these, the places behind ``after``.

        Raises:
            TooLarge: the catalogue is deeper or larger than a crawl goes.
            NotFound, Unavailable, InvalidParameter: its very start cannot be read.
        """
        todo, seen, place = deque([(self._start, 0)]), {self._start}, 0
        while todo:
            asked, depth = todo.popleft()
            address, found = self._document(asked)
            if not isinstance(found, ThalwegError):
                for link in self._onward(found, address, depth):
                    if link not in seen:
                        seen.add(link)
                        todo.append((link, depth + 1))
                if len(seen) > self._bounds.documents:
                    raise TooLarge(f"the catalogue leads to more than {self._bounds.documents} documents")
            if _is_told(found):
                place += 1
                yield from [self._row(place, found, address)] if place > after else []

    def _document(self, address: str) -> tuple[str, Document | ThalwegError]:
        try:
            answered, content = self._fetch(address)
            found = orjson.loads(content)
        except orjson.JSONDecodeError:
            return address, InvalidParameter("document", "is no JSON")
        except ValueError:  # half a host in brackets, a NUL in a path
            return address, InvalidParameter("href", "is no address that can be read")
        except ThalwegError as error:
            if address == self._start:
                raise
            return address, error
        return answered, found if isinstance(found, Mapping) else InvalidParameter("document", "is no JSON object")

    def _onward(self, document: Document, address: str, depth: int) -> Iterator[str]:
        """Yield the addresses of children and Items; links that lead nowhere are passed over."""
        links = document.get("links")
        if document.get("type") == "Feature" or not isinstance(links, list):
            return
        if depth >= self._bounds.depth:
            raise TooLarge(f"the catalogue is deeper than {self._bounds.depth} links")
        for link in links:
            href = link.get("href") if isinstance(link, Mapping) and link.get("rel") in _ONWARD else None
            if isinstance(href, str):
                yield _joined(address, href).partition("#")[0]

    def _row(self, place: int, found: Document | ThalwegError, address: str) -> Row:
        shown = address.removeprefix(f"{self._root.as_uri()}/") if self._root else address
        if isinstance(found, ThalwegError):
            return Row(place, found, place, shown)
        if self._root is None or found.get("type") == "Collection":
            return Row(place, _absolute(found, address), place, shown)
        folder = Path(unquote(urlsplit(address).path)).parent
        return Row(place, _within(found, folder, self._root), place, shown, contents=partial(Folder, self._root))


def _is_told(found: Document | ThalwegError) -> bool:
    return isinstance(found, ThalwegError) or found.get("type") in ("Feature", "Collection")


def _absolute(document: Document, address: str) -> dict[str, Any]:
    """Return a document with hrefs that mean the same elsewhere, without the links of its catalogue."""
    assets = {
        key: {**asset, "href": _joined(address, str(asset.get("href", "")))} for key, asset in _assets(document).items()
    }
    return {**document, "links": _links(document, address), **({"assets": assets} if assets else {})}


def _within(document: Document, folder: Path, root: Path) -> dict[str, Any]:
    """Return a document whose relative hrefs begin at the root of its catalogue."""
    assets = {}
    for key, asset in _assets(document).items():
        href = str(asset.get("href", ""))
        assets[key] = {**asset, "href": href if _SCHEME.match(href) else _below(root, folder, href)}
    links = [link for link in _links(document, "") if _SCHEME.match(str(link.get("href")))]
    return {**document, "links": links, **({"assets": assets} if assets else {})}


def _below(root: Path, folder: Path, href: str) -> str:
    """Return a relative href as it is seen from the root."""
    if "\0" in unquote(href):
        return _OUTSIDE
    place = (folder / unquote(href)).resolve()
    return f"./{place.relative_to(root).as_posix()}" if place.is_relative_to(root) else _OUTSIDE


def _joined(address: str, href: str) -> str:
    """Return an href seen from an address; what nobody can read stays as it is, to be refused where it is followed."""
    try:
        return urljoin(address, href)
    except ValueError:
        return href


def _assets(document: Document) -> Mapping[str, Mapping[str, Any]]:
    found = document.get("assets")
    if not isinstance(found, Mapping):
        return {}
    return {key: asset for key, asset in found.items() if isinstance(asset, Mapping)}


def _links(document: Document, address: str) -> list[dict[str, Any]]:
    links = document.get("links")
    kept = [link for link in links if isinstance(link, Mapping)] if isinstance(links, list) else []
    return [
        {**link, "href": _joined(address, str(link.get("href", "")))}
        for link in kept
        if link.get("rel") not in _NEVER_KEPT
    ]


def _read(url: str, root: Path, most: int) -> bytes:
    path = Path(unquote(urlsplit(url).path))
    if urlsplit(url).scheme != "file" or not path.resolve().is_relative_to(root):
        raise InvalidParameter("href", "leads out of the catalogue's folder")
    try:
        with path.open("rb") as file:
            content = file.read(most + 1)
    except OSError as error:
        raise NotFound(f"there is no file {path.name}") from error
    _bounded(content, most)
    return content


def _get(outbound: Outbound, url: str, most: int) -> tuple[str, bytes]:
    try:
        with (
            outbound.client(follow_redirects=True) as client,
            client.stream("GET", url, headers={"accept": "application/geo+json, application/json"}) as answer,
        ):
            if answer.status_code != httpx.codes.OK:
                raise NotFound(f"the host answered {answer.status_code}")
            content = bytearray()
            for chunk in answer.iter_bytes():
                content += chunk
                _bounded(content, most)
            return str(answer.url), bytes(content)
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        raise Unavailable("the host does not answer") from error


def _bounded(content: bytes | bytearray, most: int) -> None:
    if len(content) > most:
        raise TooLarge(f"the document has more than {most} bytes")


if TYPE_CHECKING:
    _keeps_its_promise: type[Source] = Crawl
