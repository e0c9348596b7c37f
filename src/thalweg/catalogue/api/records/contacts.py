"""Contacts as the standard's schema has them: a telephone number is a plus and digits, and somebody has a name."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

_CALLED = re.compile(r"\+[1-9][0-9]{3,14}")
_NATIONAL = re.compile(r"\(0\)")
_NO_DIGIT = re.compile(r"[^0-9]")


def conforming(contact: Mapping[str, Any]) -> dict[str, Any]:
    """Return a contact that the schema takes; a number that is none stays, in words."""
    told = dict(contact)
    if not (told.get("name") or told.get("organization")):
        told["organization"] = told.get("position") or "unknown"
    written = [str(one.get("value", "")) for one in contact.get("phones") or ()]
    if not written:
        return told
    phones = [(text, _called(text)) for text in written]
    told["phones"] = [{"value": number} for _, number in phones if number]
    told["contactInstructions"] = "; ".join(_said(told, phones))
    return {name: value for name, value in told.items() if value}


def _called(text: str) -> str:
    number = "+" + _NO_DIGIT.sub("", _NATIONAL.sub("", text)) if "+" in text else ""
    return number if _CALLED.fullmatch(number) else ""


def _said(told: Mapping[str, Any], phones: list[tuple[str, str]]) -> Iterator[str]:
    if instructions := told.get("contactInstructions"):
        yield str(instructions)
    for text, number in phones:
        if not number and text:
            yield f"telephone {text}"
