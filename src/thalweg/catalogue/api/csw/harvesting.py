"""Harvest: one resource fetched through the guard, read, and kept in the place of what it was before."""

from __future__ import annotations

from typing import TYPE_CHECKING

import httpx
from lxml import etree  # type: ignore[import-untyped]

from thalweg.catalogue.api.csw.naming import offered
from thalweg.catalogue.api.csw.transactions import check_signed_in, summary
from thalweg.catalogue.api.csw.versions import V2, V3, XSI
from thalweg.catalogue.records.fetching import fetched
from thalweg.catalogue.records.receiving import records_of
from thalweg.core.errors import InvalidParameter
from thalweg.guard.markup import parsed
from thalweg.web.ows import OptionNotSupported

if TYPE_CHECKING:
    from thalweg.catalogue.api.csw.offering import Offer
    from thalweg.catalogue.api.csw.requests import Harvest
    from thalweg.catalogue.api.csw.transactions import Transactions
    from thalweg.core.principals import Principal

_PORTS = {"http": 80, "https": 443}


class Harvests:
    """Brings in resources for who may write Records."""

    def __init__(self, offer: Offer, transactions: Transactions, base: str) -> None:
        self._offer = offer
        self._transactions = transactions
        self._base = base

    def check(self, asked: Harvest, who: Principal) -> None:
        """Return quietly where a harvest can begin.

        Raises:
            Unauthenticated: nobody signed in.
            InvalidParameter: its source leads inside or to ourselves, or its type is not read here.
            OptionNotSupported: it asks to be done again and again.
        """
        check_signed_in(who)
        if asked.interval is not None:
            raise OptionNotSupported("harvestInterval", "harvests are done once here")
        known = (*offered(V2), V3.csw)
        if asked.resource_type not in known:
            raise InvalidParameter("resourceType", f"{asked.resource_type[:128]!r} is not one of {', '.join(known)}")
        self._offer.outbound.check_spelling(asked.source, "source")
        if _place(asked.source) == _place(self._base):
            raise InvalidParameter("source", "leads to this very catalogue")
        self._offer.outbound.check(asked.source, "source")

    def done(self, asked: Harvest, who: Principal) -> bytes:
        """Return the ``HarvestResponse`` when the resource is kept.

        Raises:
            Unavailable: the source does not give it.
            InvalidParameter: it is no document that is read here.
        """
        content = fetched(self._offer.outbound, asked.source, self._offer.most_harvested)
        records = records_of(content, self._offer.records.limits)
        plan = self._transactions.brought(records, who)
        xml = asked.version.markup()
        told = parsed(summary(asked.version, plan), "summary")
        root = xml.element("csw:HarvestResponse", children=[told])
        where = "cswHarvest.xsd" if asked.version.is_third else "CSW-publication.xsd"
        root.set(f"{{{XSI}}}schemaLocation", f"{asked.version.csw} {asked.version.schemas}/{where}")
        etree.cleanup_namespaces(root)
        made: bytes = etree.tostring(root, encoding="UTF-8", xml_declaration=True)
        return made


def _place(url: str) -> tuple[str, int | None]:
    """Return the host and the port that an address leads to."""
    parsed_url = httpx.URL(url)
    return parsed_url.host.lower().rstrip("."), parsed_url.port or _PORTS.get(parsed_url.scheme)
