"""Freshness for people."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from starlette.responses import Response

from thalweg.catalogue.api.freshness.saying import FIELDS
from thalweg.catalogue.api.freshness.timeline import months, timeline
from thalweg.catalogue.freshness.choices import Choices
from thalweg.catalogue.freshness.rule import KINDS, UNITS, written_rule
from thalweg.catalogue.freshness.service import Freshness, RuleTold
from thalweg.core.errors import InvalidParameter, ThalwegError
from thalweg.web.answers import Page
from thalweg.web.asked import Asked
from thalweg.web.entries import Entry
from thalweg.web.pages import render

_ENTRIES = (Entry("key", "Key", "13TDE/98"), Entry("datetime", "Expected", "2024-05/2024-06"))
_WORST = 10


@dataclass(frozen=True, slots=True)
class RuleForm:
    """The form by which an operator says what is expected.

    Attributes:
        given: what its fields hold.
        version: of what was said before, 0 for nothing.
        choices: the properties that a rule may name.
        fault, wrong: what is wrong with what was filled in, and the field that it is about.
        status: of the answer.
    """

    given: Mapping[str, str]
    version: int
    choices: Choices
    fault: str = ""
    wrong: str = ""
    status: int = 200
    kinds: Sequence[str] = KINDS
    units: Sequence[str] = UNITS


def rule_form(told: RuleTold, choices: Choices, fault: ThalwegError | None, filled: Mapping[str, str]) -> RuleForm:
    """Return the form with what was filled in, else with the rule that stands, else with the one that is inferred."""
    rule = told.rule or told.inference.rule
    given = dict(filled) or _fields({} if rule is None else written_rule(rule))
    version = 0 if told.statement is None else told.statement.version
    if fault is None:
        return RuleForm(given, version, choices)
    wrong = fault.parameter.removeprefix("rule.") if isinstance(fault, InvalidParameter) else ""
    return RuleForm(given, version, choices, str(fault), wrong, fault.status)


def _fields(rule: Mapping[str, Any]) -> dict[str, str]:
    said = {**rule, "key": ", ".join(rule.get("key", ()))}
    return {name: str(said[name]).removesuffix(".0") for name in FIELDS if said.get(name) is not None}


def freshness_page(
    asked: Asked[Any], document: Mapping[str, Any], found: Freshness, address: str, form: RuleForm | None
) -> Response:
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
        form=form,
        worst=[one for one in document.get("series", [])[:_WORST] if one["missing"]],
    )
    # A form is sent from this page, by browsers that tell the page's own origin only to those whom it lets know.
    return Page(page, 200 if form is None else form.status, {"referrer-policy": "same-origin"})


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


def dead_page(
    asked: Asked[Any], items: Sequence[Mapping[str, Any]], links: Sequence[Mapping[str, Any]], address: str
) -> Response:
    """Return a page of Items with dead assets."""
    collection = asked.parameters.collection
    page = render("dead_assets.html", collection=collection, items=items, links=links, address=address, root=asked.root)
    return Page(page)
