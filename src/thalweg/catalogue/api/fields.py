"""Which members of an Item or a Collection are shown (STAC's extension fields 1.0)."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from thalweg.core.errors import InvalidParameter

_MOST, _LONGEST = 200, 512
_VALID = ("type", "stac_version", "id", "geometry", "bbox", "links", "assets", "properties.datetime")
_SPAN = ("properties.start_datetime", "properties.end_datetime")
_VALID_COLLECTION = ("type", "stac_version", "id", "description", "license", "extent", "links")
_NAMING = ("type", "stac_version", "id", "collection")
"""What tells an Item from others is shown beside what was asked for, unless it is excluded."""
_OUTSIDE = frozenset(
    {"type", "stac_version", "stac_extensions", "id", "collection", "geometry", "bbox", "properties", "links", "assets"}
)
_ABSENT = object()


@dataclass(frozen=True, slots=True)
class Fields:
    """What to show and what not; ``None`` says nothing, where empty asks for what a valid Item needs."""

    include: tuple[str, ...] | None = None
    exclude: tuple[str, ...] | None = None

    @classmethod
    def in_query(cls, value: object) -> "Fields":
        """Read ``id,properties.gsd,-links``; in a query there is no difference between nothing and empty."""
        if not isinstance(value, str):
            raise InvalidParameter("fields", "takes names joined by commas")
        listed = [part.strip() for part in value.split(",") if part.strip()]
        return cls(
            _names(part.lstrip("+ ") for part in listed if not part.startswith("-")),
            _names(part[1:] for part in listed if part.startswith("-")),
        )

    @classmethod
    def in_body(cls, value: object) -> "Fields":
        """Read ``{"include": […], "exclude": […]}``."""
        if not isinstance(value, Mapping) or not set(value) <= {"include", "exclude"}:
            raise InvalidParameter("fields", "takes an object with include and exclude")
        said = []
        for member in ("include", "exclude"):
            listed = value.get(member)
            if not isinstance(listed, list | None) or not all(isinstance(name, str) for name in listed or ()):
                raise InvalidParameter("fields", f"{member} takes an array of names")
            said.append(_names(listed or ()) if member in value else None)
        return cls(*said)

    def of_item(self, item: Mapping[str, Any]) -> dict[str, Any]:
        """Return the members of an Item that are shown; a name without a place is a property's."""
        spans = (item.get("properties") or {}).get("datetime") is None
        shown = _shown(item, _rules(self, (*_VALID, *_SPAN) if spans else _VALID, in_properties=True), by_default=False)
        return shown if isinstance(shown, dict) else {}

    def of_collection(self, collection: Mapping[str, Any]) -> dict[str, Any]:
        """Return the members of a Collection that are shown."""
        shown = _shown(collection, _rules(self, _VALID_COLLECTION, in_properties=False), by_default=False)
        return shown if isinstance(shown, dict) else {}


class _Rule:
    """What is said of a member, and of those inside it."""

    def __init__(self) -> None:
        self.shows: bool | None = None
        self.inside: dict[str, _Rule] = {}

    def say(self, name: str, *, shows: bool) -> None:
        """Say it of the member of this path, and of all that was said of its inside before."""
        rule = self
        for part in name.split("."):
            rule = rule.inside.setdefault(part, _Rule())
        rule.shows = shows
        rule.inside = {} if not shows else rule.inside


@lru_cache(256)
def _rules(fields: Fields, valid: tuple[str, ...], *, in_properties: bool) -> _Rule:
    rule = _Rule()
    if fields.include is None and fields.exclude:
        rule.shows = True
    elif not fields.include:
        for name in valid:
            rule.say(name, shows=True)
    naming = _NAMING if fields.include else ()
    for names, shows in ((naming, True), (fields.exclude, False), (fields.include, True)):
        for name in names or ():
            rule.say(_placed(name) if in_properties else name, shows=shows)
    return rule


def _placed(name: str) -> str:
    return name if name.partition(".")[0] in _OUTSIDE else f"properties.{name}"


def _shown(value: Any, rule: _Rule, *, by_default: bool) -> Any:  # noqa: ANN401 - JSON
    shows = by_default if rule.shows is None else rule.shows
    if not rule.inside or not isinstance(value, dict):
        return value if shows else _ABSENT
    kept = {}
    for name, part in value.items():
        inside = rule.inside.get(name)
        seen = (part if shows else _ABSENT) if inside is None else _shown(part, inside, by_default=shows)
        if seen is not _ABSENT:
            kept[name] = seen
    return kept if kept or shows else _ABSENT


def _names(names: Iterable[str]) -> tuple[str, ...]:
    listed = tuple(names)
    if len(listed) > _MOST or any(not 0 < len(name) <= _LONGEST for name in listed):
        raise InvalidParameter("fields", f"takes up to {_MOST} names of 1 to {_LONGEST} characters")
    return listed
