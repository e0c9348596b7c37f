"""Searches that go on to other catalogues (Part 4, in draft): each catalogue's answer stands by itself, none is merged.

The operator names the catalogues in the settings; here they are listed, and asked where a search says so.
"""

import hashlib
import uuid
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any
from urllib.parse import urlencode

import orjson
from pydantic import Field
from starlette.responses import Response

from thalweg.catalogue.api.html import links_page
from thalweg.catalogue.api.records.catalogues import TAG
from thalweg.catalogue.api.records.parameters import OneCatalogue, WhichRecords
from thalweg.catalogue.api.records.serving import RecordServing
from thalweg.core.errors import NotFound, Unavailable
from thalweg.web.answers import Json, problem
from thalweg.web.asked import Asked
from thalweg.web.forms import HTML, JSON
from thalweg.web.links import link
from thalweg.web.pool import FEDERATED, in_turn
from thalweg.web.routes import get

if TYPE_CHECKING:
    from collections.abc import Sequence

    from thalweg.catalogue.federation.asking import Reply
    from thalweg.catalogue.federation.catalogues import Federated

_OURS = frozenset(
    {
        "distributedSearch",
        "hopCount",
        "clientId",
        "distributedSearchId",
        "distributedSearchIdTimeout",
        "federatedCatalogs",
        "token",
        "f",
        "facets",
    }
)
"""What is said to this catalogue alone."""
_LISTS = ("FeatureCollection", "FederatedSearchResults")
_SECONDS = 1.0
_JSON = {"accept": "application/geo+json, application/json;q=0.9"}


class OneFederated(OneCatalogue):
    """Which catalogue of the federation."""

    federated: Annotated[str, Field(max_length=64)]


class Federating:
    """Tells of the other catalogues that searches go on to."""

    def __init__(self, serving: RecordServing) -> None:
        self._serving = serving

    @get("/collections/{catalogue}/federatedCatalogs", forms=(JSON, HTML), tag=TAG)
    async def listed(self, asked: Asked[OneCatalogue]) -> Response:
        """List the catalogues to which a search here goes on where it asks for that."""
        await self._serving.read(self._serving.catalogue, asked, asked.parameters.catalogue)
        others = others_of(self._serving)
        if asked.form is HTML:
            address = asked.url.partition("?")[0]
            listed = [link("item", f"{address}/{one.id}", JSON.kind, one.title or one.id) for one in others]
            return links_page(asked, "Catalogues that are asked too", "", listed)
        return Json([_told(one) for one in others])

    @get("/collections/{catalogue}/federatedCatalogs/{federated}", forms=(JSON, HTML), tag=TAG)
    async def one(self, asked: Asked[OneFederated]) -> Response:
        """Tell of one of them."""
        await self._serving.read(self._serving.catalogue, asked, asked.parameters.catalogue)
        name = asked.parameters.federated
        one = next((one for one in others_of(self._serving) if one.id == name), None)
        if one is None:
            raise NotFound(f"There is no federated catalogue {name!r}.")
        if asked.form is HTML:
            said = f"{one.url} is asked by OGC API Records, and waited for {one.seconds:g} s."
            return links_page(asked, one.title or one.id, said, [])
        return Json(_told(one))


def others_of(serving: RecordServing) -> "Sequence[Federated]":
    """Return the catalogues that are asked by OGC API Records."""
    if serving.federation is None:
        return ()
    return [one for one in serving.federation().catalogues if one.speaks("records")]


def _told(one: "Federated") -> dict[str, Any]:
    title = {"title": one.title} if one.title else {}
    return {"id": one.id, "catalogURL": one.url, "timeout": one.seconds, **title}


@dataclass(frozen=True, slots=True)
class Onward:
    """A search that goes on to others."""

    serving: RecordServing
    asked: Asked[WhichRecords]

    async def answered(self, own: Response) -> Response:
        """Return what was found here and, each by itself, what others found.

        Raises:
            InvalidParameter: the search names a catalogue that is none of the federation.
        """
        replies = await in_turn(self._asked, among=FEDERATED, caller=self.asked.caller)
        told: dict[str, Any] = {self.asked.parameters.catalogue: orjson.Fragment(bytes(own.body))}
        told |= {reply.catalogue.id: _member(reply) for reply in replies}
        return Json({"type": "FederatedSearchResults", **told})

    def _asked(self) -> "tuple[Reply[bytes], ...]":
        from thalweg.catalogue.federation.catalogues import chosen_among, read_chosen  # noqa: PLC0415 - likewise
        from thalweg.guard.questions import Question  # noqa: PLC0415 - not before it is asked

        given, others = self.asked.parameters, others_of(self.serving)
        named = read_chosen(given.federated_catalogs, "federatedCatalogs", _SECONDS)
        chosen = chosen_among(others, named, "federatedCatalogs") if others or named else ()
        # Of what others were they tell nothing; a search that came here before goes no further.
        if self.serving.federation is None or given.hop_count <= 1 or given.as_of is not None or not chosen:
            return ()
        federation = self.serving.federation()
        search_id = given.search_id or f"urn:uuid:{uuid.uuid4()}"
        if not federation.seen.first_time(f"{search_id} {self._digest()}", given.search_seconds):
            return ()
        query = urlencode([*self._pairs(), *self._told_on(search_id)])
        return federation.asked(chosen, lambda one: Question(f"{one.url}/items?{query}", headers=_JSON), read_answer)

    def _pairs(self) -> list[tuple[str, str]]:
        return [one for one in self.asked.request.query_params.multi_items() if one[0] not in _OURS]

    def _told_on(self, search_id: str) -> list[tuple[str, str]]:
        """Return what tells the next catalogue to ask others too; one that is the last may not even know of that."""
        given = self.asked.parameters
        hops = given.hop_count - 1
        if hops <= 1:
            return []
        return [
            ("distributedSearch", "true"),
            ("hopCount", str(hops)),
            ("clientId", given.client_id or self.asked.root),
            ("distributedSearchId", search_id),
            ("distributedSearchIdTimeout", str(given.search_seconds)),
        ]

    def _digest(self) -> str:
        said = (self.asked.parameters.catalogue, sorted(self._pairs()))
        return hashlib.sha256(f"{said}".encode()).hexdigest()


def read_answer(one: "Federated", content: bytes) -> bytes:
    """Return the members of what another catalogue answers, as JSON.

    Raises:
        Unavailable: it is no list of Records, or one that cannot be written here.
    """
    try:
        read = orjson.loads(content)
        if not isinstance(read, dict) or read.get("type") not in _LISTS:
            raise Unavailable(f"{one.url} answers with no list of Records")
        read.pop("elapsedTime", None)
        return orjson.dumps(read)[1:]
    except (orjson.JSONDecodeError, orjson.JSONEncodeError) as error:
        raise Unavailable(f"{one.url} answers with JSON that is broken, cut short or nested too deep") from error


def _member(reply: "Reply[bytes]") -> orjson.Fragment:
    took = f'{{"elapsedTime":{int(1000 * reply.seconds)},'.encode()
    if reply.answer is not None:
        return orjson.Fragment(took + reply.answer)
    failed = reply.failed or Unavailable(f"{reply.catalogue.url} does not answer")
    return orjson.Fragment(took + b'"exceptionReport":' + bytes(problem(failed).body) + b"}")
