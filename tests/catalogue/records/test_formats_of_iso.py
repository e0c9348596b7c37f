"""ISO 19139, 19115-2 and 19115-3: what real records say comes back the same; no text of a stranger breaks them."""

from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lxml import etree
from made_records import WHOLE, iso_records

from thalweg.catalogue.records.boxes import around
from thalweg.catalogue.records.readers import iso, stac
from thalweg.catalogue.records.readers.any import read
from thalweg.catalogue.records.record import Concept, Contact, Format, Link, Record, Rights, Service, Span, Theme
from thalweg.catalogue.records.writers import iso19115_3, iso19139
from thalweg.catalogue.records.writers.markup import document
from thalweg.core.geometry import BBox
from thalweg.guard.markup import parsed

ENCODINGS = {
    "19139": iso19139.element_of,
    "19115-2": iso19139.element_with_acquisition,
    "19115-3": iso19115_3.element_of,
}
bounded = settings(
    max_examples=60,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)


@pytest.fixture(params=ENCODINGS)
def encoding(request):
    return request.param


def through(record, encoding):
    return iso.record_of(parsed(document(ENCODINGS[encoding](record)), "record"))


def real_documents(real_data):
    found = (path.read_bytes() for path in sorted((real_data / "iso").rglob("*.xml")))
    return [content for content in found if b"GetRecordsResponse" not in content[:2000]]


def test_what_a_real_record_says_comes_back_the_same(real_data, encoding):
    documents = real_documents(real_data)
    assert len(documents) == 38
    for content in documents:
        record = iso.record_of(parsed(content, "record"))
        assert through(record, encoding) == record


def test_a_whole_record_comes_back_the_same(encoding):
    told = through(WHOLE, encoding)
    lost = {"created": None} if encoding != "19115-3" else {}
    unsaid = ("platform", "instruments") if encoding == "19139" else ()
    extra = {name: value for name, value in WHOLE.extra.items() if name not in unsaid}
    assert told == replace(WHOLE, extra=extra, **lost)


@bounded
@given(iso_records, st.sampled_from(sorted(ENCODINGS)))
def test_what_iso_can_say_comes_back_the_same(record, encoding):
    told = through(record, encoding)
    contacts = sorted(map(repr, iso.together(*record.contacts)))
    assert sorted(map(repr, told.contacts)) == contacts
    assert replace(told, contacts=()) == replace(record, contacts=())


@bounded
@given(st.text(max_size=40), st.sampled_from(sorted(ENCODINGS)))
def test_any_text_is_written_and_read(text, encoding):
    link = Link(text, text, text, text, text, text, text)
    record = Record(
        id="a",
        type=text,
        title=text,
        description=text,
        keywords=(text,),
        themes=(Theme(text, (Concept(text, text, text),), text, text),),
        language=text,
        span=Span(text, text, text),
        dates={"publication": text},
        contacts=(Contact(text, text, text, (text,), (text,), (text,), None, text),),
        formats=(Format(text, text, text),),
        links=(link, Link(f"https://{text}", "preview", text, text)),
        parent=text,
        crs=(text,),
        service=Service(text, text, (text,), (text,)),
        extra={
            "platform": text,
            "instruments": [text],
            "processing:level": text,
            "status": [text],
            "associations": [{"identifier": text, "title": text, "association": text}, text],
        },
    )
    once = through(record, encoding)
    assert through(once, encoding) == through(through(once, encoding), encoding)


def test_characters_that_xml_forbids_are_dropped(encoding):
    told = through(replace(WHOLE, title="a\x00b\x0bc\ud800d\ufffee\x1b", links=()), encoding)
    assert told.title == "abcde"


def test_markup_in_a_text_stays_text(encoding):
    text = "</gco:CharacterString><script>alert(1)</script>&amp;<!-- -->]]>"
    assert through(replace(WHOLE, title=text), encoding).title == text


@pytest.mark.parametrize(
    "geometry",
    [
        {"type": "Point", "coordinates": [110.5, 28.25]},
        {"type": "LineString", "coordinates": [[110.0, 28.0], [111.0, 29.0]]},
        {"type": "MultiPoint", "coordinates": [[110.0, 28.0], [111.0, 29.0]]},
        {
            "type": "Polygon",
            "coordinates": [
                [[0.0, 0.0], [9.0, 0.0], [9.0, 9.0], [0.0, 0.0]],
                [[5.0, 1.0], [6.0, 1.0], [6.0, 2.0], [5.0, 1.0]],
            ],
        },
        {
            "type": "MultiPolygon",
            "coordinates": [
                [[[0.0, 0.0], [9.0, 0.0], [9.0, 9.0], [0.0, 0.0]]],
                [[[20.0, 0.0], [29.0, 0.0], [29.0, 9.0], [20.0, 0.0]]],
            ],
        },
    ],
    ids=lambda geometry: geometry["type"],
)
def test_each_geometry_comes_back_with_the_box_around_it(encoding, geometry):
    told = through(Record(id="a", geometry=geometry), encoding)
    assert told.geometry == geometry
    assert told.boxes == (around((), geometry),)


def test_latitude_stands_first_in_gml_of_an_epsg_code():
    content = document(iso19139.element_of(Record(id="a", geometry={"type": "Point", "coordinates": [110.5, 28.25]})))
    swapped = content.replace(b"http://www.opengis.net/def/crs/OGC/1.3/CRS84", b"urn:ogc:def:crs:EPSG::4326")
    told = iso.record_of(parsed(swapped.replace(b"110.5 28.25", b"28.25 110.5"), "record"))
    assert told.geometry == {"type": "Point", "coordinates": [110.5, 28.25]}


def test_a_box_that_its_polygon_leaves_is_wider():
    geometry = {"type": "Polygon", "coordinates": [[[0.0, 0.0], [9.0, 0.0], [9.0, 9.0], [0.0, 0.0]]]}
    told = through(Record(id="a", geometry=geometry, boxes=(BBox(1, 1, 5, 5),)), "19139")
    assert told.boxes == (BBox(0, 0, 9, 9),)


def test_a_license_that_spdx_does_not_know_is_a_note(encoding):
    told = through(Record(id="a", rights=Rights("Licence Ouverte 2.0, see https://example.org")), encoding)
    assert told.rights == Rights(use=("license",), notes=("Licence Ouverte 2.0, see https://example.org",))


def test_the_shortest_time_is_told_by_19115_3_alone():
    record = Record(id="a", span=Span("2020-01-01", "2020-12-31", "P6D"))
    assert through(record, "19115-3").span == record.span
    assert through(record, "19139").span == Span("2020-01-01", "2020-12-31")


def test_a_contact_of_several_roles_is_one_contact(encoding):
    contact = Contact("", "River Lab", roles=("owner", "publisher"))
    content = document(ENCODINGS[encoding](Record(id="a", contacts=(contact,))))
    assert content.count(b"River Lab") == 2
    assert iso.record_of(parsed(content, "record")).contacts == (contact,)


SAID_OF_STAC = (
    "id",
    "type",
    "title",
    "description",
    "keywords",
    "updated",
    "span",
    "boxes",
    "geometry",
    "contacts",
    "rights",
    "formats",
    "external_ids",
    "parent",
    "crs",
    "resolution",
)


@pytest.mark.parametrize("of", [stac.of_item, stac.of_collection])
def test_stac_comes_back_from_iso(encoding, of):
    record = of(AN_ITEM if of is stac.of_item else A_COLLECTION)
    told = through(record, encoding)
    for name in SAID_OF_STAC:
        assert getattr(told, name) == getattr(record, name), name
    assert {link.href for link in told.links} == {link.href for link in record.links}
    if encoding != "19139":
        for name in ("platform", "instruments", "eo:cloud_cover"):
            assert (told.extra or {}).get(name) == (record.extra or {}).get(name)


def test_a_document_is_kept_to_the_byte_whatever_its_format(real_data):
    for content in real_documents(real_data)[:5]:
        kept = read(content).given
        assert kept.content == content
        assert kept.schema == etree.QName(parsed(content, "record")).namespace


AN_ITEM = {
    "type": "Feature",
    "stac_version": "1.1.0",
    "id": "S2A_1",
    "collection": "sentinel-2",
    "bbox": [110, 28, 111, 29],
    "geometry": {"type": "Polygon", "coordinates": [[[110.0, 28.0], [111.0, 28.0], [111.0, 29.0], [110.0, 28.0]]]},
    "properties": {
        "datetime": "2020-07-01T02:03:04Z",
        "title": "A scene",
        "description": "Clear & wide",
        "created": "2020-07-02T00:00:00Z",
        "updated": "2020-07-03T00:00:00Z",
        "platform": "sentinel-2a",
        "instruments": ["msi"],
        "eo:cloud_cover": 3.5,
        "gsd": 10,
        "license": "CC-BY-SA-4.0",
        "proj:code": "EPSG:32650",
        "keywords": ["lake"],
        "providers": [{"name": "ESA", "roles": ["producer", "licensor"], "url": "https://esa.int"}],
        "sci:doi": "10.5270/x",
    },
    "assets": {
        "visual": {"href": "s3://bucket/a.tif", "type": "image/tiff", "roles": ["data"], "file:size": 12},
        "thumbnail": {"href": "https://example.org/a.png", "type": "image/png", "roles": ["thumbnail"]},
        "small": {"href": "s3://bucket/a.png", "type": "image/png", "roles": ["thumbnail"]},
    },
    "links": [{"rel": "license", "href": "https://example.org/license", "type": "text/html", "title": "Its license"}],
}
A_COLLECTION = {
    "type": "Collection",
    "stac_version": "1.1.0",
    "id": "sentinel-2",
    "title": "Sentinel-2",
    "description": "Scenes.",
    "license": "proprietary",
    "keywords": ["msi"],
    "extent": {
        "spatial": {"bbox": [[-180, -56, 180, 83]]},
        "temporal": {"interval": [["2015-06-27T10:25:31Z", None]]},
    },
    "providers": [{"name": "ESA", "roles": ["producer", "licensor"], "url": "https://esa.int"}],
    "item_assets": {"visual": {"type": "image/tiff", "roles": ["data"]}},
    "links": [{"rel": "about", "href": "https://example.org/s2"}],
}
