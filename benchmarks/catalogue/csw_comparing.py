"""One row on all sides: their answers held against each other before any is measured."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from asking import Request
from comparing import Unequal
from csw_asking import Found, found_by_csw, found_by_records, of_csw, of_records
from csw_rows import CswRow, Pairs
from serving import Served

_COMPARED = 12
_TITLE = {"sortby": "title"}


def requests_of(row: CswRow, us: Served, them: Served) -> tuple[list[Request], list[Request], list[Request]]:
    """Return the requests of a row: ours of CSW, ours of Records, the peer's; of some the answers were equal.

    Without an order of its own a question is compared in the order of titles too, which no two Records share.

    Raises:
        Unequal: they were not.
    """
    step = max(1, len(row.csw) // _COMPARED)
    for place in range(0, len(row.csw), step):
        _compare(row, place, us, them)
    ours, theirs = ([of_csw(side, row, one) for one in row.csw] for side in (us, them))
    return ours, [of_records(one) for one in row.records], theirs


def _compare(row: CswRow, place: int, us: Served, them: Served) -> None:
    asked = row.csw[place]
    plain = [_asking(found_by_csw, side, of_csw(side, row, asked)) for side in (us, them)]
    sorted_ = [_asking(found_by_csw, side, of_csw(side, row, {**asked, **row.checked})) for side in (us, them)]
    counts, orders = _all(plain), _all(sorted_)
    if len({number for number, _ in counts}) > 1 or len({len(ids) for _, ids in counts}) > 1:
        raise Unequal(f"{row.name}: {asked}: numbers {[(number, len(ids)) for number, ids in counts]}")
    if row.records:
        more: Pairs = _TITLE if row.checked else {}
        orders.append(found_by_records(us, of_records({**row.records[place], **more})))
    if any(one != orders[0] for one in orders[1:]):
        raise Unequal(f"{row.name}: {asked}: " + " | ".join(f"{number} {ids[:3]}" for number, ids in orders))


def _asking(find: Callable[[Served, Request], Found], served: Served, request: Request) -> Callable[[], Found]:
    return lambda: find(served, request)


def _all(several: list[Callable[[], Found]]) -> list[Found]:
    with ThreadPoolExecutor(len(several)) as pool:
        return list(pool.map(lambda one: one(), several))
