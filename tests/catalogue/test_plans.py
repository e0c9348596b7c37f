"""However Items are found, the answer is that of a plain scan."""

import random
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
import shapely
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from made_items import PUBLIC, VALIDATOR, a_box, a_collection, an_item, new
from stored import Stored

from thalweg.catalogue.stores.sqlite import open_store, plans, walks
from thalweg.core.geometry import BBox
from thalweg.core.principals import EVERYTHING, Visibility
from thalweg.core.queries import ItemQuery
from thalweg.core.texts import Phrase
from thalweg.core.time import Interval, instant, written

COLLECTIONS = ("a", "b", "c", "never")
CLASSES = (PUBLIC, "w1/member", "w2/owner")
START = datetime(2024, 1, 1, tzinfo=UTC)
MOST = 10_000


def a_time(chance):
    return START + timedelta(days=chance.randint(0, 6))


def made_item(chance, number):
    """Make an Item on a coarse grid, so that edges touch and times tie."""
    west, south = 10 * chance.randint(-18, 17), 10 * chance.randint(-9, 8)
    east = west + 10 * chance.randint(0, 6)
    box = (west, south, east if east <= 180 else east - 360, min(90, south + 10 * chance.randint(0, 3)))
    more = {}
    kind = chance.choice(("box", "box", "triangle", "point", "nowhere"))
    if kind == "triangle" and east <= 180:
        more["geometry"] = {
            "type": "Polygon",
            "coordinates": [[[box[0], box[1]], [box[2] or 0, box[1]], [box[0], box[3]], [box[0], box[1]]]],
        }
    elif kind == "point":
        box, more["geometry"] = (west, south, west, south), {"type": "Point", "coordinates": [west, south]}
    elif kind == "nowhere":
        box = None
    if chance.random() < 0.3:
        start, end = sorted((a_time(chance), a_time(chance)))
        at = None if chance.random() < 0.5 else written(a_time(chance))
        more["properties"] = {"datetime": at, "start_datetime": written(start), "end_datetime": written(end)}
    collection = COLLECTIONS[chance.randint(0, 2)]
    item = an_item(f"i{number % 150}-{collection}-{number}", collection, box, written(a_time(chance)), **more)
    item["properties"]["title"] = chance.choice(("lake", "lake and ice", "ice"))
    return item


@pytest.fixture(scope="module")
def stored(tmp_path_factory):
    """Return a store and what is in it: document and class, in the order of registration."""
    store = open_store(f"sqlite:///{tmp_path_factory.mktemp('plans') / 'items.sqlite'}")
    for name in COLLECTIONS:
        store.register_collection(VALIDATOR.collection(a_collection(name), PUBLIC), [])
    chance, kept = random.Random(4), []  # noqa: S311 - a test repeats itself
    for number in range(400):
        document, visibility_class = made_item(chance, number), chance.choice(CLASSES)
        store.register(new(document, visibility_class=visibility_class), [])
        kept.append((document, visibility_class))
    yield Stored((store, kept))
    store.close()


def ground_of(document):
    """Return an Item's ground, by other means than the catalogue's."""
    geometry, bbox = document["geometry"], document.get("bbox")
    if geometry is None:
        return shapely.Point()
    if bbox[0] <= bbox[2]:
        return shapely.make_valid(shapely.geometry.shape(geometry))
    halves = (shapely.box(bbox[0], bbox[1], 180, bbox[3]), shapely.box(-180, bbox[1], bbox[2], bbox[3]))
    return shapely.union_all([shapely.make_valid(half) for half in halves])


def scanned(kept, query, seen_by):
    """Return what a plain scan finds, newest first."""
    rows = []
    for number, (document, visibility_class) in enumerate(kept):
        properties = document["properties"]
        names = ("datetime", "start_datetime", "end_datetime")
        times = {name: instant(properties[name]) for name in names if properties.get(name)}
        if not seen_by.sees(visibility_class) or not meets(document, query, times.values()):
            continue
        rows.append((times.get("datetime", times.get("start_datetime")), number, document["id"]))
    return [item_id for _, _, item_id in sorted(rows, reverse=True)]


def meets(document, query, times):
    if query.collections and document["collection"] not in query.collections:
        return False
    if query.ids and document["id"] not in query.ids:
        return False
    if query.interval and not lasts(query.interval, times):
        return False
    ground = ground_of(document)
    if query.bbox and not any(ground.intersects(plane_of(span)) for span in query.bbox.spans()):
        return False
    if query.text and query.text.words[0] not in document["properties"]["title"].split():
        return False
    return not query.intersects or ground.intersects(shapely.geometry.shape(query.intersects))


def lasts(interval, times):
    begins = interval.end is None or min(times) <= interval.end
    return begins and (interval.start is None or max(times) >= interval.start)


def plane_of(span):
    # A box without width or height is a line or a point; GEOS takes a polygon of no area for none.
    return shapely.make_valid(shapely.box(*span.numbers()))


def degrees(low, high):
    return st.integers(low, high).map(lambda tens: 5.0 * tens)


BOXES = st.builds(
    lambda west, east, rows: BBox(west, min(rows), east, max(rows)),
    degrees(-36, 36),
    degrees(-36, 36),
    st.tuples(degrees(-18, 18), degrees(-18, 18)),
)
TIMES = st.integers(-1, 7).map(lambda day: START + timedelta(days=day))
INTERVALS = st.one_of(
    st.builds(lambda pair: Interval(min(pair), max(pair)), st.tuples(TIMES, TIMES)),
    st.builds(lambda at: Interval(at, None), TIMES),
    st.builds(lambda at: Interval(None, at), TIMES),
)
SHAPES = st.one_of(
    st.builds(lambda x, y: {"type": "Point", "coordinates": [x, y]}, degrees(-36, 36), degrees(-18, 18)),
    st.builds(
        lambda x, y, w, h: a_box(x, y, min(180, x + w), min(90, y + h)),
        degrees(-36, 35),
        degrees(-18, 17),
        degrees(1, 20),
        degrees(1, 20),
    ),
    st.builds(
        lambda x, y: {"type": "Polygon", "coordinates": [[[x, y], [x + 40, y], [x, y + 30], [x, y]]]},
        degrees(-36, 28),
        degrees(-18, 12),
    ),
)
QUERIES = st.builds(
    ItemQuery,
    collections=st.lists(st.sampled_from(COLLECTIONS), max_size=3, unique=True).map(tuple),
    bbox=st.none() | BOXES,
    interval=st.none() | INTERVALS,
    intersects=st.none() | SHAPES,
    text=st.sampled_from((None, None, Phrase(("lake",)), Phrase(("snow",)))),
    limit=st.just(MOST),
)
CALLERS = st.one_of(
    st.sets(st.sampled_from(CLASSES)).map(lambda names: Visibility(frozenset(names))),
    st.just(EVERYTHING),
    st.sets(st.sampled_from(CLASSES)).map(
        lambda names: Visibility(frozenset(names) | {f"other{n}/anyone" for n in range(30)})
    ),
)
PLANS = {
    "as chosen": {},
    "spoken": {"PROBED": 10**6, "GROUP": -(10**9), "SPOKEN": 10**6, "_fewest": lambda *_: (10**9, None)},
    "walked": {"PROBED": -1, "WALKED": 10**9},
    "walked as one": {"PROBED": -1, "WALKED": 10**9, "WAY": 10**9},
    "listened": {"PROBED": -1, "WALKED": 10**9, "HEARD": 10**12},
    "merged": {"PROBED": -1, "WALKED": 10**9, "WAY": 0},
    "given up": {"PROBED": -1, "WALKED": 0, "STEPS": 1},
    "gathered": {"PROBED": 10**6, "GROUP": -(10**9)},
}


@pytest.fixture(params=PLANS)
def plan(request, monkeypatch):
    for name, value in PLANS[request.param].items():
        monkeypatch.setattr(plans, name, value)
    monkeypatch.setattr(walks, "_FIRST_CHUNK", 1)
    monkeypatch.setattr(walks, "_LAST_CHUNK", 7)


slow_fixture = settings(
    max_examples=60, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


@slow_fixture
@given(query=QUERIES, seen_by=CALLERS)
def test_every_plan_answers_as_a_plain_scan(plan, stored, query, seen_by):  # noqa: ARG001 - forces the plan
    store, kept = stored
    assert [item.id for item in store.find(query, seen_by).found] == scanned(kept, query, seen_by)


@slow_fixture
@given(query=QUERIES, seen_by=CALLERS, limit=st.integers(1, 60))
def test_pages_joined_are_the_whole_forwards_and_back(plan, stored, query, seen_by, limit):  # noqa: ARG001 - forces the plan
    store, kept = stored
    whole = scanned(kept, query, seen_by)
    pages = [store.find(turned(query, limit, None), seen_by)]
    while pages[-1].next:
        pages.append(store.find(turned(query, limit, pages[-1].next), seen_by))
    assert [item.id for page in pages for item in page.found] == whole
    back = [pages[-1]]
    while back[-1].previous:
        back.append(store.find(turned(query, limit, back[-1].previous), seen_by))
    assert [[item.id for item in page.found] for page in reversed(back)] == [
        [item.id for item in page.found] for page in pages
    ]


def turned(query, limit, after):
    return replace(query, limit=limit, after=after)


@slow_fixture
@given(query=QUERIES, seen_by=CALLERS, data=st.data())
def test_ids_narrow_as_a_plain_scan_does(stored, query, seen_by, data):
    store, kept = stored
    names = data.draw(st.lists(st.sampled_from([document["id"] for document, _ in kept]), min_size=1, max_size=5))
    narrowed = replace(query, ids=tuple(names))
    assert [item.id for item in store.find(narrowed, seen_by).found] == scanned(kept, narrowed, seen_by)
    assert store.count(narrowed, seen_by, MOST) == len(scanned(kept, narrowed, seen_by))
