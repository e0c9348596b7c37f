"""OGC API Records over one catalogue: its faces, and what they add to a landing page."""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from thalweg.catalogue.api.pages import GEOJSON_TYPE, JSON_TYPE
from thalweg.catalogue.api.records.catalogues import Catalogues
from thalweg.catalogue.api.records.changes import Changes
from thalweg.catalogue.api.records.classes import CATALOGUE_REL
from thalweg.catalogue.api.records.crawling import Crawling
from thalweg.catalogue.api.records.facets import Facets
from thalweg.catalogue.api.records.federating import Federating
from thalweg.catalogue.api.records.harvest_sources import HarvestSources
from thalweg.catalogue.api.records.harvesting import Harvesting
from thalweg.catalogue.api.records.parameters import ALL
from thalweg.catalogue.api.records.probes import Probes
from thalweg.catalogue.api.records.queryables import Queryables
from thalweg.catalogue.api.records.reading import Reading
from thalweg.catalogue.api.records.searching import Searching
from thalweg.catalogue.api.records.serving import RecordServing
from thalweg.web.links import link

if TYPE_CHECKING:
    from thalweg.catalogue.harvests.periodic import Harvests
    from thalweg.guard.outbound import Outbound

# What is asked most comes first: a router tries one after the other.
_FACES = (Searching, Reading, Catalogues, Queryables, Facets, Crawling, Changes, Federating, Probes)


def faces(
    serving: RecordServing,
    outbound: "Callable[[], Outbound]",
    harvests: "Callable[[], Harvests] | None" = None,
) -> Sequence[object]:
    """Return the faces of a root that is an OGC API Records.

    Args:
        serving: what they share.
        outbound: gives the guard that harvests go by.
        harvests: gives what harvests sources again and again, where anything does.
    """
    given = [face(serving) for face in _FACES]
    return (*given, Harvesting(serving, outbound, harvests), *([HarvestSources(serving, harvests)] if harvests else []))


def landing_links(root: str) -> list[dict[str, Any]]:
    """Return what Records add to the links of their landing page."""
    return [
        link("data", f"{root}/collections", JSON_TYPE, "The catalogues"),
        link(CATALOGUE_REL, f"{root}/collections", JSON_TYPE, "The catalogues"),
        link(CATALOGUE_REL, f"{root}/collections/{ALL}/items", GEOJSON_TYPE, "Everything that is catalogued here"),
        link("search", f"{root}/collections/{ALL}/items", GEOJSON_TYPE, "Search everything"),
    ]


def in_other_words(root: str) -> list[dict[str, Any]]:
    """Return the links to the same Records by other protocols, and to the Items among them by STAC."""
    above = root.removesuffix("/records")
    return [
        link("related", f"{above}/csw", "application/xml", "CSW 3.0.0"),
        link(
            "related", f"{above}/csw?service=CSW&version=2.0.2&request=GetCapabilities", "application/xml", "CSW 2.0.2"
        ),
        link("related", f"{above}/opensearch", "application/opensearchdescription+xml", "OpenSearch"),
        link("related", f"{above}/oai?verb=Identify", "text/xml", "OAI-PMH"),
        link("related", f"{above}/sru", "text/xml", "SRU"),
        link("related", f"{above}/api/", JSON_TYPE, "STAC API"),
    ]


def beside(root: str) -> list[dict[str, Any]]:
    """Return the links by which the landing page of Items tells of the catalogues that stand beside it."""
    address = f"{root.removesuffix('/api')}/records"
    return [
        link(CATALOGUE_REL, f"{address}/collections/{ALL}/items", GEOJSON_TYPE, "Everything that is catalogued here"),
        link("related", f"{address}/", JSON_TYPE, "OGC API Records"),
    ]
