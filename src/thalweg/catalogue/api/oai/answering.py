"""Answers to the six verbs of OAI-PMH: each is asked of the Records, and told as a document."""

from __future__ import annotations

from typing import TYPE_CHECKING

from thalweg.catalogue.api.oai.documents import answer, element, within
from thalweg.catalogue.api.oai.entries import header, record
from thalweg.catalogue.api.oai.faults import NO_FORMAT, NO_ID, NO_MATCH, OaiFault
from thalweg.catalogue.api.oai.identity import identity
from thalweg.catalogue.api.oai.naming import Identifiers, selected, stretch
from thalweg.catalogue.api.oai.requests import TOKEN
from thalweg.catalogue.api.oai.resuming import Listed
from thalweg.catalogue.api.oai.sets import Sets
from thalweg.catalogue.api.records.documents import Documents
from thalweg.catalogue.changes import ChangeQuery
from thalweg.catalogue.records import schemas
from thalweg.catalogue.records.writers.fgdc import FGDC

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from thalweg.catalogue.api.oai.offering import Caller, OaiOffer
    from thalweg.catalogue.api.oai.requests import OaiRequest, Verb
    from thalweg.catalogue.changes import Change, Changes
    from thalweg.catalogue.records.schemas import Schema
    from thalweg.core.queries import Token


class Answers:
    """Answers one caller."""

    def __init__(self, offer: OaiOffer, caller: Caller) -> None:
        self._offer = offer
        self._caller = caller
        self._identifiers = Identifiers.at(caller.base)
        self._documents = Documents(caller.base, caller.records)
        self._told: dict[Verb, Callable[[OaiRequest], bytes]] = {
            "Identify": self._identify,
            "ListMetadataFormats": self._formats,
            "ListSets": self._sets,
            "GetRecord": self._record,
            "ListIdentifiers": self._list,
            "ListRecords": self._list,
        }

    def to(self, asked: OaiRequest) -> bytes:
        """Return the answer to a request.

        Raises:
            OaiFault: whatever the protocol has an error for.
            Unavailable: it took longer than it may.
        """
        return self._told[asked.verb](asked)

    def _answer(self, asked: OaiRequest, parts: Sequence[str | bytes], changes: Changes | None = None) -> bytes:
        content = within(asked.verb, parts)
        told = {"verb": asked.verb, **asked.arguments}
        return answer(self._caller.address, told, content, None if changes is None else changes.settled)

    def _identify(self, asked: OaiRequest) -> bytes:
        first = self._changes(ChangeQuery(limit=1)).found
        return self._answer(asked, list(identity(self._offer, self._caller.address, self._identifiers, first)))

    def _formats(self, asked: OaiRequest) -> bytes:
        if (identifier := asked.get("identifier")) is not None:
            self._one(identifier)
        offered = [within("metadataFormat", _told_of(one)) for one in schemas.SCHEMAS if _is_offered(one)]
        return self._answer(asked, offered)

    def _sets(self, asked: OaiRequest) -> bytes:
        sets = Sets(self._offer.records, self._caller.who, self._caller.workspace, self._offer.headers_at_once)
        token = asked.get(TOKEN)
        listed = Listed() if token is None else self._unsealed(token, asked)
        page = sets.page(listed)
        return self._answer(asked, [*page.told, *self._further(asked, listed, len(page.told), page.next)])

    def _record(self, asked: OaiRequest) -> bytes:
        schema = _schema(asked.arguments["metadataPrefix"])
        change = self._one(asked.arguments["identifier"])
        return self._answer(asked, [record(change, self._identifiers, self._documents, schema)])

    def _one(self, identifier: str) -> Change:
        place = self._identifiers.read(identifier)
        if place is not None:
            collection, item_id = place
            query = ChangeQuery(collections=(collection,), ids=(item_id,), limit=1)
            for change in self._changes(query).found:
                return change
        raise OaiFault(NO_ID, f"There is no item {identifier[:256]!r}.")

    def _list(self, asked: OaiRequest) -> bytes:
        token = asked.get(TOKEN)
        listed = _begun(asked) if token is None else self._unsealed(token, asked)
        schema = _schema(listed.prefix)
        most = self._offer.headers_at_once if asked.verb == "ListIdentifiers" else self._offer.at_once
        page = self._page(listed, most)
        if page is None or not (page.found or listed.after):
            raise OaiFault(NO_MATCH, "Nothing of the set has changed in this time.")
        told = [self._shown(asked.verb, change, schema) for change in page.found]
        return self._answer(asked, [*told, *self._further(asked, listed, len(told), page.next)], page)

    def _page(self, listed: Listed, most: int) -> Changes | None:
        chosen, when = selected(listed.spec), stretch(listed.since, listed.until)
        if chosen is None:
            return None
        query = ChangeQuery(
            collections=chosen.collections, since=when.since, until=when.until, limit=most, after=listed.after
        )
        return self._changes(query, chosen.types)

    def _shown(self, verb: Verb, change: Change, schema: Schema) -> bytes:
        if verb == "ListIdentifiers":
            return header(change, self._identifiers)
        return record(change, self._identifiers, self._documents, schema)

    def _changes(self, query: ChangeQuery, types: tuple[str, ...] = ()) -> Changes:
        return self._offer.records.changes(query, self._caller.who, types, self._caller.workspace)

    def _unsealed(self, token: str, asked: OaiRequest) -> Listed:
        return self._offer.resuming.unseal(token, asked.verb, self._caller.address)

    def _further(self, asked: OaiRequest, listed: Listed, told: int, after: Token | None) -> list[str]:
        """Return what says how the list goes on: nothing for one that was told at once, an empty token at its end.

        How long it is is told where that is known, at its end: a harvester sees there whether it has all.
        """
        cursor = str(listed.cursor)
        if after is None:
            size = str(listed.cursor + told)
            return [element(TOKEN, cursor=cursor, completeListSize=size)] if listed.after is not None else []
        token, until = self._offer.resuming.seal(listed.further(told, after), asked.verb, self._caller.address)
        return [element(TOKEN, token, expirationDate=until.strftime("%Y-%m-%dT%H:%M:%SZ"), cursor=cursor)]


def _begun(asked: OaiRequest) -> Listed:
    return Listed(asked.arguments["metadataPrefix"], asked.get("set"), asked.get("from"), asked.get("until"))


def _is_offered(schema: Schema) -> bool:
    """Tell whether records are given in a schema: metadata without a namespace may not stand in an answer."""
    return bool(schema.prefix) and schema.uri != FGDC


def _schema(prefix: str) -> Schema:
    schema = schemas.by_prefix(prefix)
    if schema is None or not _is_offered(schema):
        raise OaiFault(NO_FORMAT, f"{prefix[:64]!r} is no metadataPrefix here")
    return schema


def _told_of(schema: Schema) -> list[str]:
    return [
        element("metadataPrefix", schema.prefix),
        element("schema", schema.location),
        element("metadataNamespace", schema.uri),
    ]
