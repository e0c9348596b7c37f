"""What the processes of the durability tests do; each runs in an interpreter of its own."""

import itertools
import os
import signal
import sys

from made_items import a_collection, an_item, events_of, new
from sqlalchemy import event

from thalweg.catalogue.stores.sqlite import open_store
from thalweg.core.events import Event
from thalweg.core.queryables import Queryable, Reach
from thalweg.sql.engines import open_engine
from thalweg.sql.migrations import migrate


def say(what):
    """Tell the test; it waits for the line."""
    sys.stdout.write(f"{what}\n")
    sys.stdout.flush()


def write_items(url, writer, batch):
    """Register batches without end, and say of each, once it is accepted, which it was."""
    store, number = open_store(url), 0
    while True:
        across = (170, -10, -170, 10)
        items = new(*(an_item(f"{writer}-{number}-{n}", "swot", across) for n in range(batch)))
        store.register(items, events_of(items))
        say(f"{writer}-{number}")
        number += 1


def open_at_once(url):
    """Open a new store and register one Item in a Collection that others make at the same moment."""
    from made_items import PUBLIC, VALIDATOR  # noqa: PLC0415

    from thalweg.core.errors import Conflict  # noqa: PLC0415

    store = open_store(url)
    for _ in sys.stdin:
        break
    try:
        store.register_collection(VALIDATOR.collection(a_collection("swot"), PUBLIC), [])
        say("made")
    except Conflict:
        say("there")


def load_items(url):
    """Load Items without end, each batch over half of the one before, and say of each which it was."""
    store, number = open_store(url), 0
    while True:
        items = new(
            *(an_item(f"i{n}", "swot", properties={"round": number}) for n in range(50 * number, 50 * number + 100))
        )
        store.load(items, lambda outcome, item: Event(outcome, item.id, item.visibility_class), replacing=True)
        say(number)
        number += 1


def look_after(url, how):
    """Look after a store again and again, and say each step."""
    store, reaches = open_store(url), itertools.cycle((Reach.INDEXED, Reach.SEEN, Reach.KEPT))
    say("opened")
    while True:
        if how == "declare":
            store.declare(Queryable("number", "integer", "swot", next(reaches)), lambda *told: say(told))
        elif how == "compact":
            store.compact(lambda *told: say(told))
        elif how == "reindex":
            store.reindex(lambda *told: say(told))


def migrate_many_times(url, places):
    """Bring the tables up to date in a child for each place, and say by which signal it ended."""
    import thalweg.sql.migrations.steps  # noqa: F401, PLC0415 - what the children would each load

    for where in places:
        child = os.fork()
        if not child:
            migrate_until(url, where)
            os._exit(0)
        _, ended = os.waitpid(child, 0)
        say(os.WTERMSIG(ended))
        sys.stdin.readline()


def migrate_until(url, where):
    """Bring the tables up to date, and die before the statement that begins so, or before the commit."""
    engine = open_engine(url)

    def die(*_told):
        os.kill(os.getpid(), signal.SIGKILL)

    def look(_connection, _cursor, statement, *_more):
        if statement.startswith(where):
            die()

    if where == "COMMIT":
        event.listen(engine, "commit", die)
    event.listen(engine, "before_cursor_execute", look)
    migrate(engine, "catalogue")


if __name__ == "__main__":
    program, url, *more = sys.argv[1:]
    programs = {
        "write": lambda: write_items(url, more[0], int(more[1])),
        "open": lambda: open_at_once(url),
        "load": lambda: load_items(url),
        "look after": lambda: look_after(url, more[0]),
        "migrate": lambda: migrate_many_times(url, more),
    }
    programs[program]()
