"""A rule of cadence: by which key, how often, and how late Items of a Collection are expected."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal, cast

from thalweg.catalogue.freshness.presence import DAY
from thalweg.catalogue.times import milliseconds, moment
from thalweg.core.errors import InvalidParameter
from thalweg.core.time import instant, written

Kind = Literal["revisit", "calendar", "cycle"]
Unit = Literal["dekad", "month", "year"]
KINDS: tuple[Kind, ...] = ("revisit", "calendar", "cycle")
UNITS: tuple[Unit, ...] = ("dekad", "month", "year")
PATIENCE = 12
_UNIT_DAYS: Mapping[Unit, int] = {"dekad": 8, "month": 28, "year": 365}
_MOST_DAYS, _MOST_PATIENCE, _ZENITH = 3660.0, 1000, 90.0
_MOST_NAMES = 6
_NAME = re.compile(r"[^\s,\x00-\x1f\x7f]{1,100}")


@dataclass(frozen=True, slots=True)
class Rule:
    """What is expected of a Collection.

    Attributes:
        kind: ``revisit`` every ``step``; ``calendar`` once a ``unit``; ``cycle`` once a number.
        key: properties whose values make a series of its own: tile and orbit, path and row, pass.
        step: ms between two of a series; of a cycle, how long one takes.
        tolerance: ms by which one may be early or late and still be the one expected.
        delay: ms after its own time that an Item may take to be here before it is missing.
        unit: of ``calendar``.
        number: the property that counts, of ``cycle``: ``swot:cycle``, ``sat:orbit_cycle``.
        least_sun: degrees of the sun above the horizon at noon below which nothing is expected; ``None`` for any.
        patience: so many in a row may be missing at the end of a series; after them it is silent.
        since, until: ms since 1970 between which anything is expected; ``None`` for where the Items begin, and now.
    """

    kind: Kind
    key: tuple[str, ...]
    step: int = 0
    tolerance: int = 0
    delay: int = 0
    unit: Unit = "month"
    number: str = ""
    least_sun: float | None = None
    patience: int = PATIENCE
    since: int | None = None
    until: int | None = None

    @property
    def span(self) -> int:
        """Return how far slots lie apart, in ms; those of a calendar at least."""
        return _UNIT_DAYS[self.unit] * DAY if self.kind == "calendar" else self.step


def written_rule(rule: Rule) -> dict[str, Any]:
    """Return a rule as JSON, days for ms."""
    said: dict[str, Any] = {"kind": rule.kind, "key": list(rule.key)}
    if rule.kind == "calendar":
        said["unit"] = rule.unit
    else:
        said |= {"step_days": round(rule.step / DAY, 6), "tolerance_days": round(rule.tolerance / DAY, 6)}
    if rule.kind == "cycle":
        said["number"] = rule.number
    return said | {
        "delay_days": round(rule.delay / DAY, 6),
        "least_sun_elevation": rule.least_sun,
        "patience": rule.patience,
        "since": _told(rule.since),
        "until": _told(rule.until),
    }


def read_rule(document: object) -> Rule:
    """Return the rule that JSON tells.

    Raises:
        InvalidParameter: a member is missing, unknown or wrong, by its name.
    """
    if not isinstance(document, Mapping):
        raise InvalidParameter("rule", "is not a JSON object")
    unknown = next((name for name in document if name not in _MEMBERS), None)
    if unknown is not None:
        raise InvalidParameter(f"rule.{str(unknown)[:64]}", f"is not known; known are {', '.join(_MEMBERS)}")
    kind = cast("Kind", _among(document, "kind", KINDS))
    rule = Rule(
        kind,
        _key(document.get("key", [])),
        step=0 if kind == "calendar" else _days(document, "step_days", least=1 / 24),
        tolerance=_days(document, "tolerance_days", usual=0.0),
        delay=_days(document, "delay_days", usual=0.0),
        unit=cast("Unit", _among(document, "unit", UNITS)) if kind == "calendar" else "month",
        number=_number(document.get("number")) if kind == "cycle" else "",
        least_sun=_elevation(document.get("least_sun_elevation")),
        patience=_whole(document.get("patience", PATIENCE)),
        since=_time(document, "since"),
        until=_time(document, "until"),
    )
    return _checked(rule)


_MEMBERS = (
    "kind", "key", "unit", "number", "step_days", "tolerance_days", "delay_days", "least_sun_elevation", "patience",
    "since", "until",
)  # fmt: skip


def _checked(rule: Rule) -> Rule:
    if rule.kind != "calendar" and 2 * rule.tolerance >= rule.step:
        raise InvalidParameter("rule.tolerance_days", "is less than half of step_days")
    if rule.since is not None and rule.until is not None and rule.until < rule.since:
        raise InvalidParameter("rule.until", "is before since")
    return rule


def _among(document: Mapping[str, Any], name: str, known: tuple[str, ...]) -> str:
    value = document.get(name)
    if not isinstance(value, str) or value not in known:
        raise InvalidParameter(f"rule.{name}", f"is one of {', '.join(known)}")
    return value


def _key(names: object) -> tuple[str, ...]:
    if not isinstance(names, list) or len(names) > _MOST_NAMES or not all(map(_is_name, names)):
        raise InvalidParameter("rule.key", f"lists the names of properties, {_MOST_NAMES} at most")
    if len(set(names)) < len(names):
        raise InvalidParameter("rule.key", "lists each property once")
    return tuple(names)


def _number(name: object) -> str:
    if not isinstance(name, str) or not _is_name(name):
        raise InvalidParameter("rule.number", "is the name of the property that counts: swot:cycle, sat:orbit_cycle")
    return name


def _is_name(name: object) -> bool:
    return isinstance(name, str) and _NAME.fullmatch(name) is not None


def _days(document: Mapping[str, Any], name: str, least: float = 0.0, usual: float | None = None) -> int:
    value = document.get(name, usual)
    if isinstance(value, bool) or not isinstance(value, int | float) or not least <= value <= _MOST_DAYS:
        raise InvalidParameter(f"rule.{name}", f"is a number of days between {least:.3g} and {_MOST_DAYS:.0f}")
    return round(value * DAY)


def _elevation(value: object) -> float | None:
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float) or not abs(value) <= _ZENITH:
        raise InvalidParameter("rule.least_sun_elevation", "lies between -90 and 90 degrees")
    return float(value)


def _whole(value: object) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not 1 <= value <= _MOST_PATIENCE:
        raise InvalidParameter("rule.patience", f"is a whole number between 1 and {_MOST_PATIENCE}")
    return value


def _time(document: Mapping[str, Any], name: str) -> int | None:
    value = document.get(name)
    if value is None:
        return None
    if not isinstance(value, str):
        raise InvalidParameter(f"rule.{name}", "is no RFC 3339 time")
    return milliseconds(instant(value, f"rule.{name}"))


def _told(at: int | None) -> str | None:
    return None if at is None else written(moment(at))
