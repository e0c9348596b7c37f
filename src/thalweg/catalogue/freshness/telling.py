"""What went missing, told as events: once each, and again only after it came and was missing anew."""

from __future__ import annotations

import logging
from bisect import bisect_right
from typing import TYPE_CHECKING

import orjson

from thalweg.catalogue.freshness.memory import StillReading
from thalweg.catalogue.freshness.presence import DAY
from thalweg.catalogue.times import moment
from thalweg.core.errors import NotFound
from thalweg.core.events import Event
from thalweg.core.principals import EVERYTHING, Visibility
from thalweg.core.time import written

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Sequence

    from thalweg.catalogue.freshness.ports import Rules
    from thalweg.catalogue.freshness.report import Report
    from thalweg.catalogue.freshness.rule import Rule
    from thalweg.catalogue.freshness.service import Freshnesses
    from thalweg.catalogue.ports import ItemStore
    from thalweg.core.items import Collection as StacCollection

_MOST, _AT_ONCE = 1_000, 200
"""So many events of one Collection are told in one round, the newest gaps first, and so many in one transaction."""
_LOG = logging.getLogger(__name__)
Gap = tuple[str, int]
"""A series, its key as JSON, and a time in ms since 1970; without any series it is the Collection itself."""
_WHOLE = ""


class Telling:
    """Looks at the Collections whose rule is confirmed, and tells what is newly missing of them."""

    def __init__(self, freshnesses: Freshnesses, rules: Rules, store: ItemStore) -> None:
        self._freshnesses = freshnesses
        self._rules = rules
        self._store = store

    def tell(self, held: Callable[[], None] = lambda: None) -> int:
        """Tell what is new; return how many events that were."""
        number = 0
        for collection in self._rules.confirmed():
            held()
            try:
                number += self._of(self._store.collection(collection, EVERYTHING), held)
            except NotFound:
                self._rules.forget(collection, [])
        return number

    def _of(self, there: StacCollection, held: Callable[[], None]) -> int:
        report, rule = self._looked(there, held)
        if report is None or rule is None:
            return 0
        now = [(orjson.dumps(gap.key).decode(), gap.at) for gap in report.gaps]
        if report.overdue and report.due is not None:
            now.append((_WHOLE, report.due))
        told = self._rules.told(there.id)
        span = rule.span // 2
        new = sorted(_without(now, told, span), key=lambda gap: -gap[1])[:_MOST]
        over = list(_without(told, now, span))
        for start in range(0, max(len(new), 1 if over else 0), _AT_ONCE):
            piece = new[start : start + _AT_ONCE]
            events = [_event(there, gap, report, rule) for gap in piece]
            self._rules.tell(there.id, piece, over if start == 0 else (), events)
        return len(new)

    def _looked(self, there: StacCollection, held: Callable[[], None]) -> tuple[Report | None, Rule | None]:
        # Who learns of the events may see no other Items than these: a series of hidden ones is none of theirs.
        seen = Visibility(frozenset({there.visibility_class}))
        while True:
            try:
                found = self._freshnesses.seen_by(there.id, seen)
            except StillReading as error:
                _LOG.info("%s", error)
                held()
            else:
                return found.report, found.told.rule


def _without(gaps: Iterable[Gap], others: Collection[Gap], span: int) -> Sequence[Gap]:
    """Return the gaps of which no other is nearly the same: a series' slots move a little with each Item that comes."""
    known: dict[str, list[int]] = {}
    for series, at in sorted(others):
        known.setdefault(series, []).append(at)
    return [(series, at) for series, at in gaps if not _is_near(at, known.get(series, ()), span)]


def _is_near(at: int, times: Sequence[int], span: int) -> bool:
    """Tell whether one of sorted times is less than a span away."""
    place = bisect_right(times, at - span)
    return place < len(times) and times[place] < at + span


def _event(there: StacCollection, gap: Gap, report: Report, rule: Rule) -> Event:
    series, at = gap
    if series == _WHOLE:
        data = {"collection": there.id, "due": written(moment(at)), "days": round(report.overdue / DAY, 3)}
        return Event("collection.overdue", there.id, there.visibility_class, data)
    values = orjson.loads(series)
    data = {"collection": there.id, "key": dict(zip(rule.key, values, strict=True)), "expected": written(moment(at))}
    return Event("item.missing", "/".join([there.id, *values]), there.visibility_class, data)
