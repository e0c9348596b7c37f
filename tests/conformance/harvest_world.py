"""A small catalogue of Items and Records behind OAI-PMH, SRU and OpenSearch, and how it is asked in tests."""

from datetime import UTC, datetime

import httpx
from lxml import etree

from thalweg.catalogue.api.oai.face import Oai
from thalweg.catalogue.api.oai.offering import OaiOffer
from thalweg.catalogue.api.oai.resuming import Resuming
from thalweg.catalogue.api.opensearch.face import OpenSearch
from thalweg.catalogue.api.opensearch.offering import OpenSearchOffer
from thalweg.catalogue.api.sru.face import Sru
from thalweg.catalogue.api.sru.offering import SruOffer
from thalweg.catalogue.limits import Limits
from thalweg.catalogue.records.record import Contact, Link, Record, Rights, Span
from thalweg.catalogue.records.service import Records
from thalweg.catalogue.service import Catalogue
from thalweg.catalogue.stores.sqlite import open_store
from thalweg.catalogue.validation import Validator
from thalweg.core.errors import Unavailable
from thalweg.core.geometry import BBox
from thalweg.core.principals import ANYONE, Principal
from thalweg.sql.engines import open_engine
from thalweg.sql.migrations import migrate
from thalweg.web.application import Application
from thalweg.web.paging import Sealer
from thalweg.web.site import Site
from thalweg.workspaces.service import Workspaces
from thalweg.workspaces.stores.sql import SqlStore

ALICE = Principal("alice", "Alice")
AS_ALICE = {"authorization": "Bearer alice"}
AS_NOBODY_KNOWS = {"authorization": "Bearer whom nobody can look up now"}
BASE = "http://eo.example"
NAMES = {
    "oai": "http://www.openarchives.org/OAI/2.0/",
    "oai_dc": "http://www.openarchives.org/OAI/2.0/oai_dc/",
    "id": "http://www.openarchives.org/OAI/2.0/oai-identifier",
    "dc": "http://purl.org/dc/elements/1.1/",
    "gmd": "http://www.isotc211.org/2005/gmd",
    "srw": "http://www.loc.gov/zing/srw/",
    "diag": "http://www.loc.gov/zing/srw/diagnostic/",
    "zr": "http://explain.z3950.org/dtd/2.0/",
    "srw_dc": "info:srw/schema/1/dc-schema",
    "atom": "http://www.w3.org/2005/Atom",
    "os": "http://a9.com/-/spec/opensearch/1.1/",
    "geo": "http://a9.com/-/opensearch/extensions/geo/1.0/",
    "time": "http://a9.com/-/opensearch/extensions/time/1.0/",
    "eo": "http://a9.com/-/opensearch/extensions/eo/1.0/",
    "param": "http://a9.com/-/spec/opensearch/extensions/parameters/1.0/",
    "georss": "http://www.georss.org/georss",
    "thalweg": "urn:thalweg:opensearch",
    "ows": "http://www.opengis.net/ows/2.0",
}
GUIDE = Record(
    id="guide",
    type="document",
    title="How the Yangtze floods",
    description="What every flood leaves behind: <mud> & silt.",
    keywords=("river", "flood"),
    language="en",
    created=datetime(2020, 1, 1, tzinfo=UTC),
    updated=datetime(2020, 2, 1, tzinfo=UTC),
    boxes=(BBox(110, 28, 122, 34),),
    span=Span("2019-06-01", "2019-08-31"),
    contacts=(Contact(name="Ann", organization="River Bureau", roles=("author",)),),
    rights=Rights(license="CC-BY-4.0"),
    links=(Link("https://river.example/guide.pdf", "enclosure", "application/pdf", "The guide", length=47),),
)
MAPS = Record(id="maps", type="service", title="Maps of rivers", keywords=("river",), boxes=(BBox(-10, 35, 30, 60),))
ATLAS = Record(
    id="atlas", type="document", title="An atlas of lakes", language="fr", updated=datetime(2021, 5, 1, tzinfo=UTC)
)
ITEMS = (
    ("olinda", (-35, -9, -34, -8), "2024-05-01T00:00:00Z", "sentinel-2a", 10, 101),
    ("oslo", (10, 59, 11, 60), "2024-06-01T00:00:00Z", "sentinel-2b", 40.5, 102),
    ("osaka", (135, 34, 136, 35), "2024-07-01T00:00:00Z", "sentinel-2a", 90, 103),
)
"""Id, box, time, platform, cloud, orbit."""


def an_item(item_id, box, taken, platform, cloud, orbit):
    west, south, east, north = box
    ring = [[west, south], [east, south], [east, north], [west, north], [west, south]]
    return {
        "type": "Feature",
        "stac_version": "1.1.0",
        "stac_extensions": [],
        "id": item_id,
        "collection": "demo.images",
        "geometry": {"type": "Polygon", "coordinates": [ring]},
        "bbox": list(box),
        "properties": {
            "datetime": taken,
            "title": f"Scene of {item_id.title()}",
            "platform": platform,
            "instruments": ["msi"],
            "eo:cloud_cover": cloud,
            "sat:absolute_orbit": orbit,
            "sat:orbit_state": "descending",
        },
        "assets": {
            "data": {"href": f"https://example.org/{item_id}.tif", "type": "image/tiff; application=geotiff"},
            "thumbnail": {"href": f"https://example.org/{item_id}.png", "type": "image/png", "roles": ["thumbnail"]},
        },
        "links": [],
    }


COLLECTION = {
    "type": "Collection",
    "stac_version": "1.1.0",
    "id": "demo.images",
    "title": "Images <of the demo>",
    "description": "Places that begin with O.",
    "license": "CC0-1.0",
    "extent": {"spatial": {"bbox": [[-180, -90, 180, 90]]}, "temporal": {"interval": [[None, None]]}},
    "links": [],
}


def _authenticate(_method, headers):
    if headers.get("authorization") == "Bearer whom nobody can look up now":
        raise Unavailable("The database cannot be reached.")
    return ALICE if headers.get("authorization") else ANYONE


class Clock:
    """A clock that is moved by hand."""

    def __init__(self):
        self.now = 1_700_000_000.0

    def __call__(self):
        return self.now


class World:
    """A catalogue in a folder, served by three protocols."""

    def __init__(self, folder, at_once=2, *, filled=True, store=None):
        self.engine = open_engine(f"sqlite:///{folder / 'control.sqlite'}")
        migrate(self.engine, "sql")
        migrate(self.engine, "workspaces")
        workspaces = Workspaces(SqlStore(self.engine))
        workspaces.create("demo", "Demo", "anyone", ALICE)
        workspaces.create("alice", "Alice", "owner", ALICE)
        self.store = store or open_store(f"sqlite:///{folder / 'items.sqlite'}")
        limits = Limits(document=100_000, page=100, counted=1_000)
        self.catalogue = Catalogue(self.store, workspaces, Validator(lambda *_: None, limits), limits)
        self.records = Records(self.store, workspaces, limits)
        if filled:
            self.fill()
        self.clock = Clock()
        site = Site(authenticate=_authenticate)
        resuming = Resuming(Sealer(b"a secret of the tests"), clock=self.clock)
        oai = Oai(
            OaiOffer(self.records, resuming, email="ann@eo.example", at_once=at_once, headers_at_once=at_once), site
        )
        sru, search = Sru(SruOffer(self.records), site), OpenSearch(OpenSearchOffer(self.records), site)
        faces = {"oai": oai, "sru": sru, "opensearch": search}
        prefixes = [
            (face, f"{within}/{name}") for name, face in faces.items() for within in ("", "/workspaces/{workspace}")
        ]
        self.application = Application([route for face, prefix in prefixes for route in face.routes(prefix)])

    def fill(self):
        """Register three Records, a Collection and three Items, in this order."""
        self.records.ensure_catalogue("demo.library", "Library", "What was written.", ALICE)
        for record in (GUIDE, MAPS, ATLAS):
            self.records.register([record], "demo.library", ALICE)
        self.catalogue.register_collection(COLLECTION, ALICE)
        for item in ITEMS:
            self.catalogue.register([an_item(*item)], ALICE)

    def close(self):
        """Let go of the files."""
        self.store.close()
        self.engine.dispose()

    def client(self):
        """Return an HTTP client of it that nobody signed in with."""
        return httpx.AsyncClient(transport=httpx.ASGITransport(self.application), base_url=BASE)

    async def get(self, address, *pairs, headers=None, **named):
        """Ask by GET; pairs may repeat."""
        async with self.client() as client:
            return Told(await client.get(address, params=[*pairs, *named.items()] or None, headers=headers))

    async def post(self, address, **named):
        """Ask by a form."""
        async with self.client() as client:
            return Told(await client.post(address, data=named))


class Told:
    """An answer."""

    def __init__(self, answer):
        self.status = answer.status_code
        self.headers = answer.headers
        self.kind = answer.headers.get("content-type", "").partition(";")[0]
        self.content = answer.content
        self._answer = answer

    def json(self):
        return self._answer.json()

    @property
    def root(self):
        """Return the root of the document."""
        return etree.fromstring(self.content)

    def __call__(self, path):
        """Return what a path finds; texts for ``text()`` and attributes."""
        return self.root.xpath(path, namespaces=NAMES)
