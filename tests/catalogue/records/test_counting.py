"""How many Records there are is told where it is known, and never wrongly."""

from dataclasses import replace

import pytest
from callers import ALICE
from made_items import a_collection

from thalweg.catalogue.limits import Limits
from thalweg.catalogue.records.record import Record

pytestmark = pytest.mark.anyio
ALL = "/records/collections/all/items"


@pytest.fixture
def limits():
    return Limits(counted=3)


@pytest.fixture
def filled(records, catalogue):
    records.ensure_catalogue("demo.library", "Library", "", ALICE)
    guide = Record("g0", type="document", title="Guide")
    records.register([replace(guide, id=f"g{number}") for number in range(5)], "demo.library", ALICE)
    records.register([replace(guide, id=f"m{number}", type="map") for number in range(3)], "demo.library", ALICE)
    for name in "abcd":
        catalogue.register_collection(a_collection(f"demo.{name}", title="Images"), ALICE)


@pytest.mark.usefixtures("filled")
async def test_a_number_is_right_or_is_not_told(records_client):
    for asked, matched, known in (
        ("limit=2", 8, True),
        ("type=map&limit=2", 3, True),
        ("type=document&limit=2", 5, False),
        ("type=document&limit=5", 5, True),
        ("type=document&limit=2&offset=3", 5, True),
        ("ids=g0,g1,g2,g3,g4&limit=2", 5, True),
        ("type=nothing", 0, True),
    ):
        page = (await records_client.get(f"{ALL}?{asked}")).json()
        assert page.get("numberMatched", None if known else matched) == matched, asked
        told = "numberMatched" in page
        assert ("totalResults" in (await records_client.get(f"{ALL}?{asked}&f=atom")).text) is told, asked
        assert (f"{matched} Record" in (await records_client.get(f"{ALL}?{asked}&f=html")).text) is told, asked


@pytest.mark.usefixtures("filled")
async def test_catalogues_are_counted_likewise(records_client):
    asked_for = (("", 6, False), ("q=library", 1, True), ("ids=all,demo.a", 2, True), ("q=images", 4, False))
    for asked, matched, known in asked_for:
        page = (await records_client.get(f"/records/collections?limit=2&{asked}")).json()
        assert page.get("numberMatched", None if known else matched) == matched, asked
