"""Sources that are harvested again and again: kept, carried out by who may, told of, and never half."""

import threading
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs, urlsplit

import orjson
import pytest
from csw_world import ALICE, BOB
from elsewhere import JSON
from harvest_world import ALICE as ALSO_ALICE
from harvest_world import World as Repository
from sqlalchemy import text

from thalweg.catalogue.harvests import periodic
from thalweg.catalogue.harvests.durations import duration_of
from thalweg.catalogue.harvests.harvester import Order
from thalweg.catalogue.harvests.oai import OAI
from thalweg.catalogue.harvests.periodic import HELD, Frequency, Harvests
from thalweg.catalogue.harvests.ports import Overtaken
from thalweg.catalogue.harvests.source import Source
from thalweg.catalogue.harvests.sql_sources import SqlSources
from thalweg.catalogue.records.query import RecordQuery
from thalweg.core.errors import Conflict, Forbidden, InvalidParameter, NotFound, QuotaExceeded, Unavailable
from thalweg.core.principals import ANYONE
from thalweg.sql.engines import open_engine, writing
from thalweg.sql.migrations import migrate
from thalweg.sql.outbox import SqlOutbox

LIBRARY = "demo.library"
BEGIN = datetime(2026, 1, 31, 12, tzinfo=UTC)
WEEK = timedelta(weeks=1)
PEOPLE = {"alice": ALICE, "bob": BOB}


class Clock:
    """A clock that is moved by hand."""

    def __init__(self):
        self.now = BEGIN

    def __call__(self):
        return self.now


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def sources(world):
    return SqlSources(world.engine)


@pytest.fixture
def harvests(world, sources, harvester, clock):
    return Harvests(sources, harvester, world.records, _principal, Frequency(2, timedelta(hours=1)), clock)


def _principal(principal):
    if principal not in PEOPLE:
        raise NotFound(f"there is no principal {principal}")
    return PEOPLE[principal]


def silent(*_):
    """Listen to nothing."""


def listing(*numbers):
    """Return an answer that holds records by their numbers."""
    features = [
        {"type": "Feature", "id": f"r{one}", "geometry": None, "properties": {"title": f"Number {one}"}}
        for one in numbers
    ]
    return 200, JSON, orjson.dumps({"type": "FeatureCollection", "features": features})


def order(there, path="/items", catalogue=LIBRARY, **more):
    return Order(f"{there.url}{path}", catalogue, **more)


def ids(world, catalogue=LIBRARY):
    found = world.records.search(RecordQuery(catalogues=(catalogue,), limit=100), ALICE).found
    return {entry.id for entry in found}


def events(world):
    return [one.event for one in SqlOutbox(world.engine, "control").after(0) if one.event.kind.startswith("harvest.")]


def go_on(harvests, clock, by=WEEK):
    clock.now += by
    return harvests.run_due(threading.Event())


def test_a_source_is_harvested_now_and_each_week_and_mirrored(world, harvests, there, clock):
    there.answers["/items"] = listing(1, 2, 3)
    source, brought = harvests.add(order(there), "P1W", ALICE, silent)
    assert (source.state, source.due, brought.registered) == ("succeeded", BEGIN + WEEK, 3)
    assert not harvests.run_due(threading.Event())
    there.answers["/items"] = listing(2, 3, 4)
    assert go_on(harvests, clock)
    assert ids(world) == {"r2", "r3", "r4"}
    (now,) = harvests.sources(LIBRARY, ALICE)
    assert (now.run, now.state, now.due) == (2, "succeeded", BEGIN + 2 * WEEK)
    told = {name: now.told[name] for name in ("read", "registered", "unchanged", "removed")}
    assert told == {"read": 3, "registered": 1, "unchanged": 2, "removed": 1}
    heard = [(one.kind, one.visibility_class) for one in events(world)]
    assert heard == [
        ("harvest.added", "demo/member"),
        ("harvest.succeeded", "demo/member"),
        ("harvest.succeeded", "demo/member"),
    ]


FAULTS = ((503, JSON, b""), (200, JSON, b"garbage"), (200, JSON, b'{"type": "FeatureCollection"}'), listing())


def test_a_harvest_that_fails_keeps_what_was_there(world, harvests, there, clock):
    there.answers["/items"] = listing(1, 2)
    harvests.add(order(there), "P1W", ALICE, silent)
    for failures, fault in enumerate(FAULTS, 1):
        there.answers["/items"] = fault
        assert go_on(harvests, clock)
        assert ids(world) == {"r1", "r2"}
        (now,) = harvests.sources(LIBRARY, ALICE)
        assert (now.state, now.failures, now.due) == ("failed", failures, clock.now + WEEK)
        assert now.error
        assert events(world)[-1].kind == "harvest.failed"
    there.answers["/items"] = listing(1)
    assert go_on(harvests, clock)
    assert ids(world) == {"r1"}
    assert harvests.sources(LIBRARY, ALICE)[0].failures == 0


def test_a_first_harvest_that_fails_leaves_nothing(world, harvests, there):
    happened = world.store.outbox.last()
    with pytest.raises(Unavailable):
        harvests.add(order(there), "P1W", ALICE, silent)
    assert harvests.sources(LIBRARY, ALICE) == []
    assert events(world) == []
    assert world.store.outbox.last() == happened
    with pytest.raises(NotFound):
        world.records.catalogue(LIBRARY, ALICE)


def test_what_is_deleted_in_a_repository_is_removed_here(world, harvests, there, clock, tmp_path):
    folder = tmp_path / "repository"
    folder.mkdir()
    repository = Repository(folder)
    there.serve(repository.application)
    source, brought = harvests.add(order(there, "/oai", kind=OAI), "P1D", ALICE, silent)
    assert (brought.registered, bool(source.since)) == (6, True)
    repository.records.remove("atlas", "demo.library", ALSO_ALICE)
    asked = len(there.asked)
    assert go_on(harvests, clock, timedelta(days=1))
    assert any("from=" in one for one in there.asked[asked:])
    assert "atlas" not in ids(world)
    assert "guide" in ids(world)
    assert harvests.sources(LIBRARY, ALICE)[0].told["removed"] == 1
    repository.close()


def test_a_harvest_has_the_rights_that_its_owner_has_then(world, harvests, there, clock):
    there.answers["/items"] = listing(1)
    with pytest.raises(Forbidden):
        harvests.add(order(there), "P1W", BOB, silent)
    world.records._policy.put_member("demo", "bob", "member", ALICE)
    harvests.add(order(there), "P1W", BOB, silent)
    world.records._policy.remove_member("demo", "bob", ALICE)
    there.answers["/items"] = listing(1, 2)
    assert go_on(harvests, clock)
    (now,) = harvests.sources(LIBRARY, ALICE)
    assert now.state == "failed"
    assert ids(world) == {"r1"}
    with pytest.raises(Forbidden):
        harvests.sources(LIBRARY, BOB)


def test_who_is_nobody_and_what_is_too_often_or_too_many_is_refused(harvests, there):
    there.answers |= {"/items": listing(1), "/more": listing(2), "/most": listing(3)}
    for interval in ("PT59M", "P", "PT", "1 week", "P20Y", "P-1D", "P1W" * 20):
        with pytest.raises(InvalidParameter):
            harvests.add(order(there), interval, ALICE, silent)
    with pytest.raises(Exception, match="sign in"):
        harvests.add(order(there), "P1W", ANYONE, silent)
    harvests.add(order(there), "P1W", ALICE, silent)
    harvests.add(order(there), "P1D", ALICE, silent)
    harvests.add(order(there, "/more"), "P1W", ALICE, silent)
    assert {one.interval for one in harvests.sources(LIBRARY, ALICE)} == {"P1D", "P1W"}
    with pytest.raises(QuotaExceeded):
        harvests.add(order(there, "/most"), "P1W", ALICE, silent)


def test_a_source_is_hurried_and_removed_and_its_records_stay(world, harvests, there, clock):
    there.answers["/items"] = listing(1, 2)
    source, _ = harvests.add(order(there), "P1W", ALICE, silent)
    with pytest.raises(NotFound):
        harvests.source(source.id, "demo.records", ALICE)
    assert harvests.hurry(source.id, LIBRARY, ALICE).due == clock.now
    assert harvests.run_due(threading.Event())
    there.answers["/items"] = listing(1)
    assert harvests.run(harvests.source(source.id, LIBRARY, ALICE)).told["removed"] == 1
    harvests.remove(source.id, LIBRARY, ALICE)
    assert harvests.sources(LIBRARY, ALICE) == []
    assert not go_on(harvests, clock)
    assert ids(world) == {"r1"}


def test_what_two_sources_hold_goes_when_the_last_of_them_lets_go(world, harvests, there, clock):
    there.answers |= {"/items": listing(1, 2), "/more": listing(2, 3)}
    harvests.add(order(there), "P1W", ALICE, silent)
    harvests.add(order(there, "/more"), "P1W", ALICE, silent)
    there.answers["/items"] = listing(1)
    clock.now += WEEK
    assert harvests.run_due(threading.Event())
    assert ids(world) == {"r1", "r2", "r3"}
    there.answers["/more"] = listing(3)
    clock.now += WEEK
    while harvests.run_due(threading.Event()):
        pass
    assert ids(world) == {"r1", "r3"}


def test_that_most_of_a_source_is_gone_is_believed_when_it_is_said_twice(world, harvests, there, clock):
    there.answers["/items"] = listing(*range(30))
    harvests.add(order(there), "P1W", ALICE, silent)
    there.answers["/items"] = listing(1, 2)
    assert go_on(harvests, clock)
    assert len(ids(world)) == 30
    (doubted,) = harvests.sources(LIBRARY, ALICE)
    assert (doubted.state, "less than half" in doubted.error) == ("failed", True)
    assert go_on(harvests, clock)
    assert ids(world) == {"r1", "r2"}


def test_a_worker_that_ends_lets_another_go_on_at_once(world, harvests, there, clock):
    there.answers["/items"] = listing(1)
    harvests.add(order(there), "P1W", ALICE, silent)
    there.answers["/items"] = listing(2)
    stop = threading.Event()
    stop.set()
    clock.now += WEEK
    assert harvests.run_due(stop)
    assert ids(world) == {"r1"}
    assert harvests.run_due(threading.Event())
    assert ids(world) == {"r2"}


def test_what_a_reader_stumbles_over_is_one_failed_harvest(world, harvests, there, clock, caplog):
    there.answers["/items"] = listing(1)
    source, _ = harvests.add(order(there), "P1W", ALICE, silent)
    harvests._principals = lambda _: 1 / 0
    assert go_on(harvests, clock)
    now = harvests.source(source.id, LIBRARY, ALICE)
    assert (now.state, "log knows it" in now.error) == ("failed", True)
    assert "stumbled" in caplog.text
    assert ids(world) == {"r1"}


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def kept(request, tmp_path):
    """Return sources kept on each database."""
    url = request.getfixturevalue("postgres_url") if request.param == "postgres" else f"sqlite:///{tmp_path / 'k'}"
    engine = open_engine(url)
    migrate(engine, "sql")
    migrate(engine, "catalogue.harvests")
    yield SqlSources(engine)
    migrate(engine, "catalogue.harvests", "base")
    engine.dispose()


def a_source(name="one", **more):
    made = Source(name, LIBRARY, f"http://x.example/{name}", "", "P1W", "alice", "", BEGIN, BEGIN, 1, begun=BEGIN)
    return replace(made, **more)


def _next_week(source):  # noqa: ARG001 - keeps the promise
    return BEGIN + WEEK


def test_what_kills_its_worker_is_tried_once_more_and_then_waits_for_its_next_time(kept):
    kept.put(a_source(), 5, BEGIN + HELD)
    second = kept.claim(BEGIN + 2 * HELD, BEGIN + 3 * HELD, _next_week)
    assert (second.failures, second.due) == (1, BEGIN + WEEK)
    assert not kept.waits(BEGIN + 4 * HELD)
    assert kept.claim(BEGIN + WEEK, BEGIN + WEEK + HELD, _next_week).failures == 2


def test_who_was_overtaken_writes_nothing_more(kept):
    kept.put(a_source(), 5, BEGIN + HELD)
    with pytest.raises(Conflict):
        kept.put(a_source("again", url=a_source().url), 5, BEGIN + HELD)
    assert not kept.waits(BEGIN + timedelta(minutes=1))
    later = BEGIN + 2 * HELD
    first = a_source()
    second = kept.claim(later, later + HELD, _next_week)
    assert (second.id, second.run, kept.claim(later, later + HELD, _next_week)) == ("one", 2, None)
    for write in (
        lambda: kept.progressed(first, later, {}),
        lambda: kept.met(first, [("a", "a")]),
        lambda: kept.ended(first, []),
    ):
        with pytest.raises(Overtaken):
            write()
    kept.met(second, [("a", "ra"), ("b" * 2_000, "rb")])
    third = replace(second, run=3)
    kept.release(second)
    kept.claim(BEGIN + WEEK, BEGIN + WEEK + HELD, _next_week)
    kept.met(third, [("a", "ra")])
    assert kept.unmet(third)[0][1] == "rb"
    assert list(kept.known_as(third, ["b" * 2_000, "c"]).values()) == ["rb"]
    kept.ended(replace(third, state="succeeded", told={"read": 1}, due=later + WEEK), [])
    assert kept.source("one").told == {"read": 1}
    kept.remove("one", [])
    assert kept.of(None) == []


def test_durations_follow_the_calendar():
    month = duration_of("P1M", "interval", timedelta())
    assert month.after(BEGIN) == datetime(2026, 2, 28, 12, tzinfo=UTC)
    assert duration_of("P1Y2M", "i", timedelta()).after(BEGIN) == datetime(2027, 3, 31, 12, tzinfo=UTC)
    assert duration_of("P1W", "i", timedelta()).after(BEGIN) == BEGIN + WEEK
    assert duration_of("P1DT2H30M1.5S", "i", timedelta()).rest == timedelta(1, 9001.5)


OAI_RECORD = """<record><header><identifier>{key}</identifier></header><metadata>
<dc xmlns="http://www.openarchives.org/OAI/2.0/oai_dc/" xmlns:d="http://purl.org/dc/elements/1.1/">
<d:identifier>{key}</d:identifier><d:title>{title}</d:title></dc></metadata></record>"""


class Refusing:
    """A repository of which some records cannot be kept: their titles are too long."""

    def __init__(self, there, **records):
        self.records, self.listed, self.asked = records, set(records), []
        there.answers["/oai"] = self._answer

    def _answer(self, handler, _body):
        said = parse_qs(urlsplit(handler.path).query)
        self.asked.append({name: values[0] for name, values in said.items()})
        return 200, "text/xml", f'<OAI-PMH xmlns="{OAI}">{self._told(self.asked[-1])}</OAI-PMH>'.encode()

    def _told(self, said):
        now = f"<responseDate>2026-01-01T00:00:{len(self.asked):02}Z</responseDate>"
        if said["verb"] == "Identify":
            return "<Identify><deletedRecord>persistent</deletedRecord></Identify>"
        if said["verb"] == "GetRecord":
            return now + self._one(said["identifier"])
        told = "".join(map(self._record, sorted(self.listed)))
        return f"{now}<ListRecords>{told}</ListRecords>" if told else f'{now}<error code="noRecordsMatch"/>'

    def _one(self, key):
        if key in self.records:
            return f"<GetRecord>{self._record(key)}</GetRecord>"
        return '<error code="idDoesNotExist"/>'

    def _record(self, key):
        return OAI_RECORD.format(key=key, title=self.records[key])

    def got(self):
        """Return what was asked for one by one since the last look."""
        found = [one["identifier"] for one in self.asked if one["verb"] == "GetRecord"]
        self.asked.clear()
        return found


TOO_LONG = "!" * 5_000


def test_what_a_repository_gave_and_was_refused_is_tried_again_though_it_did_not_change(world, harvests, there, clock):
    repository = Refusing(there, a="Alas", b=TOO_LONG, c=TOO_LONG)
    source, brought = harvests.add(order(there, "/oai?metadataPrefix=oai_dc", kind=OAI), "P1W", ALICE, silent)
    assert (brought.refused, source.told["waiting"], ids(world)) == (2, 2, {"a"})
    repository.listed = set()
    repository.got()

    repository.records["c"] = "Mended"
    assert go_on(harvests, clock)
    (now,) = harvests.sources(LIBRARY, ALICE)
    assert [one.get("from") for one in repository.asked if one["verb"] == "ListRecords"] == [source.since]
    assert repository.got() == ["b", "c"]
    assert (now.state, now.told["refused"], now.told["waiting"], ids(world)) == ("succeeded", 1, 1, {"a", "c"})
    assert now.told["faults"][0].startswith("b: ")

    # What is refused now was taken before: its Record stays, and it is tried again too.
    repository.records["a"], repository.listed = TOO_LONG, {"a"}
    assert go_on(harvests, clock)
    repository.listed = set()
    repository.got()
    del repository.records["b"]
    assert go_on(harvests, clock)
    assert repository.got() == ["a", "b"]
    assert ids(world) == {"a", "c"}

    del repository.records["a"]
    assert go_on(harvests, clock)
    (now,) = harvests.sources(LIBRARY, ALICE)
    assert repository.got() == ["a"]
    assert (now.told["removed"], now.told["waiting"], ids(world)) == (1, 0, {"c"})
    assert go_on(harvests, clock)
    assert repository.got() == []


def test_of_many_that_were_refused_some_are_tried_each_time(harvests, there, clock, monkeypatch):
    monkeypatch.setattr(periodic, "_MOST_AGAIN", 2)
    repository = Refusing(there, a="Alas", **dict.fromkeys("bcdef", TOO_LONG))
    harvests.add(order(there, "/oai?metadataPrefix=oai_dc", kind=OAI), "P1W", ALICE, silent)
    repository.listed = set()
    repository.got()
    for tried in ("bc", "de", "fb", "cd"):
        assert go_on(harvests, clock)
        assert "".join(repository.got()) == tried


def test_a_source_whose_workspace_was_removed_ends_and_is_told_of_once(world, harvests, there, clock, caplog):
    there.answers["/items"] = listing(1)
    harvests.add(order(there), "P1W", ALICE, silent)
    there.asked.clear()
    with writing(world.engine) as connection:
        connection.execute(text("DELETE FROM member WHERE workspace = 'demo'"))
        connection.execute(text("DELETE FROM workspace WHERE id = 'demo'"))
    assert go_on(harvests, clock)
    assert not go_on(harvests, clock)
    last = events(world)[-1]
    assert (last.kind, last.data) == ("harvest.removed", {"why": "its workspace was removed"})
    assert there.asked == []
    assert "workspace demo was removed" in caplog.text


class Restarting(SqlSources):
    """Sources in a database that is away at each first try to write."""

    tried = ()

    def away(self, name):
        if name not in self.tried:
            self.tried = (*self.tried, name)
            raise Unavailable("the database restarts")

    def progressed(self, source, until, told):
        self.away("progressed")
        super().progressed(source, until, told)

    def met(self, source, pairs):
        self.away("met")
        super().met(source, pairs)

    def ended(self, source, events):
        self.away("ended")
        super().ended(source, events)

    def remove(self, source_id, events):
        self.away("removed")
        super().remove(source_id, events)


def test_a_database_that_restarts_in_the_middle_is_waited_for(world, harvester, there, clock, monkeypatch):
    monkeypatch.setattr(periodic, "_PAUSES", (0.0,))
    sources = Restarting(world.engine)
    harvests = Harvests(sources, harvester, world.records, _principal, Frequency(2, timedelta(hours=1)), clock)
    there.answers["/items"] = listing(1, 2)
    source, brought = harvests.add(order(there), "P1W", ALICE, silent)
    assert (source.state, brought.registered, sources.tried) == ("succeeded", 2, ("progressed", "met", "ended"))
    there.answers["/other"] = (503, JSON, b"")
    with pytest.raises(Unavailable):
        harvests.add(order(there, "/other"), "P1W", ALICE, silent)
    assert sources.tried[-1] == "removed"
    assert [one.url for one in harvests.sources(LIBRARY, ALICE)] == [f"{there.url}/items"]
