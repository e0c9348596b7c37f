"""The sources from which a catalogue is harvested again and again: listed, read, hurried and removed."""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Annotated, Any

from pydantic import Field
from starlette.responses import Response

from thalweg.catalogue.api.pages import JSON_TYPE
from thalweg.catalogue.api.records.catalogues import TAG
from thalweg.catalogue.api.records.parameters import OneCatalogue
from thalweg.catalogue.api.records.serving import RecordServing
from thalweg.core.errors import NotFound
from thalweg.core.time import written
from thalweg.core.workspaces import workspace_of
from thalweg.web.answers import Json
from thalweg.web.asked import Asked
from thalweg.web.links import link
from thalweg.web.pool import in_pool
from thalweg.web.routes import delete, get, post

if TYPE_CHECKING:
    from thalweg.catalogue.harvests.periodic import Harvests
    from thalweg.catalogue.harvests.source import Source

_ONE = "/collections/{catalogue}/harvests/{harvest}"
_LISTED = {"type": "object", "required": ["harvests", "links"]}
_SHOWN = {"type": "object", "required": ["id", "source", "state", "links"]}
_HEADERS = {"cache-control": "no-store"}


class OneHarvest(OneCatalogue):
    """Which source of a catalogue."""

    harvest: Annotated[str, Field(max_length=64)]


class HarvestSources:
    """Shows the sources of a catalogue to who may write there."""

    def __init__(self, serving: RecordServing, harvests: "Callable[[], Harvests]") -> None:
        self._serving = serving
        self._harvests = harvests

    @get("/collections/{catalogue}/harvests", tag=TAG, schema=_LISTED)
    async def listed(self, asked: Asked[OneCatalogue]) -> Response:
        """List the sources from which a catalogue is harvested again and again."""
        return await in_pool(self._listed, asked)

    @get(_ONE, tag=TAG, schema=_SHOWN)
    async def shown(self, asked: Asked[OneHarvest]) -> Response:
        """Show one source: when it is harvested next, and how the last harvest goes or went."""
        return await in_pool(self._shown, asked)

    @post(f"{_ONE}/run", status=202, tag=TAG, schema=_SHOWN)
    async def hurry(self, asked: Asked[OneHarvest]) -> Response:
        """Have a source harvested as soon as a worker is free, whole."""
        return await in_pool(self._hurried, asked)

    @delete(_ONE, status=204, forms=(), tag=TAG)
    async def remove(self, asked: Asked[OneHarvest]) -> Response:
        """Harvest a source no more; the Records that came from it stay."""
        await in_pool(self._removed, asked)
        return Response(status_code=204)

    def _listed(self, asked: Asked[OneCatalogue]) -> Response:
        name = self._catalogue(asked)
        found, address = self._harvests().sources(name, asked.who), self._address(asked, name)
        links = [link("self", asked.url, JSON_TYPE), link("collection", address, JSON_TYPE)]
        return Json({"harvests": [document_of(one, address) for one in found], "links": links}, headers=_HEADERS)

    def _shown(self, asked: Asked[OneHarvest]) -> Response:
        found = self._harvests().source(asked.parameters.harvest, self._catalogue(asked), asked.who)
        return Json(document_of(found, self._address(asked, found.catalogue)), headers=_HEADERS)

    def _hurried(self, asked: Asked[OneHarvest]) -> Response:
        found = self._harvests().hurry(asked.parameters.harvest, self._catalogue(asked), asked.who)
        return Json(document_of(found, self._address(asked, found.catalogue)), 202, _HEADERS)

    def _removed(self, asked: Asked[OneHarvest]) -> None:
        self._harvests().remove(asked.parameters.harvest, self._catalogue(asked), asked.who)

    def _address(self, asked: Asked[Any], catalogue: str) -> str:
        return self._serving.documents(asked).catalogue_address(catalogue)

    @staticmethod
    def _catalogue(asked: Asked[Any]) -> str:
        """Return the catalogue that is asked about; one that is gone may still have sources."""
        name: str = asked.parameters.catalogue
        if asked.workspace is not None and workspace_of(name) != asked.workspace:
            raise NotFound(f"There is no Collection {name!r}.")
        return name


def document_of(source: "Source", address: str) -> Mapping[str, Any]:
    """Return a source as JSON; ``address`` is its catalogue's."""
    times = {"begun": source.begun, "ended": source.ended, "next": source.due}
    more = {"type": source.kind, "error": source.error}
    return {
        "id": source.id,
        "catalogue": source.catalogue,
        "source": source.url,
        "interval": source.interval,
        "owner": source.owner,
        "state": source.state,
        "created": written(source.made),
        **{name: written(at) for name, at in times.items() if at is not None},
        "failures": source.failures,
        "harvested": dict(source.told),
        **{name: text for name, text in more.items() if text},
        "links": [
            link("self", harvest_address(source, address), JSON_TYPE),
            link("collection", address, JSON_TYPE, "The catalogue"),
        ],
    }


def harvest_address(source: "Source", address: str) -> str:
    """Return where a source is shown, below the address of its catalogue."""
    return f"{address}/harvests/{source.id}"
