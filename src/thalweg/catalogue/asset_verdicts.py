"""Whether an Item keeps its schemas, its assets judged apart: nearly all of them are like those of Items before.

A schema reads a document's assets only at certain places. There it is cut: what it asks of each asset is asked of that
asset alone and remembered for all that are like it; in the place of the assets stand the names of what all of them
keep, and the schema is rewritten to ask for these names. So an Item is found valid exactly where its schemas, uncut,
find it valid, and four walks over some twenty assets are spared. What cannot be cut so is not. Nor is a schema shown
the members of an Item's properties of which it asks nothing, or a geometry that is known to be one.
"""

import re
from collections.abc import Collection, Mapping
from functools import lru_cache
from typing import Any

import orjson

from thalweg.catalogue.asset_texts import Form
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
_MOST_FORMS = 512
_MOST_NAMES = 2_000
_GEOMETRY = {"type": "Point", "coordinates": [0, 0]}
"""Stands for every geometry that is known to be one."""
Names = Mapping[str, bool]


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
        self._common: dict[Form, Names] = {}
        self._asks = found.asks_of_property
        self._asked: dict[str, bool] = {}
        self._any_geometry = found.any_geometry

    def keeps(self, document: Mapping[str, Any], form: Form | None = None, *, is_plain: bool = False) -> bool:
        """Tell whether a document is known to keep the schemas; where it is not, they are to be asked.

        Args:
            document: an Item.
            form: of the text of its assets, where each has an href that any schema takes.
            is_plain: whether its geometry is known to be one of GeoJSON, with its type and coordinates alone.
        """
        assets = document.get("assets")
        if not isinstance(assets, dict) or not self._unread:
            return False
        names = self._judged(assets) if form is None else self._judged_by(assets, form)
        if names is None:
            return False
        shown = {**document, "assets": names}
        if "properties" in document:
            shown["properties"] = self._shown(document["properties"])
        if is_plain and self._any_geometry:
            shown["geometry"] = _GEOMETRY
        return self._rest.is_valid(shown)

    def _shown(self, properties: Any) -> Any:  # noqa: ANN401 - JSON
        """Return properties without those of which nothing is asked."""
        if type(properties) is not dict:
            return properties
        asked = self._asked
        try:
            return {name: value for name, value in properties.items() if asked[name]}
        except KeyError:
            before = asked if len(asked) + len(properties) <= _MOST_NAMES else {}
            self._asked = asked = {**before, **{name: self._asks(name) for name in properties}}
            return {name: value for name, value in properties.items() if asked[name]}

    def _judged_by(self, assets: Mapping[str, Any], form: Form) -> Names | None:
        """Return the names of what assets of a form keep."""
        if self._together or not set(form.counted) <= set(self._counted):
            return self._judged(assets)
        names = self._common.get(form)
        if names is None:
            names = self._judged(assets)
            if names is not None:
                if len(self._common) >= _MOST_FORMS:
                    self._common.clear()
                self._common[form] = names
        return names

    def _judged(self, assets: Mapping[str, Any]) -> Names | None:
        """Return the names of what assets keep; nothing where that takes too long, or one has no usual href."""
        if self._new > self._again + _PATIENCE or not self._usual(assets.values()):
            return None
        kept = self._every
        for asset in assets.values():
            kept &= self._of_asset(asset)
        names = {f"each{n}": True for n in range(len(self._each)) if kept >> n & 1}
        for n, together in enumerate(self._together):
            if together.is_valid(assets):
                names[f"together{n}"] = True
        return names

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
