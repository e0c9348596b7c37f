"""What the processes of the durability tests do; each runs in an interpreter of its own."""

import sys

from made_items import a_collection, an_item, events_of, new

from thalweg.catalogue.stores.sqlite import open_store


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


if __name__ == "__main__":
    program, url, *more = sys.argv[1:]
    {"write": lambda: write_items(url, more[0], int(more[1])), "open": lambda: open_at_once(url)}[program]()
