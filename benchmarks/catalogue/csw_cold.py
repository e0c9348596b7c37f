"""Each question asked once, of servers that remember none of them: what it costs right after anything has changed."""

import time
from collections.abc import Sequence

from asking import Request, answered
from csw_asking import of_csw, of_records
from csw_loading import CswSides
from csw_rows import CswRow
from serving import Served
from telling import Telling

_UNASKED = "11.25,12.25,11.75,12.75"
"""A box that no row asks for: what a process loads for its first question is not the question's cost."""


def told(sides: CswSides, rows: Sequence[CswRow], telling: Telling) -> None:
    """Ask, and print microseconds a question, one after the other; ours is started anew for each face of each row."""
    telling.say("each question once, one after the other, microseconds: ours, the peer's")
    with sides.peer.serving() as them:
        for row in rows:
            theirs = _asked_once(them, row, [of_csw(them, row, one) for one in row.csw])
            with sides.ours.serving(1) as us:
                csw = _asked_once(us, row, [of_csw(us, row, one) for one in row.csw])
            telling.plain(f"{row.name}: CSW, us", csw * 1e6, theirs * 1e6, None, less=True)
            if row.records:
                with sides.ours.serving(1) as us:
                    records = _asked_once(us, row, [of_records(one) for one in row.records])
                telling.plain(f"{row.name}: Records, us", records * 1e6, theirs * 1e6, None, less=True)


def _asked_once(served: Served, row: CswRow, requests: Sequence[Request]) -> float:
    """Return the seconds a question; a few are too short for the kernel's clock of processes."""
    first = CswRow("first", [{"bbox": _UNASKED}], operation="GetRecords")
    answered(served, of_csw(served, first, {"bbox": _UNASKED}))
    if row.records and "/records" in requests[0].path:
        answered(served, of_records({"bbox": _UNASKED}))
    time.sleep(0.2)  # what the first question set going ends
    begun = time.perf_counter()
    for request in requests:
        answered(served, request)
    return (time.perf_counter() - begun) / len(requests)
