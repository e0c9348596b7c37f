"""What a Record says, in the words of a page for people."""

import re
from collections.abc import Mapping
from typing import Any

_HUMP = re.compile(r"(?<=[a-z])(?=[A-Z])")
_WHOLE_DAY = re.compile(r"T(?:00:00:00|23:59:59)(?:\.\d+)?Z$")
_MINUTE = re.compile(r"T(\d\d:\d\d)(?::\d\d(?:\.\d+)?)?Z$")
_OPEN = ".."
_RELATIONS = {
    "enclosure": "download",
    "describes": "what it is about",
    "describedby": "more about it",
    "items": "what it holds",
    "about": "more about it",
    "related": "see also",
    "license": "licence",
    "icon": "picture",
    "preview": "picture",
}
_KINDS = {
    "application/json": "JSON",
    "application/geo+json": "GeoJSON",
    "text/html": "page",
    "application/pdf": "PDF",
    "image/tiff": "GeoTIFF",
    "application/xml": "XML",
    "text/xml": "XML",
}
_STEP = 1024.0
_LABELS = {"crs": "Reference systems", "externalIds": "Called elsewhere", "parent": "Part of"}


def when(time: Mapping[str, Any] | None) -> str:
    """Return the time that a resource is about."""
    if not time:
        return ""
    start, end = time.get("interval") or (time.get("timestamp") or time.get("date") or "",) * 2
    if _OPEN in (start, end):
        return "" if start == end else f"until {moment(end)}" if start == _OPEN else f"since {moment(start)}"
    told = moment(start), moment(end)
    return told[0] if told[0] == told[1] else " – ".join(told)


def moment(text: str) -> str:
    """Return a time, as a day where it is the beginning or the end of one."""
    return _MINUTE.sub(r" \1 UTC", _WHOLE_DAY.sub("", text))


def label(name: str) -> str:
    """Return the name of a property as words; one with a prefix is a code, and stays."""
    if name in _LABELS:
        return _LABELS[name]
    return name if ":" in name else _HUMP.sub(" ", name.replace("_", " ")).capitalize()


def relation(rel: str) -> str:
    """Return what a link leads to."""
    return _RELATIONS.get(rel, rel.rpartition("/")[2].replace("-", " "))


def form(media_type: str) -> str:
    """Return what people call a media type."""
    kind = media_type.partition(";")[0].strip()
    return _KINDS.get(kind, kind)


def size(length: int | None) -> str:
    """Return the size of a file."""
    if length is None:
        return ""
    number, units = float(length), ["B", "KB", "MB", "GB", "TB"]
    while number >= _STEP and len(units) > 1:
        number, units = number / _STEP, units[1:]
    return f"{number:.0f} {units[0]}" if units[0] == "B" else f"{number:.1f} {units[0]}"


def readable(value: object) -> object:
    """Return a value as a person reads it: words and codes beside each other; what is more stays as it is."""
    if isinstance(value, Mapping) and set(value) == {"code"}:
        return value["code"]
    if isinstance(value, Mapping) and set(value) <= {"name", "mediaType", "version"}:
        return " ".join(str(value[name]) for name in ("name", "mediaType", "version") if name in value)
    if isinstance(value, Mapping) and all(isinstance(part, str) for part in value.values()):
        return ", ".join(f"{label(name).lower()} {part}" for name, part in value.items())
    if isinstance(value, list):
        parts = [readable(part) for part in value]
        between = "; " if any(isinstance(part, Mapping) for part in value) else ", "
        return between.join(map(str, parts)) if all(isinstance(part, str) for part in parts) else value
    return value
