"""How strictly the Items of a Collection are checked: by which schemas, and by which rules of the house.

It stands in the Collection's own document, so that whoever writes the Collection decides and whoever reads it knows::

    "thalweg:validation": {
      "strictness": "extensions",
      "rules": [{"rule": "clear-sky", "filter": "eo:cloud_cover <= 50", "message": "at most half may be cloud"}]
    }
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import orjson

from thalweg.core.errors import Fault, InvalidParameter, TooLarge
from thalweg.core.expressions import properties_of
from thalweg.core.items import Collection, Document
from thalweg.cql2.bounds import Bounds
from thalweg.cql2.matching import compiled
from thalweg.cql2.reading import read

MEMBER = "thalweg:validation"
_MOST_RULES, _MOST_NAME, _MOST_MESSAGE, _MOST_SHOWN = 50, 64, 300, 120
_BOUNDS = Bounds(size=20_000, depth=20, nodes=500, members=500, positions=2_000)
"""A rule is asked of every Item that comes, so it is smaller than what a search may ask."""
_NAMED = f'"{MEMBER}":'.encode()
_MOST_KNOWN = 4096
_TOP = frozenset({"id", "collection", "geometry"})


class Strictness(StrEnum):
    """Which schemas speak of an Item; what the store needs of it is always checked."""

    OFF = "off"
    CORE = "core"
    EXTENSIONS = "extensions"


@dataclass(frozen=True, slots=True)
class HouseRule:
    """A CQL2 filter that every Item of a Collection must match; what it compares with null does not match.

    Attributes:
        name: what people call it.
        why: what is said of an Item that does not match.
        member: the member that is told to be wrong: the only one that the filter reads, else the document.
        matches: is true for an Item that is as it should be.
    """

    name: str
    why: str
    member: str
    matches: Callable[[Document], bool | None]


@dataclass(frozen=True, slots=True)
class Rules:
    """What a Collection asks of its Items."""

    strictness: Strictness = Strictness.EXTENSIONS
    house: tuple[HouseRule, ...] = ()

    def broken(self, item: Document) -> Iterator[Fault]:
        """Yield the rules of the house that an Item, valid otherwise, does not match."""
        for rule in self.house:
            if rule.matches(item) is not True:
                yield Fault(rule.member, f"{rule.why} (rule {rule.name})")


USUAL = Rules()
"""What a Collection asks that says nothing of it."""


def rules_of(collection: Document) -> Rules:
    """Return what a Collection asks of its Items.

    Raises:
        InvalidParameter: it asks what cannot be; the parameter is its place, ``thalweg:validation.rules.0.filter``.
    """
    asked = collection.get(MEMBER)
    return USUAL if asked is None else rules_in(asked, MEMBER)


class KnownRules:
    """The rules of the Collections that were asked last, by their version: a filter is compiled once."""

    def __init__(self) -> None:
        self._known: dict[tuple[str, int], Rules] = {}

    def of(self, collection: Collection) -> Rules:
        """Return what a Collection asks of its Items."""
        key = collection.id, collection.version
        rules = self._known.get(key)
        if rules is None:
            rules = rules_of(orjson.loads(collection.body)) if _NAMED in collection.body else USUAL
            if len(self._known) >= _MOST_KNOWN:
                self._known.clear()
            self._known[key] = rules
        return rules


def rules_in(asked: Any, place: str) -> Rules:  # noqa: ANN401 - JSON
    """Read a strictness and rules, which stand at a place of a larger document.

    Raises:
        InvalidParameter: a member is not known, or wrong.
    """
    known = _members(asked, place, ("strictness", "rules"))
    strictness = known.get("strictness", Strictness.EXTENSIONS.value)
    if strictness not in list(Strictness):
        raise InvalidParameter(f"{place}.strictness", f"is one of {', '.join(Strictness)}")
    rules = known.get("rules", [])
    if not isinstance(rules, list) or len(rules) > _MOST_RULES:
        raise InvalidParameter(f"{place}.rules", f"is an array of at most {_MOST_RULES} rules")
    house = tuple(_rule(rule, f"{place}.rules.{number}") for number, rule in enumerate(rules))
    names = [rule.name for rule in house]
    for number, name in enumerate(names):
        if name in names[:number]:
            raise InvalidParameter(f"{place}.rules.{number}.rule", "another rule has this name")
    return Rules(Strictness(strictness), house)


def _members(value: Any, place: str, known: tuple[str, ...]) -> Mapping[str, Any]:  # noqa: ANN401 - JSON
    if not isinstance(value, Mapping):
        raise InvalidParameter(place, f"is an object with {', '.join(known)}")
    for name in value:
        if name not in known:
            raise InvalidParameter(f"{place}.{str(name)[:_MOST_NAME]}", f"is not known; known are {', '.join(known)}")
    return value


def _rule(value: Any, place: str) -> HouseRule:  # noqa: ANN401 - JSON
    said = _members(value, place, ("rule", "filter", "message"))
    name = _text(said.get("rule"), f"{place}.rule", _MOST_NAME)
    message = _text(said["message"], f"{place}.message", _MOST_MESSAGE) if "message" in said else None
    asked = said.get("filter")
    if not isinstance(asked, str | Mapping):
        raise InvalidParameter(f"{place}.filter", "is required: a filter in CQL2, text or JSON")
    try:
        expression = read(asked, _BOUNDS)
    except InvalidParameter as error:
        raise InvalidParameter(f"{place}.filter", error.why) from error
    except TooLarge as error:
        raise InvalidParameter(f"{place}.filter", str(error).removeprefix("filter: ")) from error
    return HouseRule(
        name, message or f"must match {_shown(asked)}", _member(properties_of(expression)), compiled(expression)
    )


def _text(value: Any, place: str, most: int) -> str:  # noqa: ANN401 - JSON
    if not isinstance(value, str) or not 0 < len(value) <= most or not value.isprintable():
        raise InvalidParameter(place, f"is a line of at most {most} characters")
    return value


def _shown(asked: str | Mapping[str, Any]) -> str:
    text = asked if isinstance(asked, str) else orjson.dumps(asked).decode()
    return text if len(text) <= _MOST_SHOWN else f"{text[:_MOST_SHOWN]}…"


def _member(names: frozenset[str]) -> str:
    if len(names) != 1:
        return "document"
    name = next(iter(names)).removeprefix("properties.")
    return name if name in _TOP else f"properties.{name}"
