"""What the processes of the durability tests do; each runs in an interpreter of its own."""

import random
import sys
import threading

from made_items import an_item, events_of, new

from thalweg.catalogue.stores.pgstac import open_store


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


if __name__ == "__main__":
    program, url, *more = sys.argv[1:]
    if program == "write":
        write_items(url, more[0], int(more[1]), int(more[2]))
    else:
        open_store(url).close()
