"""What the tests of the pgstac store share."""

import sys
from pathlib import Path

import pytest

from thalweg.catalogue.stores.pgstac import open_store

sys.path.append(str(Path(__file__).parents[2] / "cql2"))  # the makers of filters stand with the language

pytestmark = pytest.mark.postgres


@pytest.fixture
def store(pgstac_url):
    """Return a store on an empty database."""
    opened = open_store(pgstac_url)
    yield opened
    opened.close()
