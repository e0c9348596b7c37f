"""What the processes of the SQL contracts do; each runs in an interpreter of its own."""

import importlib
import multiprocessing
import random
import time
from contextlib import suppress

import sqlalchemy as sa

import thalweg
from thalweg.core.events import Event
from thalweg.sql.connections import Connections
from thalweg.sql.engines import open_engine, writing
from thalweg.sql.leases import Leases
from thalweg.sql.migrations import migrate
from thalweg.sql.outbox import record, record_raw

PROCESSES = multiprocessing.get_context("forkserver")
PROCESSES.set_forkserver_preload(
    ["thalweg.sql.outbox", "thalweg.sql.leases", "thalweg.sql.migrations.steps", "psycopg"]
)

THING = sa.Table("thing", sa.MetaData(), sa.Column("id", sa.String, primary_key=True))
COUNTER = sa.Table("counter", sa.MetaData(), sa.Column("n", sa.Integer), sa.Column("token", sa.Integer))


def an_event(subject, **data):
    return Event("thing.made", subject, "demo/anyone", data)


def write_things(url, writer, count):
    """Make things with an event each, by ones, twos and threes; dither before, between and after; give up some."""
    engine, chance, made = open_engine(url), random.Random(writer), 0  # noqa: S311 - chance, not a secret
    while made < count:
        ids = [f"{writer}/{n}" for n in range(made, min(count, made + chance.randint(1, 3)))]
        with suppress(ZeroDivisionError), writing(engine) as connection:
            connection.execute(THING.insert(), [{"id": thing} for thing in ids])
            time.sleep(chance.uniform(0, 0.004))
            record(connection, [an_event(thing, writer=writer) for thing in ids])
            time.sleep(chance.uniform(0, 0.004))
            made += len(ids) // (chance.random() > 0.1)  # now and then 1 // 0: all of it is rolled back
    engine.dispose()


def write_things_directly(path, writer, count):
    """Do the same through a direct SQLite connection."""
    connections, chance = Connections(path), random.Random(writer)  # noqa: S311
    for n in range(count):
        with connections.writing() as connection:
            connection.execute("INSERT INTO thing VALUES (?)", (f"{writer}/{n}",))
            record_raw(connection, [an_event(f"{writer}/{n}", writer=writer)])
            time.sleep(chance.uniform(0, 0.002))
    connections.close()


def write_and_hang(url, writer, said):
    """Write a thing and its event, say so, and never commit."""
    with writing(open_engine(url)) as connection:
        connection.execute(THING.insert(), {"id": f"{writer}/hangs"})
        record(connection, [an_event(f"{writer}/hangs")])
        said.send("written")
        time.sleep(3600)


def count_under_a_lease(url, holder, times, said):
    """Read a counter, dither, write it: only a lease keeps two from counting the same number."""
    leases, engine, chance = Leases(open_engine(url)), open_engine(url), random.Random(holder)  # noqa: S311
    done = 0
    while done < times:
        lease = leases.acquire("counter", holder, seconds=30)
        if lease is None:
            time.sleep(chance.uniform(0, 0.01))
            continue
        with engine.connect() as connection:
            n = connection.scalar(sa.select(sa.func.max(COUNTER.c.n)))
        time.sleep(chance.uniform(0, 0.003))
        with leases.writing(lease) as connection:
            connection.execute(COUNTER.insert(), {"n": n + 1, "token": lease.token})
        leases.release(lease)
        done += 1
    said.send(done)


def hold_a_lease_and_hang(url, said):
    """Take a short lease, say its token, and never renew it."""
    said.send(Leases(open_engine(url)).acquire("counter", "the dead", seconds=0.2).token)
    time.sleep(3600)


def migrate_block(url, blocks, block, barrier=None, said=None):
    """Bring a block that lies in a folder of the test to its newest revision."""
    know_blocks(blocks)
    half_way.said = said
    engine = open_engine(url)
    if barrier is not None:
        barrier.wait(60)
    migrate(engine, block)
    engine.dispose()


def half_way():
    """Called by a migration between two statements: where someone listens, say so and hang."""
    if half_way.said is not None:
        half_way.said.send("half-way")
        time.sleep(3600)


half_way.said = None


def know_blocks(folder):
    """Let a folder of the test hold blocks of Thalweg."""
    if str(folder) not in thalweg.__path__:
        thalweg.__path__.append(str(folder))
    importlib.invalidate_caches()


class Processes:
    """The processes of one test, killed at its end."""

    def __init__(self):
        self._started = []

    def __enter__(self):
        return self

    def start(self, program, *arguments, **named):
        process = PROCESSES.Process(target=program, args=arguments, kwargs=named, daemon=True)
        process.start()
        self._started.append(process)
        return process

    def listen(self, program, *arguments):
        """Start a program with the end of a pipe as ``said``, and return the other end too."""
        told, said = PROCESSES.Pipe(duplex=False)
        process = self.start(program, *arguments, said=said)
        said.close()
        return process, told

    def __exit__(self, *_):
        for process in self._started:
            process.kill()
            process.join()
            process.close()
