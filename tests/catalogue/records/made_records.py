"""Records for tests of formats: one that tells all that ISO 19115 has a place for, and strategies of such."""

import string
from dataclasses import replace
from datetime import UTC, datetime

from hypothesis import strategies as st

from thalweg.catalogue.records.iso_words import TOPIC_CATEGORIES
from thalweg.catalogue.records.record import (
    Address,
    Concept,
    Contact,
    Coupled,
    ExternalId,
    Format,
    Link,
    Record,
    Resolution,
    Rights,
    Service,
    Span,
    Theme,
)
from thalweg.core.geometry import BBox

WHOLE = Record(
    id="yangtze-floods-2020",
    type="dataset",
    title="Floods of the Yangtze & its lakes <2020>",
    alternate_titles=("长江洪水",),
    description="Extent of water.\nEvery six days.",
    keywords=("flood", "river"),
    themes=(
        Theme(
            "GEMET, version 2.4",
            (Concept("http://www.eionet.europa.eu/gemet/concept/3291", "flood"),),
            "2010-01-13",
            "theme",
        ),
        Theme(TOPIC_CATEGORIES, (Concept("inlandWaters"), Concept("environment")), kind="topic"),
    ),
    language="en",
    resource_languages=("en", "zh"),
    created=datetime(2021, 1, 1, tzinfo=UTC),
    updated=datetime(2021, 2, 3, 4, 5, 6, tzinfo=UTC),
    dates={"creation": "2020-12-01", "publication": "2021-01-15", "revision": "2021-02-03T00:00:00Z"},
    span=Span("2020-06-01T00:00:00Z", "2020-09-30T23:59:59Z"),
    geometry={"type": "Polygon", "coordinates": [[[110.0, 28.0], [122.0, 28.0], [122.0, 34.0], [110.0, 28.0]]]},
    boxes=(BBox(110.0, 28.0, 122.0, 34.0),),
    contacts=(
        Contact("Wei Li", "River Lab", "keeper", ("pointOfContact",), ("wei@example.org",), of_record=True),
        Contact(
            "",
            "River Lab",
            roles=("owner", "publisher"),
            phones=("+86 27 1234",),
            address=Address(("1 Bund",), "Wuhan", "Hubei", "430000", "China"),
            url="https://example.org/lab",
        ),
        Contact("Ana Author", "", roles=("author",)),
    ),
    rights=Rights("CC-BY-4.0", ("otherRestrictions",), ("copyright",), ("no limitations",)),
    formats=(Format("GeoTIFF", "image/tiff", "1.1"), Format(media_type="application/x-netcdf")),
    external_ids=(ExternalId("10.5072/floods", "https://doi.org"),),
    links=(
        Link(
            "https://example.org/floods.tif?a=1&b=2",
            "enclosure",
            "image/tiff",
            "The mask",
            "All of it",
            "WWW:DOWNLOAD",
            "download",
            1_234_567,
        ),
        Link("https://example.org/about", "about", function="information"),
        Link("https://example.org/license", "license", "text/html"),
        Link("https://example.org/quick.png", "preview", "image/png", "A look"),
        Link("https://example.org/icon.png", "icon", "image/png"),
    ),
    lineage="Made from Sentinel-1.\nChecked by eye.",
    parent="yangtze",
    crs=("EPSG:4326", "http://www.opengis.net/def/crs/EPSG/0/32650"),
    resolution=Resolution(25000, 10.0),
    extra={
        "platform": "sentinel-1a",
        "instruments": ["c-sar"],
        "eo:cloud_cover": 12.5,
        "processing:level": "L3",
        "purpose": "To warn.",
        "credits": ["ESA"],
        "status": ["completed"],
        "maintenanceFrequency": "asNeeded",
        "spatialRepresentation": ["grid"],
        "supplementalInformation": "None.",
        "associations": [
            {"identifier": "yangtze-2019", "association": "crossReference", "initiative": "campaign"},
            {"title": "The year before", "association": "isComposedOf"},
        ],
        "conformity": [
            {"specification": "Rule 1089", "date": "2010-12-08", "dateType": "publication", "degree": "true"},
            {"specification": "A rule of ours", "explanation": "Nobody looked."},
        ],
        "classification": "unclassified",
        "geographicDescriptions": ["CN-42", "The lakes of Hubei & Hunan"],
    },
)

words = st.text(string.ascii_letters + string.digits + "<>&\"'é长 ", min_size=1, max_size=12).map(
    lambda text: " ".join(text.split()) or "x"
)
tokens = st.text(string.ascii_letters, min_size=1, max_size=10)
days = st.dates(min_value=datetime(1900, 1, 1, tzinfo=UTC).date()).map(str)
moments = st.datetimes(
    min_value=datetime(1900, 1, 1),  # noqa: DTZ001 - hypothesis adds the zone
    timezones=st.just(UTC),
).map(lambda moment: moment.replace(microsecond=0))
addresses = tokens.map(lambda word: f"https://example.org/{word}?a=1&b=2")
kinds = st.sampled_from(["dataset", "series", "service", "item", "collection", "process", "document", "model"])


@st.composite
def boxes(draw):
    """Draw a box, perhaps across the antimeridian."""
    longitude, latitude = st.floats(-180, 180), st.floats(-90, 90)
    south, north = sorted((draw(latitude), draw(latitude)))
    return BBox(draw(longitude), south, draw(longitude), north)


def contacts(*, of_record):
    """Draw who answers."""
    return st.builds(
        Contact,
        name=st.one_of(st.just(""), words),
        organization=words,
        position=st.one_of(st.just(""), words),
        roles=st.lists(tokens, max_size=2, unique=True).map(tuple),
        emails=st.lists(tokens.map("{}@example.org".format), max_size=2).map(tuple),
        phones=st.lists(words, max_size=2).map(tuple),
        address=st.none() | st.builds(Address, lines=st.tuples(words), city=words, country=words),
        url=st.one_of(st.just(""), addresses),
        of_record=st.just(of_record),
    )


concepts = st.builds(Concept, words) | st.builds(Concept, addresses, words)
themes = st.builds(
    Theme,
    scheme=words,
    concepts=st.lists(st.builds(Concept, words) | st.builds(Concept, addresses, words), min_size=1, max_size=3).map(
        tuple
    ),
    date=st.one_of(st.just(""), days),
    kind=st.sampled_from(["", "theme", "place"]),
)
links = st.builds(
    Link,
    href=addresses,
    rel=st.sampled_from(["related", "enclosure", "license", "via", "https://example.org/rel"]),
    type=st.sampled_from(["", "image/tiff", "text/html; charset=utf-8"]),
    title=st.one_of(st.just(""), words),
    description=st.one_of(st.just(""), words),
    protocol=st.sampled_from(["", "OGC:WMS"]),
    function=st.sampled_from(["", "download", "information"]),
    length=st.none() | st.integers(0, 10**13),
)
spans = st.one_of(
    st.none(),
    days.map(lambda day: Span(day, day)),
    st.tuples(days, days).map(lambda pair: Span(*sorted(pair))),
    days.map(lambda day: Span(day, "..")),
    days.map(lambda day: Span("..", day)),
)
rights = st.builds(
    Rights,
    license=st.sampled_from(["", "CC-BY-4.0", "MIT OR Apache-2.0", "other", "proprietary"]),
    access=st.lists(st.sampled_from(["restricted", "otherRestrictions"]), unique=True).map(tuple),
    use=st.lists(st.sampled_from(["copyright", "license"]), unique=True).map(tuple),
    notes=st.lists(words, max_size=3, unique=True).map(tuple),
)
resolutions = st.one_of(
    st.none(), st.builds(Resolution, st.integers(1, 10**7)), st.builds(Resolution, metres=st.floats(0.01, 1e5))
)


def without_what_services_lack(record):
    """Return a Record without what ``SV_ServiceIdentification`` has no place for, where it is of a service."""
    return record if record.service is None else replace(record, resource_languages=(), resolution=None)


iso_records = st.builds(
    Record,
    id=words,
    type=kinds,
    title=words,
    alternate_titles=st.lists(words, max_size=2).map(tuple),
    description=words,
    keywords=st.lists(words, max_size=3).map(tuple),
    themes=st.lists(themes, max_size=2).map(tuple),
    language=st.sampled_from(["", "en", "de", "zh"]),
    resource_languages=st.lists(st.sampled_from(["en", "fr", "pt"]), max_size=2).map(tuple),
    updated=st.none() | moments,
    dates=st.none() | st.fixed_dictionaries({"publication": days}, optional={"creation": days}),
    span=spans,
    boxes=st.lists(boxes(), max_size=2).map(tuple),
    contacts=st.tuples(
        st.lists(contacts(of_record=True), max_size=1), st.lists(contacts(of_record=False), max_size=2)
    ).map(lambda pair: (*pair[0], *pair[1])),
    rights=rights,
    formats=st.lists(
        st.builds(Format, words, st.sampled_from(["", "image/tiff"]), words) | st.just(Format("", "text/csv")),
        max_size=2,
    ).map(tuple),
    external_ids=st.lists(st.builds(ExternalId, words, words), max_size=2).map(tuple),
    links=st.lists(links, max_size=3).map(tuple),
    lineage=st.one_of(st.just(""), words),
    parent=st.one_of(st.just(""), words),
    crs=st.lists(st.sampled_from(["EPSG:4326", "EPSG:32650", "urn:ogc:def:crs:EPSG::3035"]), max_size=2).map(tuple),
    resolution=st.none()
    | st.builds(Resolution, st.integers(1, 10**7))
    | st.builds(Resolution, metres=st.floats(0.01, 1e5)),
    service=st.none()
    | st.builds(
        Service,
        words,
        words,
        st.lists(words, max_size=2).map(tuple),
        st.lists(tokens, max_size=2).map(tuple),
        st.sampled_from(["", "tight", "loose", "mixed"]),
        st.lists(st.builds(Coupled, words, words), max_size=2).map(tuple),
    ),
).map(without_what_services_lack)
"""Records of what both encodings of ISO 19115 can say."""
