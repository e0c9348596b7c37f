"""Records harvested from one address (Part 3, in draft), and catalogues made to hold them."""

from typing import TYPE_CHECKING, Annotated, Any

from pydantic import Field
from starlette.responses import Response

from thalweg.catalogue.api.records.catalogues import TAG
from thalweg.catalogue.api.records.changes import check_takes
from thalweg.catalogue.api.records.forms import CATALOGUE
from thalweg.catalogue.api.records.harvest_sources import document_of, harvest_address
from thalweg.catalogue.api.records.parameters import ALL, OneCatalogue
from thalweg.catalogue.api.records.serving import RecordServing
from thalweg.core.errors import Conflict, InvalidParameter, NotFound, NotSupported
from thalweg.core.workspaces import workspace_of
from thalweg.web.answers import Json
from thalweg.web.asked import Asked
from thalweg.web.parameters import Parameters
from thalweg.web.pool import HARVESTS, in_pool, in_turn
from thalweg.web.routes import Body, delete, post

if TYPE_CHECKING:
    from collections.abc import Callable

    from thalweg.catalogue.harvests.book import Brought
    from thalweg.catalogue.harvests.periodic import Harvests
    from thalweg.catalogue.records.record import Record
    from thalweg.core.items import Loaded
    from thalweg.guard.outbound import Outbound

_SECONDS, _MOST_TOLD = 300.0, 1_000
"""So long a source may take that somebody waits for, and so many of its Records are told one by one."""


class NewCatalogue(Parameters):
    """A catalogue of Records to be made."""

    id: Annotated[
        str,
        Field(
            pattern=r"^[A-Za-z0-9._~-]+$",
            max_length=256,
            description="what stands before its first dot is its workspace",
        ),
    ]
    title: Annotated[str, Field(max_length=1024)] = ""
    description: Annotated[str, Field(max_length=16_384)] = ""


class Source(OneCatalogue):
    """Where a document of Records is."""

    source: Annotated[
        str,
        Field(max_length=2048, description="the address of a Record, of several, or of a catalogue that holds them"),
    ]
    type: Annotated[
        str,
        Field(
            max_length=256,
            description="the namespace of what is there, where its answer does not tell: CSW's, or OAI-PMH's",
        ),
    ] = ""
    interval: Annotated[
        str | None,
        Field(max_length=32, description="an ISO 8601 duration such as P1W: harvest it again each time that is over"),
    ] = None


class Harvesting:
    """Makes catalogues of Records, and fills them with what others tell."""

    def __init__(
        self,
        serving: RecordServing,
        outbound: "Callable[[], Outbound]",
        harvests: "Callable[[], Harvests] | None" = None,
    ) -> None:
        self._serving = serving
        self._outbound = outbound
        self._harvests = harvests

    @post("/collections", body=Body.MEMBERS, status=201, tag=TAG)
    async def make(self, asked: Asked[NewCatalogue]) -> Response:
        """Make a catalogue of Records."""
        given = asked.parameters
        if given.id == ALL or (asked.workspace is not None and workspace_of(given.id) != asked.workspace):
            raise InvalidParameter("id", f"is not {ALL}, and in a workspace begins with its name and a dot")
        return await in_pool(self._made, asked)

    @delete("/collections/{catalogue}", status=204, forms=(), tag=TAG)
    async def remove(self, asked: Asked[OneCatalogue]) -> Response:
        """Remove a catalogue that holds no Records."""
        await in_pool(self._removed, asked)
        return Response(status_code=204)

    @post(
        "/collections/{catalogue}/harvest",
        body=Body.MEMBERS,
        tag=TAG,
        answers={201: "harvested, and harvested again each interval"},
    )
    async def harvest(self, asked: Asked[Source]) -> Response:
        """Fetch the Records at an address now, and tell of each what became of it; again and again with an interval."""
        return await in_turn(self._harvested, asked, among=HARVESTS, caller=asked.caller)

    def _made(self, asked: Asked[NewCatalogue]) -> Response:
        given, records = asked.parameters, self._serving.records
        try:
            records.catalogue(given.id, asked.who)
        except NotFound:
            made = records.ensure_catalogue(given.id, given.title or given.id, given.description, asked.who)
        else:
            raise Conflict(f"There is a Collection {given.id!r} already.")
        documents = self._serving.documents(asked)
        headers = {"etag": made.etag, "location": documents.catalogue_address(made.id)}
        return Json(documents.catalogue(made), 201, headers, media_type=CATALOGUE.media_type)

    def _removed(self, asked: Asked[OneCatalogue]) -> None:
        check_takes(self._serving, asked)
        self._serving.records.remove_catalogue(asked.parameters.catalogue, asked.who)

    def _harvested(self, asked: Asked[Source]) -> Response:
        from thalweg.catalogue.harvests.harvester import Bounds, Harvester, Order  # noqa: PLC0415 - loads much

        given, serving = asked.parameters, self._serving
        check_takes(serving, asked)
        order = Order(given.source, given.catalogue, given.type, ours=(asked.base,))
        serving.records.check_write(given.catalogue, asked.who)
        own = Harvester(serving.records, self._outbound, Bounds(document=asked.most))
        harvester = own if self._harvests is None else self._harvests().harvester
        harvester.check(order)
        records = list[dict[str, Any]]()

        def told(one: "Loaded", record: "Record") -> None:
            if len(records) < _MOST_TOLD:
                why = {} if one.error is None else {"detail": str(one.error)}
                records.append({"id": record.id, "outcome": one.outcome, **why})

        if given.interval is None:
            brought = harvester.within(_SECONDS).bring(order, asked.who, told=told)
            return Json({"source": given.source, **counts_of(brought), "records": records})
        if self._harvests is None:
            raise NotSupported("interval: harvests are done once here")
        source, brought = self._harvests().add(order, given.interval, asked.who, told, _SECONDS)
        address = serving.documents(asked).catalogue_address(given.catalogue)
        told_of = {**document_of(source, address), **counts_of(brought), "records": records}
        return Json(told_of, 201, {"location": harvest_address(source, address)})


def counts_of(brought: "Brought") -> dict[str, Any]:
    """Return what a harvest did, as JSON."""
    return {
        "numberRead": brought.read,
        "numberRegistered": brought.registered,
        "numberReplaced": brought.replaced,
        "numberUnchanged": brought.unchanged,
        "numberRemoved": brought.removed,
        "numberRefused": brought.refused,
        "faults": brought.faults,
    }
