"""Freshness as JSON: days for lags and steps, RFC 3339 for times."""

from collections.abc import Iterable, Mapping, Sequence
from itertools import islice
from typing import Any

from thalweg.catalogue.freshness.assets import Health, written_state
from thalweg.catalogue.freshness.choices import Choices
from thalweg.catalogue.freshness.lags import Lags
from thalweg.catalogue.freshness.ports import Tally
from thalweg.catalogue.freshness.presence import DAY, Key
from thalweg.catalogue.freshness.report import Gap, Report, by_value
from thalweg.catalogue.freshness.rule import Rule, written_rule
from thalweg.catalogue.freshness.series import SeriesReport
from thalweg.catalogue.freshness.service import Freshness, RuleTold
from thalweg.catalogue.times import moment
from thalweg.core.time import written

SERIES, VALUES = 100, 1000
"""So many series, those that miss most, and values of a property of the key are told."""
COUNTED = "the Items that you may see"
Json = dict[str, Any]


def freshness_document(
    collection: str, found: Freshness, tally: Tally, links: Sequence[Json], *, by: bool = False
) -> Json:
    """Return how fresh and complete a Collection is; ``by`` whom its rule was said is not for everybody."""
    summed, rule, report = found.overview, found.told.rule, found.report
    said: Json = {
        "collection": collection,
        "as_of": written(found.at),
        "counted": COUNTED,
        "items": summed.items,
        **({"cut": f"only the newest {summed.items} Items are looked at"} if summed.cut else {}),
        "newest": _newest(found),
        "lag_days": {"registered": _lags(summed.registered), "created": _lags(summed.created)},
        "rule": rule_document(found.told, by=by),
    }
    if rule is not None and report is not None:
        said |= _expected(rule, report)
    said["items_by_month"] = {_month(number): count for number, count in summed.months.items()}
    said["assets"] = tally_document(tally)
    return {**said, "links": list(links)}


def _expected(rule: Rule, report: Report) -> Json:
    worst = sorted(report.series, key=lambda one: (-len(one.missing), one.key))
    return {
        "overdue": {
            "is": report.overdue > 0,
            "due": _time(report.due),
            "days": round(report.overdue / DAY, 3),
        },
        "completeness": None if report.completeness is None else round(report.completeness, 4),
        "expected": report.expected,
        "present": report.present,
        "missing": report.missing,
        "on_no_slot": report.extra,
        "without_key": report.unkeyed,
        "by_month": {_month(one.number): {"expected": one.expected, "present": one.present} for one in report.months},
        "by_key": {
            name: {value: {"expected": e, "present": p} for value, (e, p) in islice(values.items(), VALUES)}
            for name, values in by_value(report.series, rule.key).items()
        },
        "series_number": len(report.series),
        "series": [_series(rule, one) for one in worst[:SERIES]],
    }


def rule_document(told: RuleTold, choices: Choices | None = None, *, by: bool) -> Json:
    """Return the rule of a Collection as it stands, with what the Items tell of one, and ``by`` whom it was said.

    To who may say one it is told which properties it may name.
    """
    inference, said = told.inference, told.statement
    document: Json = {
        "state": told.standing,
        "rule": None if told.rule is None else written_rule(told.rule),
        "inferred": {
            "rule": None if inference.rule is None else written_rule(inference.rule),
            "confidence": round(inference.confidence, 3),
            "reason": inference.reason,
            "evidence": dict(inference.evidence),
        },
    }
    if said is not None:
        document |= {"said_at": written(said.at), "version": said.version}
    if said is not None and by:
        document["said_by"] = said.by
    if choices is not None:
        document["possible"] = {"key": list(choices.parts), "number": list(choices.counters)}
    return document


def gap_document(rule: Rule, gap: Gap) -> Json:
    """Return an Item that is missing: its key by names, when it was expected, and since when it is late."""
    return {
        "key": named(rule, gap.key),
        "expected": _time(gap.at),
        "missing_since": _time(gap.at + rule.delay + rule.tolerance),
    }


def named(rule: Rule, key: Key) -> Json:
    """Return a key with the names of its properties."""
    return dict(zip(rule.key, key, strict=True))


def tally_document(tally: Tally) -> Json:
    """Return how the assets of Items are, in sum."""
    return {
        "items_checked": tally.items,
        "alive": tally.alive,
        "dead": tally.dead,
        "unsure": tally.unsure,
        "unchecked": tally.unchecked,
        "checked": None if tally.checked is None else written(tally.checked),
    }


def health_document(version: int, health: Health | None) -> Json:
    """Return how the assets of an Item are; ``current`` tells that it did not change since they were checked."""
    if health is None:
        return {"checked": None, "current": False, "assets": {}}
    assets = {key: written_state(one) for key, one in health.assets.items()}
    return {"checked": written(health.checked), "current": health.version == version, "assets": assets}


def dead_documents(found: Iterable[tuple[str, Health]]) -> Iterable[Json]:
    """Yield Items with their dead assets."""
    for item_id, health in found:
        dead = {key: written_state(one) for key, one in health.assets.items() if one.status == "dead"}
        yield {"id": item_id, "checked": written(health.checked), "assets": dead}


def _series(rule: Rule, one: SeriesReport) -> Json:
    return {
        "key": named(rule, one.key),
        "state": one.state,
        "items": one.items,
        "expected": one.expected,
        "present": len(one.present),
        "missing": len(one.missing),
        "on_no_slot": one.extra,
        "first": _time(one.first),
        "newest": _time(one.newest),
        "next": _time(one.next),
    }


def _newest(found: Freshness) -> Json | None:
    if found.newest is None:
        return None
    return {
        "id": found.newest.id,
        "datetime": _time(found.newest.at),
        "registered": _time(found.newest.registered),
    }


def _lags(found: Lags | None) -> Json | None:
    if found is None:
        return None
    shares: Mapping[str, float] = {"p50": found.p50, "p90": found.p90, "p99": found.p99}
    return {"items": found.count, **{name: round(value / DAY, 4) for name, value in shares.items()}}


def _month(number: int) -> str:
    return f"{number // 12:04}-{number % 12 + 1:02}"


def _time(at: int | None) -> str | None:
    return None if at is None else written(moment(at))
