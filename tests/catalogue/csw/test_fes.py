"""Filter Encoding 1.1.0 and 2.0 becomes the expressions that every store answers."""

import orjson
import pytest
import shapely

from thalweg.catalogue.filters.dividing import Divided, divided, spoken
from thalweg.catalogue.filters.fes import pattern_of, read_filter
from thalweg.core.errors import InvalidParameter, TooLarge
from thalweg.core.expressions import Array, Literal, Operation, Property, Shape, parts
from thalweg.core.texts import AllOf, AnyOf, NoneOf, Phrase
from thalweg.cql2.matching import matches
from thalweg.guard.markup import parsed

OGC = 'xmlns:ogc="http://www.opengis.net/ogc" xmlns:gml="http://www.opengis.net/gml"'
FES = 'xmlns:fes="http://www.opengis.net/fes/2.0" xmlns:gml="http://www.opengis.net/gml/3.2"'
RECORD = {
    "id": "guide",
    "collection": "demo.library",
    "geometry": {"type": "Polygon", "coordinates": [[[110, 28], [122, 28], [122, 34], [110, 34], [110, 28]]]},
    "bbox": [110, 28, 122, 34],
    "properties": {
        "type": "document",
        "title": "How the Yangtze floods",
        "keywords": ["River", "Flood plain"],
        "themes": [{"scheme": "https://example.org/inland", "concepts": [{"id": "lakes", "title": "Lakes"}]}],
        "formats": [{"name": "PDF", "mediaType": "application/pdf"}],
        "updated": "2006-05-12T08:30:00Z",
        "thalweg:date": "2006-05-12",
        "dates": {"publication": "2005-01-31"},
        "scale": 25000,
        "datetime": "2019-06-01T00:00:00Z",
        "start_datetime": "2019-06-01T00:00:00Z",
        "end_datetime": "2019-08-31T23:59:59Z",
    },
}
BARE = {"id": "bare", "collection": "demo.library", "geometry": None, "properties": {"type": "dataset"}}


def read_11(inside):
    return read_filter(parsed(f"<ogc:Filter {OGC}>{inside}</ogc:Filter>".encode(), "filter"))


def read_20(inside):
    return read_filter(parsed(f"<fes:Filter {FES}>{inside}</fes:Filter>".encode(), "filter"))


def holds(expression, record):
    return matches(spoken(expression), record)


def comparison(name, of, literal, **attributes):
    said = "".join(f' {key}="{value}"' for key, value in attributes.items())
    return (
        f"<ogc:{name}{said}><ogc:PropertyName>{of}</ogc:PropertyName><ogc:Literal>{literal}</ogc:Literal></ogc:{name}>"
    )


@pytest.mark.parametrize(
    ("name", "of", "literal", "more", "found"),
    [
        ("PropertyIsEqualTo", "dc:title", "How the Yangtze floods", {}, True),
        ("PropertyIsEqualTo", "dc:title", "how the yangtze floods", {}, False),
        ("PropertyIsEqualTo", "DC:TITLE", "how the yangtze floods", {"matchCase": "false"}, True),
        ("PropertyIsEqualTo", "dc:subject", "rIVER", {"matchCase": "false"}, True),
        ("PropertyIsEqualTo", "dc:subject", "lakes", {}, True),
        ("PropertyIsEqualTo", "dc:subject", "https://example.org/inland", {}, False),
        ("PropertyIsEqualTo", "dc:format", "application/pdf", {}, True),
        ("PropertyIsEqualTo", "dc:identifier", "guide", {}, True),
        ("PropertyIsNotEqualTo", "dc:title", "x", {}, True),
        ("PropertyIsNotEqualTo", "dc:subject", "River", {}, False),
        ("PropertyIsGreaterThan", "dc:date", "2006-05-11", {}, True),
        ("PropertyIsGreaterThan", "dc:date", "2006-05-12", {}, False),
        ("PropertyIsGreaterThanOrEqualTo", "dct:modified", "2006-05-12", {}, True),
        ("PropertyIsLessThanOrEqualTo", "dct:modified", "2006-05-12", {}, True),
        ("PropertyIsLessThan", "dct:modified", "2006-05-12", {}, False),
        ("PropertyIsEqualTo", "dct:modified", "2006", {}, True),
        ("PropertyIsEqualTo", "dct:modified", "2006-05", {}, True),
        ("PropertyIsLessThan", "dct:modified", "2006-05-12T08:30:01Z", {}, True),
        ("PropertyIsGreaterThan", "apiso:PublicationDate", "2005-01-01", {}, True),
        ("PropertyIsLessThan", "apiso:TempExtent_begin", "2019-06-02", {}, True),
        ("PropertyIsLessThan", "apiso:Denominator", "25001", {}, True),
    ],
)
def test_comparisons_hold_of_what_a_record_tells(name, of, literal, more, found):
    assert holds(read_11(comparison(name, of, literal, **more)), RECORD) is found


@pytest.mark.parametrize(
    ("pattern", "signs", "found"),
    [
        ("How the*", ("*", "?", "\\"), True),
        ("How?the*", ("*", "?", "\\"), True),
        ("%Yangtze%", ("%", "_", "\\"), True),
        ("How the", ("*", "?", "\\"), False),
        ("How the\\*", ("*", "?", "\\"), False),
    ],
)
def test_like_has_signs_of_its_own(pattern, signs, found):
    many, one, escape = signs
    said = comparison("PropertyIsLike", "dc:title", pattern, wildCard=many, singleChar=one, escapeChar=escape)
    assert holds(read_11(said), RECORD) is found


def test_what_a_pattern_escapes_is_meant_as_it_is():
    assert pattern_of("50%_!*x*?", "*", "?", "!") == r"50\%\_*x%_"


def test_what_a_record_does_not_tell_is_not_and_its_opposite_is():
    titled = comparison("PropertyIsLike", "dc:title", "*", wildCard="*", singleChar="?", escapeChar="!")
    assert holds(read_11(titled), RECORD)
    assert not holds(read_11(titled), BARE)
    assert holds(read_11(f"<ogc:Not>{titled}</ogc:Not>"), BARE)
    assert holds(read_11(comparison("PropertyIsNotEqualTo", "dc:subject", "River")), BARE)
    null = "<ogc:PropertyIsNull><ogc:PropertyName>dc:title</ogc:PropertyName></ogc:PropertyIsNull>"
    assert holds(read_11(null), BARE)
    assert not holds(read_11(null.replace("dc:title", "apiso:PublicationDate")), RECORD)
    assert holds(read_11(null.replace("dc:title", "apiso:CreationDate")), RECORD)
    assert not holds(read_11(null), RECORD)


def envelope(low, high, srs=None, gml="gml"):
    said = "" if srs is None else f' srsName="{srs}"'
    corners = f"<gml:lowerCorner>{low}</gml:lowerCorner><gml:upperCorner>{high}</gml:upperCorner>"
    return f"<{gml}:Envelope{said}>{corners}</{gml}:Envelope>"


@pytest.mark.parametrize(
    "srs",
    [
        "urn:ogc:def:crs:EPSG::4326",
        "urn:x-ogc:def:crs:EPSG:6.11:4326",
        "http://www.opengis.net/def/crs/EPSG/0/4326",
    ],
)
def test_an_authoritys_order_has_latitude_first(srs):
    said = envelope("29 111", "30 112", srs)
    asked = f"<ogc:BBOX><ogc:PropertyName>ows:BoundingBox</ogc:PropertyName>{said}</ogc:BBOX>"
    assert holds(read_11(asked), RECORD)


@pytest.mark.parametrize(
    "srs", [None, "EPSG:4326", "urn:ogc:def:crs:OGC:1.3:CRS84", "http://www.opengis.net/gml/srs/epsg.xml#4326"]
)
def test_a_bare_code_and_crs84_have_longitude_first(srs):
    asked = f"<ogc:BBOX>{envelope('111 29', '112 30', srs)}</ogc:BBOX>"
    assert holds(read_11(asked), RECORD)
    assert not holds(read_11(asked), BARE)
    assert holds(read_11(f"<ogc:Not>{asked}</ogc:Not>"), BARE)


def test_a_projected_system_is_moved():
    said = envelope("12356000 3375000", "12360000 3380000", "urn:ogc:def:crs:EPSG::3857")
    assert holds(read_11(f"<ogc:BBOX>{said}</ogc:BBOX>"), RECORD)


def test_an_envelope_may_cross_the_antimeridian():
    (shape,) = [
        one
        for one in parts(read_11(f"<ogc:BBOX>{envelope('170 -10', '-170 10')}</ogc:BBOX>"))
        if isinstance(one, Shape)
    ]
    assert shapely.from_geojson(shape.geojson).area == pytest.approx(400)


@pytest.mark.parametrize(
    ("written", "kind"),
    [
        ("<gml:Point><gml:pos>111 29</gml:pos></gml:Point>", "Point"),
        ("<gml:Point><gml:coordinates>111,29</gml:coordinates></gml:Point>", "Point"),
        ("<gml:LineString><gml:posList>111 29 112 30</gml:posList></gml:LineString>", "LineString"),
        (
            (
                "<gml:Curve><gml:segments><gml:LineStringSegment><gml:posList>111 29 112 30</gml:posList>"
                "</gml:LineStringSegment></gml:segments></gml:Curve>"
            ),
            "LineString",
        ),
        (
            (
                "<gml:Polygon><gml:exterior><gml:LinearRing><gml:posList>111 29 112 29 112 30 111 29</gml:posList>"
                "</gml:LinearRing></gml:exterior></gml:Polygon>"
            ),
            "Polygon",
        ),
        (
            (
                "<gml:MultiPoint><gml:pointMember><gml:Point><gml:pos>111 29</gml:pos></gml:Point></gml:pointMember>"
                "<gml:pointMember><gml:Point><gml:pos>112 29</gml:pos></gml:Point></gml:pointMember></gml:MultiPoint>"
            ),
            "MultiPoint",
        ),
        (
            (
                "<gml:MultiSurface><gml:surfaceMember><gml:Polygon><gml:exterior><gml:LinearRing>"
                "<gml:posList srsDimension='3'>111 29 0 112 29 0 112 30 0 111 29 0</gml:posList>"
                "</gml:LinearRing></gml:exterior></gml:Polygon></gml:surfaceMember></gml:MultiSurface>"
            ),
            "MultiPolygon",
        ),
    ],
)
def test_geometries_of_gml_are_read(written, kind):
    asked = f"<ogc:Intersects><ogc:PropertyName>ows:BoundingBox</ogc:PropertyName>{written}</ogc:Intersects>"
    expression = read_11(asked)
    (shape,) = [one for one in parts(expression) if isinstance(one, Shape)]
    assert orjson.loads(shape.geojson)["type"] == kind
    assert holds(expression, RECORD)


def test_spatial_relations_hold():
    inside = envelope("100 20", "130 40")
    for name, found in (("Within", True), ("Disjoint", False), ("Contains", False), ("Touches", False)):
        asked = f"<fes:{name}><fes:ValueReference>ows:BoundingBox</fes:ValueReference>{inside}</fes:{name}>"
        assert holds(read_20(asked), RECORD) is found


@pytest.mark.parametrize(("metres", "found"), [("50000", False), ("150000", True)])
def test_a_distance_is_of_the_ground(metres, found):
    asked = (
        "<ogc:DWithin><ogc:PropertyName>ows:BoundingBox</ogc:PropertyName>"
        "<gml:Point><gml:pos>123 31</gml:pos></gml:Point>"
        f'<ogc:Distance units="m">{metres}</ogc:Distance></ogc:DWithin>'
    )
    assert holds(read_11(asked), RECORD) is found
    assert holds(read_11(asked.replace("DWithin", "Beyond")), RECORD) is not found


def period(begin, end):
    return f"<gml:TimePeriod>{begin}{end}</gml:TimePeriod>"


def position(name, text):
    return f"<gml:{name}Position>{text}</gml:{name}Position>"


AFTER_MAY = "<gml:TimeInstant><gml:timePosition>2019-05-31T00:00:00Z</gml:timePosition></gml:TimeInstant>"
STILL = "<gml:endPosition indeterminatePosition='now'/>"


@pytest.mark.parametrize(
    ("name", "time", "found"),
    [
        ("During", period(position("begin", "2019-01-01"), position("end", "2020-01-01")), True),
        ("After", AFTER_MAY, True),
        ("Before", AFTER_MAY, False),
        ("AnyInteracts", period(position("begin", "2019-08-01"), STILL), True),
    ],
)
def test_times_of_gml_are_held_against_the_time_of_a_record(name, time, found):
    spanned = {**RECORD, "properties": {**RECORD["properties"], "datetime": None}}
    asked = f"<fes:{name}><fes:ValueReference>apiso:TempExtent_begin</fes:ValueReference>{time}</fes:{name}>"
    assert holds(read_20(asked), spanned) is found


def test_ids_are_asked_for():
    assert holds(read_20('<fes:ResourceId rid="guide"/><fes:ResourceId rid="other"/>'), RECORD)
    named = read_11('<ogc:FeatureId fid="demo.library:guide"/><ogc:FeatureId fid="other"/>')
    both = Array((Literal("demo.library:guide"), Literal("other")))
    assert spoken(named) == Operation("in", (Property("id"), both))
    assert not holds(read_11('<ogc:FeatureId fid="other"/>'), RECORD)


def like_any(text, **more):
    return comparison("PropertyIsLike", "csw:AnyText", text, wildCard="*", singleChar="?", escapeChar="!", **more)


def test_words_of_the_whole_filter_become_free_text():
    titled = comparison("PropertyIsEqualTo", "dc:type", "document")
    found = divided(read_11(f"<ogc:And>{titled}{like_any('*Flood Plain*')}</ogc:And>"))
    assert found.rest == Operation("=", (Property("type"), Literal("document")))
    assert found.text == Phrase(("flood", "plain"))
    either = divided(read_11(f"<ogc:Or>{like_any('*a*')}{like_any('b*c')}</ogc:Or>"))
    assert either == Divided(text=AnyOf((Phrase(("a",)), AllOf((Phrase(("b",)), Phrase(("c",)))))))
    assert divided(read_11(f"<ogc:Not>{like_any('*a*')}</ogc:Not>")) == Divided(text=NoneOf((Phrase(("a",)),)))
    assert divided(read_11(like_any("*"))) == Divided()


def test_ids_of_the_whole_filter_are_looked_up():
    ids = '<fes:ResourceId rid="one"/><fes:ResourceId rid="other"/>'
    assert divided(read_20(ids)) == Divided(ids=("one", "other"))
    named = comparison("PropertyIsEqualTo", "dc:identifier", "one")
    typed = comparison("PropertyIsEqualTo", "dc:type", "document")
    found = divided(read_11(f"<ogc:And>{named}{typed}</ogc:And>"))
    assert (found.ids, found.rest) == (("one",), Operation("=", (Property("type"), Literal("document"))))
    assert divided(read_11(f"<ogc:Not>{named}</ogc:Not>")).ids == ()


def test_words_among_other_conditions_are_looked_for_in_the_texts():
    typed = comparison("PropertyIsEqualTo", "dc:type", "service")
    found = divided(read_11(f"<ogc:Or>{typed}{like_any('*flood*')}</ogc:Or>"))
    assert found.text is None
    assert holds(found.rest, RECORD)
    assert not holds(found.rest, BARE)


@pytest.mark.parametrize(
    "inside",
    [
        comparison("PropertyIsEqualTo", "dc:nonsense", "x"),
        comparison("PropertyIsEqualTo", "ows:BoundingBox", "x"),
        comparison("PropertyIsLessThan", "apiso:Denominator", "many"),
        comparison("PropertyIsLessThan", "dct:modified", "yesterday"),
        comparison("PropertyIsNonsense", "dc:title", "x"),
        comparison("PropertyIsEqualTo", "dc:title", "x").replace("<ogc:Literal>x</ogc:Literal>", "<ogc:Function/>"),
        "<ogc:And/>",
        "<ogc:Not/>",
        "<Not/>",
        "",
        f"<ogc:BBOX><ogc:PropertyName>dct:spatial</ogc:PropertyName>{envelope('1 1', '2 2')}</ogc:BBOX>",
        f"<ogc:BBOX>{envelope('1 1', '2 2', 'EPSG:0000')}</ogc:BBOX>",
        f"<ogc:BBOX>{envelope('100 100', '200 200')}</ogc:BBOX>",
        "<ogc:BBOX><gml:Envelope/></ogc:BBOX>",
        "<ogc:Intersects><ogc:PropertyName>ows:BoundingBox</ogc:PropertyName><gml:Sphere/></ogc:Intersects>",
    ],
)
def test_what_is_no_filter_is_refused(inside):
    with pytest.raises(InvalidParameter):
        read_11(inside)


def test_another_namespace_is_no_filter():
    with pytest.raises(InvalidParameter):
        read_filter(parsed(b'<Filter xmlns="http://www.opengis.net/foo"/>', "filter"))


def test_a_filter_is_bounded():
    leaf = comparison("PropertyIsEqualTo", "dc:title", "x")
    with pytest.raises(TooLarge):
        read_11("<ogc:Not>" * 100 + leaf + "</ogc:Not>" * 100)
    with pytest.raises(TooLarge):
        read_11(f"<ogc:Or>{leaf * 10_001}</ogc:Or>")
    points = " ".join(["1 1"] * 30_000)
    with pytest.raises(TooLarge):
        read_11(
            f"<ogc:Intersects><ogc:PropertyName>ows:BoundingBox</ogc:PropertyName><gml:LineString><gml:posList>{points}</gml:posList></gml:LineString></ogc:Intersects>"
        )
