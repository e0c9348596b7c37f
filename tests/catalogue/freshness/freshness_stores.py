"""On which stores a test of freshness runs."""

import pytest

_PGSTAC = pytest.param("pgstac", marks=pytest.mark.postgres)
on_both = pytest.mark.parametrize("store", ["sqlite", _PGSTAC], indirect=True)
