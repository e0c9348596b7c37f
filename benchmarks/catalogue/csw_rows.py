"""The rows of the comparison of classic catalogues: what is asked of GetRecords, and the same of Records."""

import math
import random
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import orjson
from loading import digest
from made_records import KINDS, PLACES, THINGS, TYPES, made
from places import HERE, cache_folder

GOAL = 10.0
Pairs = dict[str, str]
Box = tuple[float, float, float, float]
_BOXES, _NEAR = 200, 0.006
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
    boxes, words = _kept_boxes(count), _words(200)
    return [
        CswRow("all", [{}], [{}]),
        CswRow(
            "box",
            [{"bbox": one} for one in boxes],
            [{"bbox": one} for one in boxes],
            note="pycsw rounds boxes to hundredths of a degree: no Record ends that near to a box that is asked for",
        ),
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
            note="of csw:Record documents alone: without its ISO profile, which slows all of it, pycsw fails on others",
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


def _kept_boxes(count: int) -> list[str]:
    """Return the boxes, which take seconds to be found, as a run before found them."""
    file = cache_folder() / f"boxes-{count}-{digest([HERE / 'made_records.py', Path(__file__)])}.json"
    if not file.exists():
        file.write_bytes(orjson.dumps(boxes_of(count)))
    return list(orjson.loads(file.read_bytes()))


def boxes_of(count: int) -> list[str]:
    """Return boxes whose edges, in hundredths, no Record's edge is near to: the peer rounds all edges so."""
    chance = random.Random("boxes")  # noqa: S311 - a workload
    rows: dict[int, list[Box]] = {}
    for number in range(count):
        box = made(number).box
        for degree in range(math.floor(box[1]) - 1, math.ceil(box[3]) + 1):
            rows.setdefault(degree, []).append(box)
    found: list[str] = []
    while len(found) < _BOXES:
        box = _box(chance)
        degrees = range(math.floor(box[1]) - 1, math.ceil(box[3]) + 1)
        if not any(_meets(one, box, _NEAR) != _meets(one, box, -_NEAR) for at in degrees for one in rows.get(at, ())):
            found.append(",".join(map(str, box)))
    return found


def _box(chance: random.Random) -> Box:
    west, south = round(chance.uniform(-170, 165), 2), round(chance.uniform(-78, 70), 2)
    return west, south, round(west + chance.uniform(1, 4), 2), round(south + chance.uniform(1, 4), 2)


def _meets(one: Box, other: Box, wider: float) -> bool:
    across = one[0] <= other[2] + wider and other[0] <= one[2] + wider
    return across and one[1] <= other[3] + wider and other[1] <= one[3] + wider


def _words(count: int) -> list[str]:
    chance = random.Random("words")  # noqa: S311 - a workload
    return [chance.choice((PLACES, PLACES, THINGS, KINDS)[number % 4]).lower() for number in range(count)]


def _id(number: int) -> str:
    """Return the id of a ``csw:Record`` near a number."""
    return next(one.id for one in map(made, (number, number + 1)) if not one.is_iso)
