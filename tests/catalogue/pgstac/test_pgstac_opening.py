"""Stores of one server are opened at the same moment."""

import uuid
from concurrent.futures import ThreadPoolExecutor

import psycopg
import pytest

from thalweg.catalogue.stores.pgstac import open_store
from thalweg.core.principals import EVERYTHING
from thalweg.core.queries import ItemQuery

pytestmark = pytest.mark.postgres


def test_new_databases_of_one_server_are_made_at_the_same_moment(postgres_server):
    # Roles belong to the server: two migrations of pgstac change the same rows of its catalogue.
    names = [f"thalweg_{uuid.uuid4().hex}" for _ in range(2)]
    address = postgres_server.rpartition("/")[0]
    with psycopg.connect(postgres_server, autocommit=True) as server:
        for name in names:
            server.execute(f'CREATE DATABASE "{name}"')
        try:
            with ThreadPoolExecutor(2) as threads:
                stores = list(threads.map(lambda name: open_store(f"{address}/{name}"), names))
            for store in stores:
                assert store.find(ItemQuery(), EVERYTHING).found == ()
                store.close()
        finally:
            for name in names:
                server.execute(f'DROP DATABASE "{name}" WITH (FORCE)')
