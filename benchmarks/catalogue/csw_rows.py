"""The rows of the comparison of classic catalogues: what is asked of GetRecords, and the same of Records."""

import random
from collections.abc import Sequence
from dataclasses import dataclass, field

from made_records import KINDS, PLACES, THINGS, TYPES, made

GOAL = 10.0
Pairs = dict[str, str]
_BY_TITLE = {"SortBy": "dc:title:A"}


@dataclass(frozen=True, slots=True)
class CswRow:
    """One row.

    Attributes:
        csw: pairs beside those of every request; the same for both sides.
        records: the same questions of Records, by place; none where Records has no such question.
        operation: of CSW.
        checked: pairs that make the order of CSW's answers total when they are compared, where the row has none.
        note: what could not be made equal.
    """

    name: str
    csw: Sequence[Pairs]
    records: Sequence[Pairs] = ()
    operation: str = "GetRecords"
    checked: Pairs = field(default_factory=lambda: dict(_BY_TITLE))
    note: str = ""


def rows(count: int) -> list[CswRow]:
    """Return the rows for so many Records."""
    boxes, words = [_box(number) for number in range(200)], _words(200)
    return [
        CswRow("all", [{}], [{}]),
        CswRow("box", [{"bbox": one} for one in boxes], [{"bbox": one} for one in boxes]),
        CswRow("text", [_said("csw:AnyText like", f"%{word}%") for word in words], [{"q": word} for word in words]),
        _like("title like, rare", [f"%{one}%" for one in PLACES[::2]]),
        _like("title like, common", [f"%{one}%" for one in (*THINGS, *KINDS)]),
        CswRow(
            "subject like",
            [_said("dc:subject like", f"%{one}%") for one in PLACES[::2]],
            note="Records has no LIKE of keywords",
        ),
        CswRow("type", [_said("dc:type =", one) for one in TYPES], [{"type": one} for one in TYPES]),
        CswRow(
            "sorted by title",
            [{"SortBy": f"dc:title:{way}"} for way in "AD"],
            [{"sortby": f"{way}title"} for way in ("", "-")],
            checked={},
        ),
        CswRow(
            "text, sorted by change",
            [{**_said("csw:AnyText like", f"%{word}%"), "SortBy": "dct:modified:D"} for word in words],
            [{"q": word, "sortby": "-updated"} for word in words],
            checked={},
        ),
        CswRow(
            "page 100 by title",
            [{"SortBy": "dc:title:A", "startPosition": "991"}],
            [{"sortby": "title", "offset": "990"}],
            checked={},
        ),
        CswRow(
            "by id",
            [{"id": _id(number * count // 200)} for number in range(200)],
            operation="GetRecordById",
            checked={},
            note="of csw:Record documents alone: without its ISO profile, which slows all it does, pycsw fails on ISO ones",
        ),
        CswRow(
            "facets",
            [{"propertyname": "dc:type"}],
            [{"facets": "type", "limit": "1"}],
            operation="GetDomain",
            checked={},
            note="pycsw 2.6.2 has no facets: GetDomain with its counts; Records answers facets with the newest Record",
        ),
    ]


def _like(name: str, patterns: Sequence[str]) -> CswRow:
    return CswRow(
        name,
        [_said("dc:title like", pattern) for pattern in patterns],
        [{"filter": f"title LIKE '{pattern}'"} for pattern in patterns],
    )


def _said(what: str, value: str) -> Pairs:
    return {"constraintlanguage": "CQL_TEXT", "constraint": f"{what} '{value}'"}


def _box(number: int) -> str:
    chance = random.Random(f"box {number}")  # noqa: S311 - a workload
    west, south = chance.uniform(-170, 165), chance.uniform(-78, 70)
    return f"{west:.3f},{south:.3f},{west + chance.uniform(1, 4):.3f},{south + chance.uniform(1, 4):.3f}"


def _words(count: int) -> list[str]:
    chance = random.Random("words")  # noqa: S311 - a workload
    return [chance.choice((PLACES, PLACES, THINGS, KINDS)[number % 4]).lower() for number in range(count)]


def _id(number: int) -> str:
    """Return the id of a ``csw:Record`` near a number."""
    return next(one.id for one in map(made, (number, number + 1)) if not one.is_iso)
