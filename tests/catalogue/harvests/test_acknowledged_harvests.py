"""A Harvest with a ResponseHandler: kept before it is acknowledged, done whoever dies, its answer handed over."""

import subprocess
import sys
import threading
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

import anyio
import orjson
import pytest
from csw_world import ALICE, AS_ALICE, CSW2, Told, World
from elsewhere import JSON, XML

from thalweg.app.compose import Platform
from thalweg.app.harvesting import carry_out
from thalweg.app.preparing import furnish
from thalweg.app.settings import Settings
from thalweg.catalogue.api.csw.carrying import Carrying
from thalweg.catalogue.harvests import errands
from thalweg.catalogue.harvests.errand import Errand
from thalweg.catalogue.harvests.errands import Errands
from thalweg.catalogue.harvests.harvester import Order
from thalweg.catalogue.harvests.periodic import Harvests
from thalweg.catalogue.harvests.ports import HELD, Overtaken
from thalweg.catalogue.harvests.sql_errands import SqlErrands
from thalweg.catalogue.harvests.sql_sources import SqlSources
from thalweg.catalogue.records.query import RecordQuery
from thalweg.core.errors import QuotaExceeded
from thalweg.guard.outbound import Outbound
from thalweg.identity.service import ADMIN
from thalweg.sql.engines import open_engine
from thalweg.sql.migrations import migrate

BEGIN = datetime.now(UTC).replace(microsecond=0)
NOW, MINUTE = threading.Event(), timedelta(minutes=1)
COUNT = 8


class Clock:
    """A clock that is moved by hand."""

    def __init__(self):
        self.now = BEGIN

    def __call__(self):
        return self.now


class Handler:
    """Takes answers, or refuses them."""

    def __init__(self, there, path="/handler"):
        self.url, self.taken, self.status = f"{there.url}{path}", [], 200
        there.answers[path] = self.take

    def take(self, _handler, body):
        self.taken.append(body)
        return self.status, XML, b""

    def __str__(self):
        return f"<csw:ResponseHandler>{self.url}</csw:ResponseHandler>"


class Worker:
    """Carries out, by a clock of its own, what a catalogue acknowledged."""

    def __init__(self, world, harvester):
        self.clock = Clock()
        people = {"alice": ALICE}.__getitem__
        self.kept = SqlErrands(world.engine)
        errands = Errands(self.kept, people, self.clock)
        self.harvests = Harvests(
            SqlSources(world.engine), harvester, world.records, people, clock=self.clock, errands=errands
        )
        self.carrying = Carrying(self.harvests, lambda: Outbound(allowed=("127.0.0.1",)))

    def goes_on(self, by=timedelta(), stop=NOW):
        self.clock.now += by
        return self.harvests.errands.run_due(self.carrying, stop)


@pytest.fixture
def worker(world, harvester):
    return Worker(world, harvester)


@pytest.fixture
def csw(tmp_path, worker):
    """Return the same catalogue by CSW, whose harvests a worker carries out."""
    made = World(tmp_path, harvests=lambda: worker.harvests)
    yield made
    made.close()


@pytest.fixture
def listing(there):
    features = [{"type": "Feature", "id": f"r{one}", "geometry": None, "properties": {}} for one in range(COUNT)]
    there.answers["/items"] = (200, JSON, orjson.dumps({"type": "FeatureCollection", "features": features}))
    return f"{there.url}/items"


def harvest(source, *more):
    return (
        f'<csw:Harvest service="CSW" version="2.0.2"><csw:Source>{source}</csw:Source>'
        f"<csw:ResourceType>{CSW2}</csw:ResourceType>{''.join(map(str, more))}</csw:Harvest>"
    )


def asked(csw, body, **more):
    """Return what CSW tells alice at once."""
    return anyio.run(partial(csw.post, body, AS_ALICE, **more))


def versions(world):
    found = world.records.search(RecordQuery(catalogues=("demo.records",), limit=100), ALICE).found
    return [entry.item.version for entry in found if entry.id.startswith("r")]


class Answer:
    def __init__(self, content, status=200):
        self.content, self.status_code, self.headers = content, status, {"content-type": XML}


def handed(handler):
    """Return what a handler was told."""
    (body,) = handler.taken
    return Told(Answer(body))


def test_it_is_kept_and_then_done_and_its_answer_is_handed_over(csw, worker, there, listing):
    handler = Handler(there)
    told = asked(csw, harvest(listing, handler))
    assert (told.name, versions(csw), there.asked) == ("Acknowledgement", [], [])
    assert worker.goes_on()
    assert (len(versions(csw)), handler.taken) == (COUNT, [])
    assert worker.goes_on()
    told = handed(handler)
    assert (told.name, told("//csw:totalInserted/text()")) == ("HarvestResponse", [str(COUNT)])
    assert len(told("//csw:InsertResult/csw:BriefRecord")) == COUNT
    assert not worker.goes_on(HELD)


def test_with_an_interval_the_source_is_kept_too(csw, worker, there, listing):
    handler = Handler(there)
    asked(csw, harvest(listing, "<csw:HarvestInterval>P1W</csw:HarvestInterval>", handler))
    assert worker.harvests.sources("demo.records", ALICE) == []
    assert worker.goes_on()
    assert worker.goes_on()
    assert handed(handler)("//csw:totalInserted/text()") == [str(COUNT)]
    (source,) = worker.harvests.sources("demo.records", ALICE)
    assert (source.interval, source.state) == ("P1W", "succeeded")


def test_a_source_that_is_removed_in_its_first_harvest_does_not_come_back(csw, worker, there, listing):
    handler, listed = Handler(there), there.answers["/items"]

    def remove(*_):
        (source,) = worker.harvests.sources("demo.records", ALICE)
        worker.harvests.forget(source)
        return listed

    there.answers["/items"] = remove
    asked(csw, harvest(listing, "<csw:HarvestInterval>P1W</csw:HarvestInterval>", handler))
    assert worker.goes_on()
    assert worker.goes_on()
    assert handed(handler).name == "ExceptionReport"
    there.answers["/items"] = listed
    assert not worker.goes_on(2 * HELD)
    assert worker.harvests.sources("demo.records", ALICE) == []


def test_a_worker_that_was_overtaken_leaves_the_source_to_who_overtook_it(csw, worker, there, listing):
    handler, listed = Handler(there), there.answers["/items"]

    def overtake(*_):
        there.answers["/items"] = listed
        assert worker.goes_on(2 * HELD)
        return listed

    there.answers["/items"] = overtake
    asked(csw, harvest(listing, "<csw:HarvestInterval>P1W</csw:HarvestInterval>", handler))
    assert worker.goes_on()
    assert worker.goes_on()
    assert handed(handler).name == "HarvestResponse"
    (source,) = worker.harvests.sources("demo.records", ALICE)
    assert (source.run, source.state) == (2, "succeeded")


def test_what_fails_is_handed_over_as_a_report(csw, worker, there):
    there.answers["/items"] = (500, JSON, b"")
    handler = Handler(there)
    assert asked(csw, harvest(f"{there.url}/items", handler)).name == "Acknowledgement"
    assert worker.goes_on()
    assert worker.goes_on()
    assert handed(handler).name == "ExceptionReport"


def test_what_a_reader_stumbles_over_is_told_without_its_reason(csw, worker, there, listing, monkeypatch, caplog):
    handler = Handler(there)
    asked(csw, harvest(listing, handler))
    monkeypatch.setattr(worker.carrying, "done", lambda *_: 1 / 0)
    assert worker.goes_on()
    assert worker.goes_on()
    assert b"the log knows it as" in handler.taken[0]
    assert b"division" not in handler.taken[0]
    assert "stumbled" in caplog.text


def test_who_may_not_write_there_is_refused_at_once(csw, worker, there, listing):
    body = harvest(listing, Handler(there))
    told = asked(csw, body, address="/workspaces/bob/csw")
    assert (told.status, told.name) == (404, "ExceptionReport")
    assert asked(csw, body.replace(there.url + "/handler", "http://10.1.2.3/x")).status == 400
    assert not worker.goes_on()


def test_a_handler_that_does_not_take_it_is_told_again_and_then_no_more(csw, worker, there, listing, monkeypatch):
    monkeypatch.setattr(errands, "_PAUSES", (MINUTE, 10 * MINUTE))
    deaf, well = Handler(there, "/deaf"), Handler(there, "/well")
    deaf.status = 503
    asked(csw, harvest(listing, deaf, well))
    assert worker.goes_on()
    for pause in (0, 1, 10):
        assert not worker.goes_on(pause * MINUTE - MINUTE / 2) or pause == 0
        assert worker.goes_on(MINUTE / 2) or pause == 0
    assert (len(deaf.taken), len(well.taken)) == (3, 1)
    assert not worker.goes_on(timedelta(days=30))


def test_a_worker_that_ends_leaves_it_to_the_next(csw, worker, there, listing):
    handler = Handler(there)
    asked(csw, harvest(listing, handler))
    ending = threading.Event()
    ending.set()
    assert worker.goes_on(stop=ending)
    assert versions(csw) == []
    assert worker.goes_on()
    assert len(versions(csw)) == COUNT


def test_one_whose_worker_is_killed_in_the_middle_is_done_by_the_next(csw, worker, there, listing, tmp_path):
    handler = Handler(there)
    asked(csw, harvest(listing, handler))
    program = [sys.executable, str(Path(__file__).with_name("errand_program.py")), str(tmp_path), "4"]
    with subprocess.Popen(program, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdout.readline() == b"here\n"
        process.kill()
    # One beat is that of the page which was read, each other that of a Record.
    assert (len(versions(csw)), handler.taken) == (3, [])
    assert not worker.goes_on(MINUTE)
    assert worker.goes_on(2 * HELD)
    assert worker.goes_on()
    assert versions(csw) == [1] * COUNT
    assert handed(handler)("//csw:totalInserted/text()") == [str(COUNT - 3)]


def test_what_ends_whoever_is_at_it_is_told_to_have_failed(csw, worker, there, listing):
    handler = Handler(there)
    asked(csw, harvest(listing, handler))
    for _ in range(2):
        assert worker.kept.claim(worker.clock.now, worker.clock.now + HELD)
        worker.clock.now += 2 * HELD
    assert worker.goes_on()
    assert worker.goes_on()
    assert (handed(handler).name, versions(csw)) == ("ExceptionReport", [])


def test_the_platforms_worker_carries_it_out(tmp_path, there, listing, monkeypatch):
    monkeypatch.setenv("THALWEG_ALLOWED_HOSTS", '["127.0.0.1"]')
    handler = Handler(there)
    platform = Platform(Settings(home=tmp_path / "home"))
    platform.migrate()
    furnish(platform)
    platform.identity.admit_admin("a token of the tests")
    assert not carry_out(platform, NOW)
    platform.harvests.errands.keep(Order(listing, "library"), "", "3.0.0", (handler.url,), ADMIN)
    assert carry_out(platform, NOW)
    assert carry_out(platform, NOW)
    assert b"http://www.opengis.net/cat/csw/3.0" in handler.taken[0]
    platform.item_store.close()
    platform.control.dispose()


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def kept(request, tmp_path):
    """Return errands kept on each database."""
    url = request.getfixturevalue("postgres_url") if request.param == "postgres" else f"sqlite:///{tmp_path / 'k'}"
    engine = open_engine(url)
    migrate(engine, "sql")
    migrate(engine, "catalogue.harvests")
    yield SqlErrands(engine)
    migrate(engine, "catalogue.harvests", "base")
    engine.dispose()


def test_errands_are_kept_and_who_was_overtaken_writes_nothing_more(kept):
    one = Errand(
        "one", "demo.records", "http://x.example/", "", "P1W", "alice", "", "2.0.2", ("http://h/1", "http://h/2"),
        BEGIN, BEGIN,
    )  # fmt: skip
    kept.keep(one, 1)
    with pytest.raises(QuotaExceeded):
        kept.keep(replace(one, id="two"), 1)
    first = kept.claim(BEGIN, BEGIN + HELD)
    assert first == replace(one, run=1)
    assert kept.claim(BEGIN, BEGIN + HELD) is None
    second = kept.claim(BEGIN + 2 * HELD, BEGIN + 3 * HELD)
    assert second == replace(one, run=2, deaths=1)
    for write in (
        lambda: kept.hold(first, BEGIN),
        lambda: kept.put_off(first, BEGIN, 1),
        lambda: kept.answered(first, "<x/>", BEGIN),
    ):
        with pytest.raises(Overtaken):
            write()
    kept.remove(first)
    kept.answered(second, "<x/>", BEGIN)
    third = kept.claim(BEGIN, BEGIN + HELD)
    assert (third.answer, third.deaths) == ("<x/>", 1)
    kept.put_off(third, BEGIN + MINUTE, 1, ("http://h/2",))
    assert not kept.waits(BEGIN)
    fourth = kept.claim(BEGIN + MINUTE, BEGIN + HELD)
    assert (fourth.tries, fourth.handlers) == (1, ("http://h/2",))
    kept.remove(fourth)
    assert not kept.waits(BEGIN + timedelta(days=1))
