"""The metadata file of a Landsat product in its three spellings: JSON, XML, and the older text (ODL)."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass

from thalweg.core.errors import InvalidParameter
from thalweg.guard.markup import number, parsed

_LINE = re.compile(r"\s*(\w+)\s*=\s*(.*?)\s*")
_MOST_LINES = 10_000
_ROOT = "LANDSAT_METADATA_FILE"


@dataclass(frozen=True, slots=True)
class Mtl:
    """The groups of a metadata file, each from names to texts.

    Raises:
        InvalidParameter: it is not of Collection 2, or is broken.
    """

    name: str
    groups: Mapping[str, Mapping[str, str]]

    def text(self, group: str, member: str) -> str:
        """Return a member's text, or raise ``InvalidParameter`` where it is not there."""
        found = self.groups.get(group, {}).get(member, "")
        if not found:
            raise InvalidParameter(self.name, f"has no {group}/{member}")
        return found

    def number(self, group: str, member: str, low: float, high: float) -> float:
        """Return a member as a number between two others, or raise ``InvalidParameter``."""
        return number(self.text(group, member), f"{self.name}: {group}/{member}", low, high)

    def maybe(self, group: str, member: str, low: float, high: float) -> float | None:
        """Return a member as a number, ``None`` where it is not there."""
        return self.number(group, member, low, high) if member in self.groups.get(group, {}) else None


def mtl(content: bytes, name: str) -> Mtl:
    """Read a metadata file; its name's ending tells its spelling.

    Raises:
        InvalidParameter: it is broken, or of another Collection than 2.
    """
    readers = {"json": _from_json, "xml": _from_xml, "txt": _from_text}
    groups = readers[name.rpartition(".")[2].lower()](content, name)
    found = Mtl(name, groups)
    if found.text("PRODUCT_CONTENTS", "COLLECTION_NUMBER") not in ("02", "2"):
        raise InvalidParameter(name, "is not of Landsat Collection 2, which alone is read here")
    return found


def _from_json(content: bytes, name: str) -> dict[str, dict[str, str]]:
    try:
        found = json.loads(content)[_ROOT]
        return {group: {name: str(text) for name, text in members.items()} for group, members in found.items()}
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise InvalidParameter(name, f"is no JSON with groups below {_ROOT}, or is cut short") from error


def _from_xml(content: bytes, name: str) -> dict[str, dict[str, str]]:
    root = parsed(content, name)
    return {group.tag: {member.tag: (member.text or "").strip() for member in group} for group in root}


def _from_text(content: bytes, name: str) -> dict[str, dict[str, str]]:
    groups: dict[str, dict[str, str]] = {}
    opened: list[str] = []
    lines = content.decode("ascii", "replace").splitlines()
    if len(lines) > _MOST_LINES:
        raise InvalidParameter(name, f"has more than {_MOST_LINES} lines")
    for match in filter(None, map(_LINE.fullmatch, lines)):
        member, text = match[1], match[2].strip('"')
        if member == "GROUP":
            opened.append(text)
        elif member == "END_GROUP":
            opened = opened[:-1]
        else:
            groups.setdefault(opened[-1] if opened else "", {})[member] = text
    if opened or not groups:
        raise InvalidParameter(name, "has groups that do not end: it is broken or cut short")
    return groups
