"""A small catalogue of our own behind CSW, and how it is asked in tests."""

from datetime import UTC, datetime

import httpx
from lxml import etree

from thalweg.catalogue.api.csw.face import Csw
from thalweg.catalogue.api.csw.offering import Offer
from thalweg.catalogue.federation.asking import Federation
from thalweg.catalogue.limits import Limits
from thalweg.catalogue.records.record import Concept, Contact, Format, Link, Record, Rights, Span, Theme
from thalweg.catalogue.records.service import Records
from thalweg.catalogue.stores.sqlite import open_store
from thalweg.core.errors import Unauthenticated
from thalweg.core.geometry import BBox
from thalweg.core.principals import ANYONE, Principal
from thalweg.guard.outbound import Outbound
from thalweg.sql.engines import open_engine
from thalweg.sql.migrations import migrate
from thalweg.web.application import Application
from thalweg.web.site import Site
from thalweg.workspaces.service import Workspaces
from thalweg.workspaces.stores.sql import SqlStore

ALICE, BOB = Principal("alice", "Alice"), Principal("bob", "Bob")
AS_ALICE, AS_BOB = {"authorization": "Bearer alice"}, {"authorization": "Bearer bob"}
_CALLERS = {None: ANYONE, "Bearer alice": ALICE, "Bearer bob": BOB}
CSW2, CSW3 = "http://www.opengis.net/cat/csw/2.0.2", "http://www.opengis.net/cat/csw/3.0"
GMD = "http://www.isotc211.org/2005/gmd"
NAMES = {
    "csw": CSW2,
    "csw30": CSW3,
    "ows": "http://www.opengis.net/ows",
    "ows20": "http://www.opengis.net/ows/2.0",
    "ogc": "http://www.opengis.net/ogc",
    "fes": "http://www.opengis.net/fes/2.0",
    "gml": "http://www.opengis.net/gml",
    "gml32": "http://www.opengis.net/gml/3.2",
    "dc": "http://purl.org/dc/elements/1.1/",
    "dct": "http://purl.org/dc/terms/",
    "xlink": "http://www.w3.org/1999/xlink",
    "xsd": "http://www.w3.org/2001/XMLSchema",
    "gmd": GMD,
    "atom": "http://www.w3.org/2005/Atom",
    "os": "http://a9.com/-/spec/opensearch/1.1/",
    "soap": "http://www.w3.org/2003/05/soap-envelope",
}
BOUND = " ".join(f'xmlns:{prefix}="{uri}"' for prefix, uri in NAMES.items())
ADDRESS = "http://eo.example/csw"


def day(text):
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


RECORDS = (
    Record(
        id="urn:x-test:rhine",
        type="dataset",
        title="Water levels of the Rhine",
        description="Gauges from Basel to Rotterdam, hourly.",
        keywords=("river", "Gauge"),
        updated=day("2006-05-12"),
        dates={"publication": "2006-05-12"},
        boxes=(BBox(4.0, 47.5, 9.7, 52.0),),
        formats=(Format(media_type="text/csv"),),
        contacts=(Contact(organization="River Bureau", roles=("publisher",)),),
        rights=Rights(license="CC-BY-4.0"),
        links=(Link("https://river.example/rhine.csv", "enclosure", "text/csv", "Levels"),),
    ),
    Record(
        id="urn:x-test:elbe",
        type="dataset",
        title="Water levels of the Elbe",
        keywords=("river",),
        updated=day("2005-10-24"),
        dates={"publication": "2005-10-24"},
        boxes=(BBox(8.7, 50.0, 16.0, 54.0),),
        formats=(Format(media_type="application/xml"),),
        parent="urn:x-test:levels",
        span=Span("1990-01-01", "2005-10-24"),
    ),
    Record(
        id="urn:x-test:levels",
        type="series",
        title="Water levels",
        description="All series of levels; floods are marked.",
        themes=(Theme("https://vocabulary.example/", (Concept("hydrography", "Hydrography"),)),),
        updated=day("2003-05-09"),
        dates={"publication": "2003-05-09"},
    ),
    Record(
        id="urn:x-test:untitled", type="service", description="Proin sit amet.", boxes=(BBox(13.7, 60.0, 17.9, 68.4),)
    ),
    Record(
        id="urn:x-test:flood", type="document", title="Flood reports", keywords=("FLOOD",), formats=(Format("PDF"),)
    ),
    Record(id="urn:x-test:fen", type="image", title="Ñandú über dem Moor", formats=(Format(media_type="image/jpeg"),)),
    *(
        Record(id=f"urn:x-test:n{number}", type="image", title=f"Scene {number}", updated=day(f"2010-01-0{number}"))
        for number in range(1, 10)
    ),
)
"""Fifteen; three have dates of their own, three have places."""


def _authenticate(_method, headers):
    shown = headers.get("authorization")
    if shown not in _CALLERS:
        raise Unauthenticated("not known")
    return _CALLERS[shown]


class World:
    """A catalogue in a folder, served by CSW; one that was there before is as it was."""

    def __init__(self, folder, **offered):
        control = folder / "control.sqlite"
        is_new = not control.exists()
        self.engine = open_engine(f"sqlite:///{control}")
        workspaces = Workspaces(SqlStore(self.engine))
        self.store = offered.pop("store", None) or open_store(f"sqlite:///{folder / 'items.sqlite'}")
        self.records = Records(self.store, workspaces, Limits(document=100_000, at_once=50, page=100))
        if is_new:
            self._fill(workspaces)
        home = offered.pop("home", lambda who: "bob" if who == BOB else "demo")
        outbound = Outbound(allowed=("127.0.0.1",))
        if "federated" in offered:
            federation = Federation(offered.pop("federated"), lambda: outbound)
            offered["federation"] = lambda: federation
        offer = Offer(self.records, lambda: outbound, home, **offered)
        self.face = Csw(offer, Site(authenticate=_authenticate))
        routes = [*self.face.routes("/csw"), *self.face.routes("/workspaces/{workspace}/csw")]
        self.application = Application(routes)

    def _fill(self, workspaces):
        migrate(self.engine, "sql")
        migrate(self.engine, "workspaces")
        workspaces.create("demo", "Demo", "anyone", ALICE)
        workspaces.create("bob", "Bob", "member", BOB)
        workspaces.create("open", "Open", "anyone", BOB)
        self.records.ensure_catalogue("demo.records", "Records", "For tests.", ALICE)
        self.records.register(RECORDS, "demo.records", ALICE)

    def close(self):
        """Let go of the files."""
        self.store.close()
        self.engine.dispose()

    def client(self):
        """Return an HTTP client of it that nobody signed in with."""
        return httpx.AsyncClient(transport=httpx.ASGITransport(self.application), base_url="http://eo.example")

    async def get(self, *, headers=None, address="/csw", **pairs):
        """Ask by pairs."""
        async with self.client() as client:
            return Told(await client.get(address, params=pairs, headers=headers))

    async def post(self, body, headers=None, kind="application/xml", address="/csw"):
        """Ask by XML; the prefixes of ``NAMES`` are bound."""
        content = body if isinstance(body, bytes) else bind(body).encode()
        async with self.client() as client:
            return Told(await client.post(address, content=content, headers={"content-type": kind, **(headers or {})}))


def bind(body):
    """Return XML with the prefixes bound at its root."""
    head, sign, rest = body.partition(" ")
    end = head.find(">")
    if end >= 0:
        at = end - 1 if head[end - 1] == "/" else end
        return f"{head[:at]} {BOUND}{head[at:]}{sign}{rest}"
    return f"{head} {BOUND} {rest}"


class Told:
    """An answer."""

    def __init__(self, answer):
        self.status = answer.status_code
        self.headers = answer.headers
        self.kind = answer.headers.get("content-type", "").partition(";")[0]
        self.content = answer.content
        self.root = etree.fromstring(answer.content) if answer.content else None

    def __call__(self, path):
        return self.root.xpath(path, namespaces=NAMES)

    @property
    def name(self):
        """Return the name of the root, without its namespace."""
        return etree.QName(self.root).localname

    @property
    def space(self):
        """Return the namespace of the root."""
        return etree.QName(self.root).namespace

    @property
    def ids(self):
        """Return the identifiers of the records in it."""
        return [one.rpartition(":")[2] for one in self("//*[local-name()='SearchResults']/*/dc:identifier[1]/text()")]

    @property
    def results(self):
        """Return the numbers that an answer to a search tells: matched, returned, next."""
        (found,) = self("//*[local-name()='SearchResults']")
        names = ("numberOfRecordsMatched", "numberOfRecordsReturned", "nextRecord")
        return tuple(int(found.get(name)) for name in names)

    @property
    def refused(self):
        """Return the code and the locator of an exception report."""
        assert self.name in ("ExceptionReport", "Envelope"), self.content
        (exception,) = self("//*[local-name()='Exception']")
        return exception.get("exceptionCode"), exception.get("locator")


def search_2(inside, **attributes):
    """Return a GetRecords of CSW 2.0.2 with what stands in its query."""
    told = {"resultType": "results", **attributes}
    said = " ".join(f'{name}="{value}"' for name, value in told.items())
    return (
        f'<csw:GetRecords service="CSW" version="2.0.2" {said}><csw:Query typeNames="csw:Record">{inside}</csw:Query>'
        "</csw:GetRecords>"
    )


def search_3(inside, **attributes):
    """Return a GetRecords of CSW 3.0 with what stands in its query."""
    said = " ".join(f'{name}="{value}"' for name, value in attributes.items())
    return (
        f'<csw30:GetRecords service="CSW" version="3.0.0" {said}><csw30:Query typeNames="csw30:Record">{inside}'
        "</csw30:Query></csw30:GetRecords>"
    )


def that(inside, elements="brief"):
    """Return what a query of CSW 2.0.2 holds: an element set, and a filter."""
    return (
        f"<csw:ElementSetName>{elements}</csw:ElementSetName>"
        f'<csw:Constraint version="1.1.0"><ogc:Filter>{inside}</ogc:Filter></csw:Constraint>'
    )


def compares(name, of, literal, **attributes):
    """Return a comparison of OGC Filter 1.1."""
    said = "".join(f' {key}="{value}"' for key, value in attributes.items())
    return (
        f"<ogc:{name}{said}><ogc:PropertyName>{of}</ogc:PropertyName><ogc:Literal>{literal}</ogc:Literal></ogc:{name}>"
    )


LIKE = {"wildCard": "*", "singleChar": "?", "escapeChar": "\\"}


def box(south, west, north, east, of="ows:BoundingBox"):
    """Return a BBOX of OGC Filter 1.1, latitude first."""
    return (
        f"<ogc:BBOX><ogc:PropertyName>{of}</ogc:PropertyName>"
        '<gml:Envelope srsName="urn:x-ogc:def:crs:EPSG:6.11:4326">'
        f"<gml:lowerCorner>{south} {west}</gml:lowerCorner><gml:upperCorner>{north} {east}</gml:upperCorner>"
        "</gml:Envelope></ogc:BBOX>"
    )
