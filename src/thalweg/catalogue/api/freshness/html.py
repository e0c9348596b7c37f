"""Freshness for people."""

from collections.abc import Mapping, Sequence
from typing import Any

from starlette.responses import Response

from thalweg.catalogue.api.freshness.timeline import months, timeline
from thalweg.catalogue.freshness.service import Freshness
from thalweg.web.answers import Page
from thalweg.web.asked import Asked
from thalweg.web.entries import Entry
from thalweg.web.pages import render

_ENTRIES = (Entry("key", "Key", "13TDE/98"), Entry("datetime", "Expected", "2024-05-01T00:00:00Z/.."))
_WORST = 10


def freshness_page(asked: Asked[Any], document: Mapping[str, Any], found: Freshness, address: str) -> Response:
    """Return how fresh and complete a Collection is as a page, with its timeline."""
    rule, report = found.told.rule, found.report
    drawn, bars = None, None
    if rule is not None and report is not None:
        drawn = timeline(report, rule.span)
        bars = months(report.months)
    page = render(
        "freshness.html",
        one=document,
        address=address,
        root=asked.root,
        drawn=drawn,
        bars=bars,
        worst=[one for one in document.get("series", [])[:_WORST] if one["missing"]],
    )
    return Page(page)


def gaps_page(
    asked: Asked[Any],
    gaps: Sequence[Mapping[str, Any]],
    links: Sequence[Mapping[str, Any]],
    matched: int,
    found: Freshness,
) -> Response:
    """Return a page of gaps."""
    given = asked.parameters
    page = render(
        "gaps.html",
        collection=given.collection,
        gaps=gaps,
        links=links,
        matched=matched,
        standing=found.told.standing,
        address=next(one["href"] for one in links if one["rel"] == "up"),
        root=asked.root,
        entries=_ENTRIES,
        asked={"key": given.key or "", "datetime": asked.request.query_params.get("datetime", "")},
    )
    return Page(page)
