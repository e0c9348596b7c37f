"""A person's name in its parts, as programs that keep references sort by them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from thalweg.catalogue.records.record import Contact

_MOST_WORDS = 5
_TITLE = re.compile(r"(?:dr|prof|mr|mrs|ms|mme|ing|dipl)\.?(?:-\S+)?", re.IGNORECASE)
_NO_NAME = re.compile(r"[\d@/()&:;+]")


class Person(NamedTuple):
    """``family`` with what stands before it, as ``van der Berg``; ``given`` may be empty."""

    family: str
    given: str


def person_of(contact: Contact) -> Person | None:
    """Return the parts of a contact's name; nothing where it is an organization's, or cannot be divided.

    A comma divides it; else the family begins with a word that is written small (``van``), or is the last word.
    """
    name = " ".join(contact.name.split())
    if not name or name == contact.organization or _NO_NAME.search(name):
        return None
    parts = [part.strip() for part in name.split(",")]
    if len(parts) > 1:
        return Person(*parts) if len(parts) == len(Person._fields) and all(parts) else None
    words = name.split()
    while len(words) > 1 and _TITLE.fullmatch(words[0]):
        words = words[1:]
    if not 1 < len(words) <= _MOST_WORDS:
        return None
    begins = next((place for place, word in enumerate(words) if place and word[0].islower()), len(words) - 1)
    return Person(" ".join(words[begins:]), " ".join(words[:begins]))
