"""Whether an Item keeps its schemas, its assets judged apart: nearly all of them are like those of Items before.

A schema reads a document's assets only at certain places. There it is cut: what it asks of each asset is asked of that
asset alone and remembered for all that are like it; in the place of the assets stand the names of what all of them
keep, and the schema is rewritten to ask for these names. So an Item is found valid exactly where its schemas, uncut,
find it valid, and four walks over some twenty assets are spared. What cannot be cut so is not.
"""

import re
from collections.abc import Collection, Mapping
from functools import lru_cache
from typing import Any

import orjson

from thalweg.catalogue.schema_cuts import Cut, cut
from thalweg.catalogue.vendored import checker

_MOST_KNOWN, _LONGEST = 20_000, 4_000
_MOST_ORIGINS = 1_000
_ORIGIN = len("https://")
_SCHEMES = frozenset({"https", "http", "s3", "gs"})
_PATIENCE = 2_000
"""So many more assets than were known before may be new; then they are too unlike for it to pay."""
_HOST = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-")
_IN_AN_ADDRESS = b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~!$&'()*+,;=:@/?%"
"""What an IRI may hold behind its host."""
_NO_ESCAPE = re.compile("%(?![0-9A-Fa-f]{2})")
_NUMBERS = frozenset({int, float})


class Verdicts:
    """What is known of assets by some schemas."""

    def __init__(self, found: Cut) -> None:
        self._rest = checker(found.rest)
        self._each = [checker(schema) for schema in found.each]
        self._together = [checker(schema) for schema in found.together]
        self._unread = "href" in found.unread
        self._counted = tuple(found.counted)
        self._every = (1 << len(found.each)) - 1
        self._known: dict[bytes, int] = {}
        self._new = self._again = 0
        self._origins: set[str] = set()

    def keeps(self, document: Mapping[str, Any]) -> bool:
        """Tell whether a document is known to keep the schemas; where it is not, they are to be asked."""
        assets = document.get("assets")
        if not isinstance(assets, dict) or not self._unread or self._new > self._again + _PATIENCE:
            return False
        if not self._usual(assets.values()):
            return False
        kept = self._every
        for asset in assets.values():
            kept &= self._of_asset(asset)
        names = {f"each{n}": True for n in range(len(self._each)) if kept >> n & 1}
        for n, together in enumerate(self._together):
            if together.is_valid(assets):
                names[f"together{n}"] = True
        return self._rest.is_valid({**document, "assets": names})

    def _of_asset(self, asset: Mapping[str, Any]) -> int:
        """Return what an asset keeps, as bits."""
        read = {**asset}
        del read["href"]
        counts: list[int | None] = []
        for name in self._counted:
            numbers = read.get(name)
            if type(numbers) is list and _NUMBERS.issuperset(map(type, numbers)):
                del read[name]
                counts.append(len(numbers))
            else:
                counts.append(None)
        key = orjson.dumps([counts, read])
        kept = self._known.get(key)
        if kept is not None:
            self._again += 1
        else:
            self._new += 1
            kept = sum(schema.is_valid(asset) << n for n, schema in enumerate(self._each))
            if len(self._known) >= _MOST_KNOWN:
                self._known.clear()
            if len(key) <= _LONGEST:
                self._known[key] = kept
        return kept

    def _usual(self, assets: Collection[Any]) -> bool:
        """Tell whether the href of each asset is one that any schema of addresses takes."""
        hrefs: list[Any] = [asset.get("href") if isinstance(asset, dict) else None for asset in assets]
        if not all(type(href) is str for href in hrefs):
            return False
        text = "/".join(hrefs)
        if not text.isascii() or text.encode().translate(None, _IN_AN_ADDRESS) or _NO_ESCAPE.search(text):
            return False
        return all(
            origin in self._origins or self._is_plain(origin)
            for origin in {href[: f"{href}/".find("/", _ORIGIN)] for href in hrefs}
        )

    def _is_plain(self, origin: str) -> bool:
        scheme, _, host = origin.partition("://")
        if scheme not in _SCHEMES or not host or not _HOST.issuperset(host):
            return False
        if len(self._origins) >= _MOST_ORIGINS:
            self._origins.clear()
        self._origins.add(origin)
        return True


@lru_cache(maxsize=256)
def verdicts(addresses: tuple[str, ...]) -> Verdicts | None:
    """Return what judges by these schemas; nothing where they cannot be cut."""
    found = cut(addresses)
    return None if found is None else Verdicts(found)
