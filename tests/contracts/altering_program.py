"""Alters three Items of a store, and is killed when all of it is written but the last event."""

import os
import signal
import sys
from collections.abc import Mapping

from made_items import an_item, new

from thalweg.catalogue.alterations import Addition, Removal, Replacement
from thalweg.core.events import Event


class Deadly(Mapping):
    """The data of an event, at whose first look the process dies."""

    def __getitem__(self, name):
        raise KeyError(name)

    def __iter__(self):
        os.kill(os.getpid(), signal.SIGKILL)
        return iter(())

    def __len__(self):
        return 1

    def values(self):
        os.kill(os.getpid(), signal.SIGKILL)


def told(kind, item_id, **data):
    return Event(kind, f"swot/{item_id}", "public/anyone", data)


def alterations(last=None):
    """Return an Item that is new, one changed and one removed; ``last`` is the data of the last event."""
    (came,) = new(an_item("came"))
    (changed,) = new(an_item("changed", properties={"title": "now"}))
    return (
        Addition(came, told("item.registered", "came")),
        Replacement(changed, 1, told("item.changed", "changed")),
        Removal("swot", "gone", 1, Event("item.removed", "swot/gone", "public/anyone", {} if last is None else last)),
    )


if __name__ == "__main__":
    if sys.argv[1].startswith("sqlite"):
        from thalweg.catalogue.stores.sqlite import open_store
    else:
        from thalweg.catalogue.stores.pgstac import open_store
    open_store(sys.argv[1]).apply(alterations(Deadly()))
