"""Answers to the operations of CSW: each is asked of the Records, and told as a document."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from thalweg.catalogue.api.csw.acknowledging import HARVESTING, Acknowledging
from thalweg.catalogue.api.csw.capabilities import Told, capabilities
from thalweg.catalogue.api.csw.describing import description
from thalweg.catalogue.api.csw.domains import Domains
from thalweg.catalogue.api.csw.federating import Federating
from thalweg.catalogue.api.csw.harvesting import Harvests
from thalweg.catalogue.api.csw.requests import (
    DescribeRecord,
    GetCapabilities,
    GetDomain,
    GetRecordById,
    GetRecords,
    Harvest,
    Received,
    Transaction,
)
from thalweg.catalogue.api.csw.searching import Searches, answer_by_id, answer_of
from thalweg.catalogue.api.csw.transactions import Transactions

if TYPE_CHECKING:
    from collections.abc import Callable

    from starlette.background import BackgroundTask

    from thalweg.catalogue.api.csw.offering import Offer
    from thalweg.catalogue.api.csw.searching import Found
    from thalweg.core.principals import Principal


@dataclass(frozen=True, slots=True)
class Caller:
    """Who asks, and where.

    Attributes:
        base: the platform's address.
        address: of the service.
        share: by what the caller's turns are counted.
        workspace: that the address names.
    """

    who: Principal
    base: str
    address: str
    share: str
    workspace: str | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """A document, and what is done after it was sent."""

    content: bytes
    media_type: str = "application/xml"
    afterwards: BackgroundTask | None = None


class Answers:
    """Answers one caller."""

    def __init__(self, offer: Offer, caller: Caller) -> None:
        self._offer = offer
        self._caller = caller

    def to(self, received: Received) -> Answer:
        """Return the answer to a request.

        Raises:
            ThalwegError: whatever is wrong with it.
        """
        match received.request:
            case GetRecords() as asked:
                return self._records(asked, received)
            case Harvest() as asked:
                return self._harvest(asked, received)
            case asked:
                return self._at_once(asked)

    def _at_once(self, asked: GetCapabilities | DescribeRecord | GetDomain | GetRecordById | Transaction) -> Answer:
        """Answer what is never answered later."""
        match asked:
            case GetCapabilities():
                return Answer(capabilities(asked, self._told()), asked.media_type)
            case DescribeRecord():
                return Answer(description(asked))
            case GetDomain():
                domains = Domains(self._offer.records, self._caller.workspace)
                return Answer(domains.answer(asked, self._caller.who))
            case GetRecordById():
                found = self._searches.by_id(asked, self._caller.who)
                return Answer(answer_by_id(asked, found), asked.media_type)
            case Transaction():
                return Answer(self._transactions.done(asked, self._caller.who))

    @property
    def _searches(self) -> Searches:
        return Searches(self._offer.records, self._caller.workspace)

    @property
    def _transactions(self) -> Transactions:
        return Transactions(self._offer, self._caller.workspace)

    def _records(self, asked: GetRecords, received: Received) -> Answer:
        acknowledging = Acknowledging(self._offer.outbound, asked.version, received.echo)
        if asked.result_type == "validate":
            return Answer(acknowledging.document(asked.request_id))
        if asked.handlers:
            return self._later(acknowledging, asked.handlers, asked.request_id, lambda: self._searched(asked))
        return Answer(self._searched(asked), asked.media_type)

    def _searched(self, asked: GetRecords) -> bytes:
        return self._told_of(asked, self.found(asked))

    def _told_of(self, asked: GetRecords, found: Found) -> bytes:
        return answer_of(asked, self._federating.joined(asked, found), self._caller.address)

    @property
    def _federating(self) -> Federating:
        federation = self._offer.federation
        return Federating(None if federation is None else federation(), self._caller.address)

    def goes_on(self, asked: GetRecords) -> bool:
        """Tell whether others are waited for before a search is answered."""
        return not asked.handlers and asked.result_type != "validate" and self._federating.goes_on(asked)

    def found(self, asked: GetRecords) -> Found:
        """Return what a search finds here."""
        return self._searches.found(asked, self._caller.who)

    def joined(self, asked: GetRecords, found: Found) -> Answer:
        """Return the answer to a search that goes on, when others have told what they found."""
        return Answer(self._told_of(asked, found), asked.media_type)

    def _harvest(self, asked: Harvest, received: Received) -> Answer:
        harvests = Harvests(self._offer, self._transactions, self._caller.base)
        harvests.check(asked, self._caller.who)
        if not asked.handlers:
            return Answer(harvests.done(asked, self._caller.who))
        acknowledging = Acknowledging(self._offer.outbound, asked.version, received.echo)
        if (errands := harvests.errands) is not None:
            acknowledging.check(asked.handlers)
            harvests.keep(asked, errands, self._caller.who)
            return Answer(acknowledging.document(None))
        task = acknowledging.handing(asked.handlers, lambda: harvests.done(asked, self._caller.who), HARVESTING)
        return Answer(acknowledging.document(None), afterwards=task)

    @staticmethod
    def _later(
        acknowledging: Acknowledging, handlers: tuple[str, ...], request_id: str | None, work: Callable[[], bytes]
    ) -> Answer:
        task = acknowledging.handing(handlers, work)
        return Answer(acknowledging.document(request_id), afterwards=task)

    def _told(self) -> Told:
        offer = self._offer
        return Told(
            address=self._caller.address,
            title=offer.title,
            abstract=offer.abstract,
            provider=offer.provider,
            contact=offer.contact,
            most=offer.records.limits.page,
            federated=offer.federated,
            periodic=offer.harvests is not None,
        )
