"""Files of Items, Collections and Catalogs looked at without being registered: what is wrong with each, and where."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from itertools import chain
from typing import Any, BinaryIO

import orjson

from thalweg.catalogue import jsonschemas
from thalweg.catalogue.json_places import Place, places, repeated
from thalweg.catalogue.strictness import USUAL, Rules
from thalweg.catalogue.validation import Validator
from thalweg.core.errors import Fault, InvalidParameter, TooLarge
from thalweg.core.items import LOCAL

_LONGEST = 256 * 2**20
"""Bytes of one document, or of one ItemCollection; what is longer comes as ndjson."""
_ELSEWHERE = "https://example.org/"
"""Stands in for the place of a file, from which its relative hrefs are told."""
_MOST_BLANK = 1_000
_SOME_COLLECTION = "any"


@dataclass(frozen=True, slots=True)
class Finding:
    """What was seen of one document.

    Attributes:
        line: on which it begins, from 1; the number of its row, of a file that has rows.
        kind, id: what it says it is; empty where it does not.
        faults: what is wrong with it; none, and it is well.
        places: where the members stand that the faults name.
        unchecked: the extensions it names that are not known here, so that nothing is said about them.
    """

    line: int
    kind: str
    id: str
    faults: tuple[Fault, ...] = ()
    places: tuple[Place, ...] = ()
    unchecked: tuple[str, ...] = ()


class Inspector:
    """Judges documents by one set of rules."""

    def __init__(self, validator: Validator, rules: Rules = USUAL) -> None:
        self._validator = validator
        self._rules = rules

    def inspect(self, stream: BinaryIO, *, by_line: bool = False) -> Iterator[Finding]:
        """Yield a finding for each document of a stream: one JSON document, an ItemCollection, or one a line.

        Args:
            stream: of bytes.
            by_line: whether it is known that each line is a document; else the first line tells.
        """
        begun = _begun(stream)
        if by_line or (len(begun) > 1 and begun[-1].strip() and isinstance(_parsed(begun[0]), dict)):
            lines = chain(begun, iter(partial(stream.readline, _LONGEST + 1), b""))
            for number, line in enumerate(lines, 1):
                if line.strip():
                    one = self._line(line)
                    yield replace(one, line=number, places=tuple(Place(number, place.column) for place in one.places))
            return
        text = b"".join(begun)
        yield from self._whole(text + stream.read(max(0, _LONGEST + 1 - len(text))))

    def judged(self, document: object, row: int) -> Finding:
        """Return the finding on a document that was read from a row."""
        return replace(self._finding(document), line=row)

    def _line(self, text: bytes) -> Finding:
        document = _parsed(text)
        return _unreadable(text) if document is None else _placed(self._finding(document), text)

    def _whole(self, text: bytes) -> Iterator[Finding]:
        document = _parsed(text) if len(text) <= _LONGEST else None
        if document is None:
            yield _unreadable(text)
        elif isinstance(document, dict) and document.get("type") == "FeatureCollection":
            yield from self._together(document, text)
        else:
            yield _placed(_with_repeated(self._finding(document), text), text)

    def _together(self, document: Mapping[str, Any], text: bytes) -> Iterator[Finding]:
        features = document.get("features")
        if not isinstance(features, list):
            yield _placed(Finding(1, "FeatureCollection", "", (Fault("features", "is not an array"),)), text)
            return
        found = [self._finding(feature) for feature in features]
        at = places(text, [path for place, one in enumerate(found) for path in _paths(one, f"features.{place}.")])
        for place, one in enumerate(found):
            where = tuple(at[path] for path in _paths(one, f"features.{place}."))
            yield replace(one, line=where[0].line if where else 1, places=where)

    def _finding(self, document: object) -> Finding:
        if not isinstance(document, Mapping):
            return Finding(1, "", "", (Fault("document", "is not a JSON object"),))
        kind, name = str(document.get("type", ""))[:32], str(document.get("id", ""))[:256]
        try:
            self._judge(kind, document)
        except InvalidParameter as error:
            faults = error.faults
        except TooLarge as error:
            faults = (Fault("document", str(error)),)
        else:
            faults = ()
        return Finding(1, kind, name, faults, unchecked=jsonschemas.unchecked(document))

    def _judge(self, kind: str, document: Mapping[str, Any]) -> None:
        if kind == "Feature":
            self._validator.item(_settled({"collection": _SOME_COLLECTION, **document}), "", self._rules)
        elif kind == "Collection":
            self._validator.collection(_settled(document), "")
        elif kind == "Catalog":
            jsonschemas.check("Catalog", document)
        else:
            raise InvalidParameter("type", "is none of Feature, FeatureCollection, Collection, Catalog")


def _begun(stream: BinaryIO) -> list[bytes]:
    """Return the first line and those up to the next that is not blank, which tells whether more documents come."""
    lines = [stream.readline(_LONGEST + 1)]
    while len(lines) < _MOST_BLANK and (line := stream.readline(_LONGEST + 1)):
        lines.append(line)
        if line.strip():
            break
    return lines


def _parsed(text: bytes) -> Any:  # noqa: ANN401 - JSON
    try:
        return orjson.loads(text)
    except orjson.JSONDecodeError:
        return None


def _unreadable(text: bytes) -> Finding:
    if len(text) > _LONGEST:
        return Finding(1, "", "", (Fault("document", f"has more than {_LONGEST} bytes; write one Item a line"),))
    try:
        orjson.loads(text)
    except orjson.JSONDecodeError as error:
        why = Fault("document", f"is not JSON: {error.msg}")
        return Finding(error.lineno, "", "", (why,), (Place(error.lineno, error.colno),))
    return Finding(1, "", "", (Fault("document", "is not a JSON object"),))


def _with_repeated(finding: Finding, text: bytes) -> Finding:
    again = tuple(Fault(path, "is there twice; readers of JSON keep the last") for path in repeated(text))
    return replace(finding, faults=(*finding.faults, *again[: jsonschemas.MOST_TOLD]))


def _paths(finding: Finding, prefix: str) -> Sequence[str]:
    """Return the paths in the text of what is wrong; that of the whole document is its prefix."""
    return [
        (prefix + ("" if fault.parameter == "document" else fault.parameter)).rstrip(".") for fault in finding.faults
    ]


def _placed(finding: Finding, text: bytes) -> Finding:
    if not finding.faults:
        return finding
    paths = _paths(finding, "")
    at = places(text, paths)
    return replace(finding, places=tuple(at[path] for path in paths))


def _settled(document: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return a document as if it had been crawled: the hrefs of its assets no longer relative to its file."""
    assets = document.get("assets")
    if not isinstance(assets, Mapping):
        return document
    return {**document, "assets": {name: _absolute(asset) for name, asset in assets.items()}}


def _absolute(asset: object) -> object:
    href = asset.get("href") if isinstance(asset, Mapping) else None
    if not isinstance(asset, Mapping) or not isinstance(href, str) or not href or _leads(href):
        return asset
    return {**asset, "href": _ELSEWHERE + href.removeprefix("./").replace("../", "").lstrip("/")}


def _leads(href: str) -> bool:
    """Tell whether an href says itself where it leads."""
    return href.startswith(("/", LOCAL)) or ":" in href.partition("/")[0]
