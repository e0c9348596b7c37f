"""Follows Collections one Record at a time, and says each, until it is killed; runs in an interpreter of its own."""

import sys
import threading

from thalweg.catalogue.limits import Limits
from thalweg.catalogue.records import following
from thalweg.catalogue.records.followed import Collections
from thalweg.catalogue.stores.sqlite import open_store
from thalweg.sql.engines import open_engine
from thalweg.workspaces.service import Workspaces
from thalweg.workspaces.stores.sql import SqlStore


def say():
    """Tell the test; it waits for the line."""
    sys.stdout.write("told\n")
    sys.stdout.flush()


def main(items, control):
    """Follow for ever."""
    following._PAGE = 1
    store = open_store(items)
    workspaces = Workspaces(SqlStore(open_engine(control)))
    follower = following.Following(store, workspaces, Limits(), [Collections(store)], lambda: ["demo"])
    follower.follow([store.outbox], threading.Event(), say)


if __name__ == "__main__":
    main(*sys.argv[1:])
