"""Records are kept, loaded again and changed together alike on every store."""

import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from thalweg.catalogue.limits import Limits
from thalweg.catalogue.records.keeping import Planned
from thalweg.catalogue.records.query import RecordQuery
from thalweg.catalogue.records.record import Record, Span
from thalweg.catalogue.records.service import Records
from thalweg.catalogue.stores.pgstac import open_store as open_pgstac
from thalweg.catalogue.stores.sqlite import open_store
from thalweg.core.errors import PreconditionFailed

sys.path.append(str(Path(__file__).parents[1] / "conformance"))

from csw_world import ALICE, World

NAME = "demo.library"


@pytest.fixture(params=["sqlite", pytest.param("pgstac", marks=pytest.mark.postgres)])
def records(request, tmp_path):
    """Return an empty library, whose clock goes on by a day each time that it is looked at."""
    if request.param == "pgstac":
        store = open_pgstac(request.getfixturevalue("pgstac_url"))
    else:
        store = open_store(request.getfixturevalue("items_url"))
    world, times = World(tmp_path, store=store), [datetime(2026, 1, 1, tzinfo=UTC)]

    def clock():
        times.append(times[-1] + timedelta(days=1))
        return times[-1]

    made = Records(store, world.records._policy, Limits(), clock)
    made.ensure_catalogue(NAME, "Library", "For tests.", ALICE)
    yield made
    world.close()


def entries(records):
    return {one.id: one for one in records.search(RecordQuery(catalogues=(NAME,)), ALICE).found}


def test_what_comes_again_is_unchanged_though_it_tells_no_time(records):
    given = [Record("timeless", title="A"), Record("of a time", span=Span("2020-01-01", ".."), title="B")]
    assert [one.outcome for one in records.load(given, NAME, ALICE)] == ["registered"] * 2
    before = entries(records)
    assert [one.outcome for one in records.load(given, NAME, ALICE)] == ["unchanged"] * 2
    assert entries(records) == before
    changed = [Record("timeless", title="C"), Record("broken", geometry={"type": "Point", "coordinates": [900, 0]})]
    assert [one.outcome for one in records.load(changed, NAME, ALICE)] == ["replaced", "refused"]
    assert entries(records)["timeless"].record().title == "C"


def test_changes_are_made_together_or_not(records):
    records.register([Record("kept", title="A"), Record("dropped")], NAME, ALICE)
    now = entries(records)
    planned = Planned(NAME, [Record("new")], [(now["kept"], Record("kept", title="B"))], [now["dropped"]])
    records.apply(planned, ALICE)
    assert {one.id: one.record().title for one in entries(records).values()} == {"kept": "B", "new": ""}
    with pytest.raises(PreconditionFailed):
        records.apply(Planned(NAME, [Record("newer")], [(now["kept"], Record("kept", title="C"))]), ALICE)
    assert set(entries(records)) == {"kept", "new"}
