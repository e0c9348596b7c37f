"""Freshness of Collections for whoever may see them: what is expected, there and missing, of the Items one may see."""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Literal, TypeVar, cast

from thalweg.catalogue.freshness.choices import Choices, choices_of
from thalweg.catalogue.freshness.inference import Inference, infer
from thalweg.catalogue.freshness.memory import still_reading
from thalweg.catalogue.freshness.overview import Overview, overview
from thalweg.catalogue.freshness.ports import Statement, Tally
from thalweg.catalogue.freshness.report import Report, report
from thalweg.catalogue.records.visibility import within
from thalweg.catalogue.times import milliseconds
from thalweg.core.errors import Conflict, Forbidden, NotFound, Unauthenticated
from thalweg.core.events import Event
from thalweg.core.queries import ItemQuery
from thalweg.core.workspaces import workspace_of

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Iterator, Sequence

    from thalweg.catalogue.freshness.assets import Health
    from thalweg.catalogue.freshness.memory import Known, Memory, Newest
    from thalweg.catalogue.freshness.ports import Rules, States
    from thalweg.catalogue.freshness.rule import Rule
    from thalweg.catalogue.service import Catalogue
    from thalweg.core.items import Collection
    from thalweg.core.principals import Principal, Visibility
    from thalweg.core.workspaces import Policy

T = TypeVar("T")
Standing = Literal["confirmed", "inferred", "refused", "none"]
_ANSWERS = 8
_TOLD_SECONDS = 600.0
"""What Items tell of a rule changes slowly, and takes a third of a second to be told."""
_A_MINUTE = 60_000
_NAMED = 100


@dataclass(frozen=True, slots=True)
class RuleTold:
    """The rule of a Collection as it stands.

    Attributes:
        standing: ``inferred`` rules tell what they would say, and no event; ``refused``: an operator wants none.
        rule: by which Items are expected; ``None`` where nothing is.
        inference: what the Items tell, whatever was said of it.
        statement: what an operator said.
    """

    standing: Standing
    rule: Rule | None
    inference: Inference
    statement: Statement | None


@dataclass(frozen=True, slots=True)
class Freshness:
    """How fresh and complete a Collection is, as one caller sees it; ``report`` is there where there is a rule."""

    at: datetime
    overview: Overview
    newest: Newest | None
    told: RuleTold
    report: Report | None


class Freshnesses:
    """Answers how fresh Collections are; what ``who`` may not see is ``NotFound``, and counts for nothing."""

    def __init__(
        self,
        catalogue: Catalogue,
        policy: Policy,
        rules: Rules,
        states: States,
        memory: Memory,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._catalogue = catalogue
        self._policy = policy
        self._rules = rules
        self._states = states
        self._memory = memory
        self._clock = clock
        self._monotonic = time.monotonic

    def freshness(self, collection: str, who: Principal, workspace: str | None = None) -> Freshness:
        """Return how fresh and complete a Collection is, of the Items that ``who`` may see.

        Raises:
            NotFound: there is no such Collection that ``who`` may see.
            StillReading: its Items are being read for the first time; ask again.
        """
        self._catalogue.collection(collection, who, workspace)
        return self.seen_by(collection, self._seen(who, workspace))

    def seen_by(self, collection: str, seen: Visibility) -> Freshness:
        """Return the same of what carries the classes of a visibility."""
        said = self._rules.rule(collection)
        rule = None if said is None else said.rule
        known = (
            self._memory.known(collection) if rule is None else self._memory.known(collection, rule.key, rule.number)
        )
        with known.lock:
            # Another rule may have been said while this waited: its key is then read by who asks next.
            if not known.done or (rule is not None and not known.reading.covers(rule.key, rule.number)):
                raise still_reading(collection)
            return self._freshness(collection, known, known.seen(seen), said)

    def _freshness(self, collection: str, known: Known, numbers: frozenset[int], said: Statement | None) -> Freshness:
        now = milliseconds(self._clock()) // _A_MINUTE * _A_MINUTE
        newest = _remembered(known, ("newest", numbers), lambda: self._memory.newest(collection, known, numbers))
        inference = self._inference(known, numbers)
        told = told_by(said, inference)
        rule = told.rule
        found: Report | None = None
        if rule is not None:
            wanted = rule
            found = _remembered(
                known, ("report", numbers, rule, now), lambda: report(known.columns(numbers), wanted, now)
            )
        summed = _remembered(known, ("overview", numbers), lambda: overview(known.columns(numbers), cut=known.cut))
        return Freshness(self._clock(), summed, newest, told, found)

    def _inference(self, known: Known, numbers: frozenset[int]) -> Inference:
        """Return what the Items tell, anew when they are one in a hundred more or less than when it was told."""
        told = known.inferred.get(numbers)
        items = len(known.items)
        if told is None or abs(items - told[0]) * 100 > told[0] or self._monotonic() - told[1] > _TOLD_SECONDS:
            if len(known.inferred) >= _ANSWERS:
                known.inferred.clear()
            told = known.inferred[numbers] = (items, self._monotonic(), infer(known.columns(numbers)))
        return told[2]

    def rule(self, collection: str, who: Principal, workspace: str | None = None) -> RuleTold:
        """Return the rule of a Collection, and what its Items tell of one."""
        return self.freshness(collection, who, workspace).told

    def confirm(self, collection: str, rule: Rule | None, who: Principal, version: int | None = None) -> Statement:
        """Confirm a rule, edited or as the Items tell it; events are told by it from now on.

        Args:
            collection: whose.
            rule: ``None`` for the one that the Items tell.
            who: asks; must administer the workspace.
            version: of what was said before; ``None`` for any.

        Raises:
            Conflict: none is given, and the Items tell none.
            InvalidParameter: no Item has a property that it names.
            PreconditionFailed: something else was said since this version.
        """
        there = self._administered(collection, who)
        wanted = rule or self.rule(collection, who).inference.rule
        if rule is not None:
            self.choices(collection, who).check(rule)
        if wanted is None:
            raise Conflict(f"The Items of {collection!r} tell no rule that could be confirmed: give one.")
        return self._say(there, Statement("confirmed", wanted, who.id, self._clock(), 0), version)

    def choices(self, collection: str, who: Principal, workspace: str | None = None) -> Choices:
        """Return the properties that a rule of a Collection may name: those that its Items have."""
        return choices_of(self._catalogue.queryables(collection, who, workspace))

    def refuse(self, collection: str, who: Principal, version: int | None = None) -> Statement:
        """Say that nothing is to be expected of a Collection."""
        there = self._administered(collection, who)
        return self._say(there, Statement("refused", None, who.id, self._clock(), 0), version)

    def forget(self, collection: str, who: Principal) -> None:
        """Take back what was said of a Collection's rule."""
        there = self._administered(collection, who)
        self._rules.forget(collection, [_event("collection.rule_forgotten", there)])

    def check_may_say(self, collection: str, who: Principal) -> None:
        """Return quietly if ``who`` may say what is expected of a Collection.

        Raises:
            NotFound: there is no such Collection that ``who`` may see.
            Unauthenticated: nobody signed in.
            Forbidden: ``who`` does not administer its workspace.
        """
        self._administered(collection, who)

    def may_say(self, collection: str, who: Principal) -> bool:
        """Tell whether ``who`` may say what is expected of a Collection."""
        try:
            self.check_may_say(collection, who)
        except (NotFound, Unauthenticated, Forbidden):
            return False
        return True

    def health(
        self, collection: str, item_id: str, who: Principal, workspace: str | None = None
    ) -> tuple[int, Health | None]:
        """Return the version of an Item, and how its assets were when they were checked last, if they were."""
        item = self._catalogue.item(collection, item_id, who, workspace)
        return item.version, self._states.health(collection, item_id)

    def tally(self, collection: str, who: Principal, workspace: str | None = None) -> Tally:
        """Return how the assets of the Items that ``who`` may see are."""
        seen = self._seen(who, workspace)
        return sum((one for name, one in self._states.tallies(collection).items() if seen.sees(name)), Tally())

    def dead(
        self, collection: str, after: str, limit: int, who: Principal, workspace: str | None = None
    ) -> tuple[Sequence[tuple[str, Health]], str | None]:
        """Return Items with dead assets, by id, that ``who`` may see, and behind which more may follow."""
        self._catalogue.collection(collection, who, workspace)
        seen = self._seen(who, workspace)
        # Classes of one Collection are few, those that a caller sees may be thousands.
        classes = [name for name in self._states.tallies(collection) if seen.sees(name)]
        found = self._states.dead(collection, classes, after, limit + 1) if classes else []
        page = found[:limit]
        # An Item may have gone, or be for others to see, since it was looked at.
        there = {
            item.id
            for some in _pieces([item_id for item_id, _ in page])
            for item in self._catalogue.search(_named(collection, some), who, workspace).found
        }
        return [one for one in page if one[0] in there], page[-1][0] if len(found) > limit else None

    def _say(self, there: Collection, said: Statement, version: int | None) -> Statement:
        return self._rules.say(there.id, said, version, [_event(f"collection.rule_{said.state}", there)])

    def _administered(self, collection: str, who: Principal) -> Collection:
        there = self._catalogue.collection(collection, who)
        self._policy.check(who, "administer", workspace_of(collection))
        return there

    def _seen(self, who: Principal, workspace: str | None) -> Visibility:
        seen = self._policy.visibility(who)
        return seen if workspace is None else within(seen, workspace)


def told_by(said: Statement | None, inference: Inference) -> RuleTold:
    """Return the rule as it stands by what was said of it, else by what the Items tell."""
    if said is None:
        return RuleTold("none" if inference.rule is None else "inferred", inference.rule, inference, None)
    return RuleTold(said.state, said.rule, inference, said)


def _remembered(known: Known, key: Hashable, compute: Callable[[], T]) -> T:
    """Return an answer of this turn, computed now where it is not known."""
    if key not in known.answers:
        known.answers[key] = compute()
        while len(known.answers) > _ANSWERS:
            known.answers.popitem(last=False)
    known.answers.move_to_end(key)
    return cast("T", known.answers[key])


def _named(collection: str, item_ids: Sequence[str]) -> ItemQuery:
    return ItemQuery(collections=(collection,), ids=tuple(item_ids), limit=len(item_ids))


def _pieces(names: Sequence[str]) -> Iterator[Sequence[str]]:
    for start in range(0, len(names), _NAMED):
        yield names[start : start + _NAMED]


def _event(kind: str, collection: Collection) -> Event:
    return Event(kind, collection.id, collection.visibility_class, {"collection": collection.id})
