"""To what specifications a resource conforms, as ISO 19115 reports it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from thalweg.catalogue.records.writers.iso_dialect import ISO_19139, MISSING
from thalweg.catalogue.records.writers.iso_parts import date

if TYPE_CHECKING:
    from thalweg.catalogue.records.record import Record
    from thalweg.catalogue.records.writers.iso_dialect import Dialect
    from thalweg.catalogue.records.writers.nodes import Node

_TOLD = ("specification", "date", "dateType", "explanation", "degree")
_DEGREES = ("true", "false")


def conformity(iso: Dialect, record: Record) -> list[Node]:
    """Return a report for each specification."""
    told = (record.extra or {}).get("conformity")
    known = [one for one in told if isinstance(one, Mapping)] if isinstance(told, list | tuple) else []
    return [_report(iso, *(_text(one.get(name)) for name in _TOLD)) for one in known]


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""


def _report(iso: Dialect, title: str, day: str, occasion: str, explanation: str, degree: str) -> Node:
    demanded = MISSING if iso is ISO_19139 else None
    citation = iso.made("CI_Citation", title=title or MISSING, date=date(iso, day, occasion) or demanded)
    result = iso.made(
        "DQ_ConformanceResult",
        specification=citation,
        explanation=explanation or demanded,
        **{"pass": iso.primitive("Boolean", degree) if degree in _DEGREES else MISSING},
    )
    return iso.made("DQ_DomainConsistency", result=result)
