"""One row on both sides: their answers held against each other, then both measured in turn."""

import statistics
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import fields

from asking import Measured, Request, answer, measure
from made_items import Document
from rows import Row, Sample
from serving import Served

_SHOWN = 3
_TRIED = 40


class Unequal(Exception):
    """Both answered, but not the same."""


def prepared(row: Row, served: Sequence[Served], sample: Sample) -> list[list[Request]]:
    """Return the requests of a row for each side, after both gave equal answers to each of them.

    Raises:
        Unequal: they did not.
    """
    requests = [row.fill(side, sample) for side in served]
    if row.same == "nothing":
        for side, asked in zip(served, requests, strict=True):
            for one in asked[:_TRIED]:  # no row is measured whose requests are refused
                answer(side, one)
        return requests
    with ThreadPoolExecutor(len(served)) as pool:
        for asked in zip(*requests, strict=True):
            answers = list(pool.map(answer, served, asked))
            _check(row, asked[0], answers)
    return requests


def in_turn(
    served: Sequence[Served],
    requests: Sequence[list[Request]],
    rounds: int,
    seconds: float,
    longer: Sequence[float] = (),
) -> list[Measured]:
    """Warm up, measure each side in turn for so many rounds, and return the medians.

    Each side is measured ``longer`` than ``seconds`` by its factor, where there are some: of one that answers few
    requests in that time, those that are on their way at its end would count for much.
    """
    factors = longer or [1.0] * len(served)
    for side, asked in zip(served, requests, strict=True):
        measure(side, asked, 1)
    taken: list[list[Measured]] = [[] for _ in served]
    for _ in range(rounds):
        for side, asked, into, factor in zip(served, requests, taken, factors, strict=True):
            into.append(measure(side, asked, seconds * factor))
    return [_median(measured) for measured in taken]


def _median(measured: Sequence[Measured]) -> Measured:
    middle = {one.name: statistics.median(getattr(each, one.name) for each in measured) for one in fields(Measured)}
    return Measured(**{**middle, "refused": sum(each.refused for each in measured)})


def _check(row: Row, request: Request, answers: Sequence[Document]) -> None:
    plain = [_plain(answer) if row.same == "documents" else _ids(answer) for answer in answers]
    if any(other != plain[0] for other in plain[1:]):
        shown = " | ".join(f"{_difference(one, plain)}" for one in plain)
        raise Unequal(f"{row.name}: {request.path} {request.asked}: {shown}")


def _ids(page: Document) -> list[tuple[str, str]]:
    return [(item["collection"], item["id"]) for item in page["features"]]


def _difference(one: object, all_of_them: Sequence[object]) -> str:
    if isinstance(one, list) and all(isinstance(other, list) for other in all_of_them):
        return f"{len(one)}: {one[:_SHOWN]}"
    if isinstance(one, dict):
        first = all_of_them[0]
        keys = {key for other in all_of_them for key in other if other.get(key) != first.get(key)}  # type: ignore[attr-defined]
        return str({key: str(one.get(key))[:200] for key in sorted(keys)})
    return str(one)[:200]


def _plain(item: object) -> object:
    """Return a document without its links, which name the server, and without nulls, which say nothing."""
    if isinstance(item, dict):
        return {key: _plain(value) for key, value in item.items() if value is not None and key != "links"}
    if isinstance(item, list):
        return [_plain(one) for one in item]
    return item
