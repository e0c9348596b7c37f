"""What the processes of the durability tests do; each runs in an interpreter of its own."""

import random
import sys
import threading

from made_items import an_item, events_of, new

from thalweg.catalogue import copying
from thalweg.catalogue.stores.pgstac import open_store
from thalweg.catalogue.stores.sqlite import open_store as open_sqlite


def write_items(url, writer, batch, times):
    """Register batches, and say of each, once it is accepted, which it was."""
    store, pause = open_store(url), threading.Event()
    for number in range(times):
        items = new(*(an_item(f"{writer}-{number}-{n}", ("swot", "sentinel-2")[n % 2]) for n in range(batch)))
        pause.wait(random.random() / 50)  # noqa: S311 - a delay is no secret
        store.register(items, events_of(items))
        sys.stdout.write(f"{writer}-{number}\n")
        sys.stdout.flush()
    store.close()


def copy(source, target):
    """Copy one store into another in small steps, and say each."""
    copying._AT_ONCE = 40

    def say(step, done, _total):
        sys.stdout.write(f"{step} {done}\n")
        sys.stdout.flush()

    stores = [(open_sqlite if url.startswith("sqlite") else open_store)(url) for url in (source, target)]
    copying.copy_store(*stores, say)


if __name__ == "__main__":
    program, url, *more = sys.argv[1:]
    if program == "write":
        write_items(url, more[0], int(more[1]), int(more[2]))
    elif program == "copy":
        copy(url, more[0])
    else:
        open_store(url).close()
