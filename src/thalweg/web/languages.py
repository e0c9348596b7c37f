"""What the platform itself says, in the language that the caller prefers; what others wrote stays in theirs."""

from collections.abc import Mapping, Sequence
from functools import cache
from importlib.resources import files
from typing import Any

import orjson

from thalweg.web.forms import by_weight

NAMES: Mapping[str, Mapping[str, str]] = {
    "en": {"code": "en", "name": "English"},
    "fr": {"code": "fr", "name": "Français", "alternate": "French"},
}
"""The languages spoken, the first where nothing else is wanted."""
_SPOKEN = ("title", "description")


def chosen(*wanted: str | None) -> str:
    """Return the language that fits the first of these that names one, as ``Accept-Language`` does (RFC 4647 §3.4)."""
    for listed in wanted:
        for tag in by_weight(listed or ""):
            primary = tag.partition("-")[0]
            if primary in NAMES:
                return primary
    return next(iter(NAMES))


@cache
def _phrases(language: str) -> Mapping[str, str]:
    if language == next(iter(NAMES)):
        return {}
    phrases: Mapping[str, str] = orjson.loads((files("thalweg.web") / "phrases" / f"{language}.json").read_bytes())
    return phrases


def spoken(page: Mapping[str, Any], language: str) -> dict[str, Any]:
    """Return a page of the platform's own, and the titles of its links, in a language; unknown phrases stay."""
    phrases = _phrases(language)
    said = {**page, **{name: phrases.get(page[name], page[name]) for name in _SPOKEN if name in page}}
    links: Sequence[Mapping[str, Any]] = page["links"]
    said["links"] = [
        {**link, "title": phrases.get(link["title"], link["title"])} if "title" in link else link for link in links
    ]
    others = [dict(NAMES[code]) for code in NAMES if code != language]
    return {**said, "language": dict(NAMES[language]), "languages": others}
