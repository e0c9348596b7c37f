"""The protocols of the catalogue that have an address of their own, and the one address of the OGC services."""

from typing import TYPE_CHECKING

from thalweg.catalogue.api.csw.face import Csw
from thalweg.catalogue.api.csw.offering import Offer
from thalweg.catalogue.api.oai.face import Oai
from thalweg.catalogue.api.oai.offering import OaiOffer
from thalweg.catalogue.api.oai.resuming import Resuming
from thalweg.catalogue.api.opensearch.face import OpenSearch
from thalweg.catalogue.api.opensearch.offering import OpenSearchOffer
from thalweg.catalogue.api.sru.face import Sru
from thalweg.catalogue.api.sru.offering import SruOffer
from thalweg.web.paging import Sealer
from thalweg.web.services import Services

if TYPE_CHECKING:
    from starlette.routing import BaseRoute

    from thalweg.app.compose import Platform
    from thalweg.web.site import Site

OPENSEARCH = "/opensearch"


def protocols(platform: "Platform", site: "Site") -> "list[BaseRoute]":
    """Return the routes of each, over all Records and over those of one workspace."""
    records = platform.records
    csw = Csw(_csw(platform), site)
    faces: dict[str, Csw | Oai | Sru | OpenSearch | Services] = {
        "/csw": csw,
        "/ows": Services([csw.service], platform.settings.limits.body_bytes),
        "/oai": Oai(_oai(platform), site),
        "/sru": Sru(SruOffer(records), site),
        OPENSEARCH: OpenSearch(OpenSearchOffer(records), site),
    }
    return [
        route
        for prefix, face in faces.items()
        for within in ("", "/workspaces/{workspace}")
        for route in face.routes(f"{within}{prefix}")
    ]


def _oai(platform: "Platform") -> OaiOffer:
    resuming = Resuming(Sealer(platform.identity.secret("paging")))
    return OaiOffer(platform.records, resuming, email=platform.settings.contact)


def _csw(platform: "Platform") -> Offer:
    return Offer(
        platform.records,
        lambda: platform.outbound,
        platform.home_of,
        federation=lambda: platform.federation,
        most_body=platform.settings.limits.body_bytes,
        harvests=lambda: platform.harvests,
        contact=platform.settings.contact,
    )
