"""A page of gaps in the form that is asked for."""

from collections.abc import Iterator, Sequence
from typing import Any
from urllib.parse import quote

from starlette.responses import Response

from thalweg.catalogue.api.freshness.atom import gap_feed
from thalweg.catalogue.api.freshness.documents import COUNTED, gap_document
from thalweg.catalogue.api.freshness.html import gaps_page
from thalweg.catalogue.api.freshness.parameters import ATOM, Gaps
from thalweg.catalogue.api.pages import JSON_TYPE, without
from thalweg.catalogue.freshness.report import Gap
from thalweg.catalogue.freshness.rule import Rule
from thalweg.catalogue.freshness.service import Freshness
from thalweg.catalogue.times import milliseconds, moment
from thalweg.core.time import Interval, written
from thalweg.web.answers import Json
from thalweg.web.asked import Asked
from thalweg.web.forms import HTML
from thalweg.web.links import link
from thalweg.web.paging import Sealer

_GRAINS = 16
"""A step has so many spans that gaps are told apart by."""


def gaps_answer(asked: Asked[Gaps], found: Freshness, address: str, sealer: Sealer) -> Response:
    """Return a page of gaps; without a rule there are none, and it says so."""
    given, rule = asked.parameters, found.told.rule
    gaps = () if found.report is None else found.report.gaps
    chosen = list(_chosen(gaps, given.key, given.datetime))
    after = None if given.token is None else sealer.unseal(given.token, given.said())
    rest = chosen if after is None else [one for one in chosen if _place(one) > (after[0], tuple(after[1]))]
    page = rest[: given.limit]
    links = [
        link("self", asked.url, JSON_TYPE),
        link("up", address, JSON_TYPE, "How fresh and complete the Collection is"),
    ]
    if len(rest) > given.limit:
        token = sealer.seal(_place(page[-1]), given.said())
        links.append(link("next", f"{without(asked.url, 'token')}token={token}", JSON_TYPE, "More"))
    listed = [] if rule is None else [gap_document(rule, one) for one in page]
    if asked.form is ATOM:
        title = f"Missing of {given.collection}"
        alone = [] if rule is None else [_alone(address, rule, one) for one in page]
        return gap_feed(f"{address}/gaps", title, listed, links, written(found.at), alone)
    if asked.form is HTML:
        return gaps_page(asked, listed, links, len(chosen), found)
    return Json(_document(given.collection, found, chosen, listed, links), headers={"cache-control": "no-cache"})


def _document(
    collection: str, found: Freshness, chosen: Sequence[Gap], listed: Sequence[Any], links: Sequence[Any]
) -> dict[str, Any]:
    return {
        "collection": collection,
        "as_of": written(found.at),
        "counted": COUNTED,
        "rule": found.told.standing,
        "number_matched": len(chosen),
        "number_returned": len(listed),
        "gaps": list(listed),
        "links": list(links),
    }


def _chosen(gaps: Sequence[Gap], key: str | None, interval: Interval | None) -> Iterator[Gap]:
    first = milliseconds(interval.start) if interval is not None and interval.start is not None else None
    last = milliseconds(interval.end) if interval is not None and interval.end is not None else None
    for one in gaps:
        if key is not None and key not in one.key and key != "/".join(one.key):
            continue
        if (first is None or one.at >= first) and (last is None or one.at <= last):
            yield one


def _place(one: Gap) -> tuple[int, tuple[str, ...]]:
    """Return by what gaps are ordered: newest first."""
    return -one.at, one.key


def _alone(address: str, rule: Rule, one: Gap) -> str:
    """Return the address at which a gap is found alone.

    Where exactly the slots of a series lie moves by seconds with each Item that comes; of this address the coarse span
    is told in which a gap lies, so that a reader of the feed is not shown it anew.
    """
    key = f"key={quote('/'.join(one.key), safe='/')}&" if one.key else ""
    span = max(1000, rule.span // _GRAINS)
    start = one.at // span * span
    ends = "/".join(written(moment(at)) for at in (start, start + span - 1))
    return f"{address}/gaps?{key}datetime={quote(ends, safe=':/')}"
