"""Harvest: a resource, or a whole catalogue, fetched through the guard, and kept in the place of what it was before.

With an interval the source is kept, and harvested again by a worker. What is acknowledged is kept too, and carried out
by a worker; where there is none, by who acknowledged it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from lxml import etree  # type: ignore[import-untyped]

from thalweg.catalogue.api.csw.naming import offered
from thalweg.catalogue.api.csw.transactions import Summary, brief, check_signed_in, written
from thalweg.catalogue.api.csw.versions import V2, V3, XSI
from thalweg.catalogue.harvests.harvester import Bounds, Harvester, Order
from thalweg.catalogue.harvests.oai import OAI
from thalweg.core.errors import InvalidParameter
from thalweg.guard.markup import parsed
from thalweg.web.ows import OptionNotSupported

if TYPE_CHECKING:
    from thalweg.catalogue.api.csw.offering import Offer
    from thalweg.catalogue.api.csw.requests import Harvest
    from thalweg.catalogue.api.csw.transactions import Transactions
    from thalweg.catalogue.api.csw.versions import Version
    from thalweg.catalogue.harvests.book import Brought
    from thalweg.catalogue.harvests.errands import Errands
    from thalweg.catalogue.records.record import Record
    from thalweg.core.items import Loaded
    from thalweg.core.principals import Principal

_SECONDS = 300.0
"""So long a source may take that somebody waits for."""
_MOST_TOLD = 1_000
_OF_INSPIRE = "http://schemas.opengis.net/iso/19139/20060504/gmd"
"""How INSPIRE's discovery services call ISO 19139."""


def resource_types() -> tuple[str, ...]:
    """Return what a source may be said to be."""
    return (*offered(V2), V3.csw, OAI, _OF_INSPIRE)


class Harvests:
    """Brings in resources for who may write Records."""

    def __init__(self, offer: Offer, transactions: Transactions, base: str) -> None:
        self._records = offer.records
        self._periodic = offer.harvests
        own = Harvester(offer.records, offer.guard, Bounds(document=offer.most_harvested))
        self._harvester = own if offer.harvests is None else offer.harvests().harvester
        self._transactions = transactions
        self._base = base

    def check(self, asked: Harvest, who: Principal) -> None:
        """Return quietly where a harvest can begin.

        Raises:
            Unauthenticated: nobody signed in.
            InvalidParameter: its source leads inside or to ourselves, its type is not read here, or its interval is
                none that may be.
            OptionNotSupported: it asks to be done again and again where nothing does that.
        """
        check_signed_in(who)
        if asked.interval is not None:
            if self._periodic is None:
                raise OptionNotSupported("harvestInterval", "harvests are done once here")
            self._periodic().check_interval(asked.interval, "harvestInterval")
        known = resource_types()
        if asked.resource_type not in known:
            raise InvalidParameter("resourceType", f"{asked.resource_type[:128]!r} is not one of {', '.join(known)}")
        self._harvester.check(self._order(asked, who))

    def done(self, asked: Harvest, who: Principal) -> bytes:
        """Return the ``HarvestResponse`` when all of it is kept.

        Raises:
            Unavailable: the source does not give it.
            InvalidParameter: it is no document that is read here.
        """
        telling, order = Telling(asked.version), self._order(asked, who)
        if asked.interval is not None and self._periodic is not None:
            _, brought = self._periodic().add(order, asked.interval, who, telling.hear, _SECONDS)
        else:
            brought = self._harvester.within(_SECONDS).bring(order, who, told=telling.hear)
        return telling.response(brought)

    @property
    def errands(self) -> Errands | None:
        """Return what keeps harvests for a worker, where one carries them out."""
        return None if self._periodic is None else self._periodic().errands

    def keep(self, asked: Harvest, errands: Errands, who: Principal) -> None:
        """Keep a harvest, which a worker carries out, and of which it tells the handlers.

        Raises:
            Forbidden: ``who`` may not write there.
            QuotaExceeded: too many wait.
        """
        order = self._order(asked, who)
        self._records.check_write(order.catalogue, who)
        errands.keep(order, asked.interval or "", asked.version.number, asked.handlers, who)

    def _order(self, asked: Harvest, who: Principal) -> Order:
        return Order(asked.source, self._transactions.target(who), asked.resource_type, ours=(self._base,))


class Telling:
    """Hears what becomes of each Record that a harvest brings, and tells of it in one version of CSW."""

    def __init__(self, version: Version) -> None:
        self._version = version
        self._new = list[bytes]()

    def hear(self, one: Loaded, record: Record) -> None:
        """Hear of one Record; the first that are new are told by name."""
        if one.outcome == "registered" and len(self._new) < _MOST_TOLD:
            self._new.append(brief(record, self._version))

    def response(self, brought: Brought) -> bytes:
        """Return the ``HarvestResponse``."""
        version, xml = self._version, self._version.markup()
        told = Summary(brought.registered, brought.replaced, brought.removed, self._new)
        root = xml.element("csw:HarvestResponse", children=[parsed(written(version, told), "summary")])
        where = "cswHarvest.xsd" if version.is_third else "CSW-publication.xsd"
        root.set(f"{{{XSI}}}schemaLocation", f"{version.csw} {version.schemas}/{where}")
        etree.cleanup_namespaces(root)
        made: bytes = etree.tostring(root, encoding="UTF-8", xml_declaration=True)
        return made
