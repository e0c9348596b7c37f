"""A small catalogue that is asked through its API: two Collections for anyone, and one for Alice alone."""

import pytest
from callers import ALICE
from made_items import a_collection, an_item

PLATFORMS = ("sentinel-2a", "sentinel-2b", "landsat-8")


@pytest.fixture
def filled(catalogue):
    """Return the catalogue with 12 Items in demo.images, 2 in demo.lakes and 1 that Alice sees."""
    catalogue.register_collection(
        a_collection(
            "demo.images", title="Images of rivers", description="Rivers seen from above.", keywords=["rivers"]
        ),
        ALICE,
    )
    catalogue.register_collection(
        a_collection(
            "demo.lakes",
            title="Lakes",
            extent={
                "spatial": {"bbox": [[20, 20, 30, 30]]},
                "temporal": {"interval": [["2010-01-01T00:00:00Z", "2012-01-01T00:00:00Z"]]},
            },
        ),
        ALICE,
    )
    catalogue.register_collection(a_collection("alice.results", title="Secret rivers"), ALICE)
    images = [
        an_item(f"i{n:02}", "demo.images", datetime=f"2024-{n:02}-01T00:00:00Z", **_said(n)) for n in range(1, 13)
    ]
    lakes = [an_item(f"l{n}", "demo.lakes", box=(20, 20, 21, 21), datetime=f"2011-0{n}-01T00:00:00Z") for n in (1, 2)]
    hidden = an_item("secret", "alice.results", properties={"platform": "hidden-1", "eo:cloud_cover": 99.5})
    catalogue.register([*images, *lakes], ALICE)
    catalogue.register([hidden], ALICE)
    return catalogue


def _said(n):
    return {
        "properties": {
            "title": f"The river Po, number {n}" if n % 2 else f"A lake, 100% wet_{n}",
            "platform": PLATFORMS[n % 3],
            "eo:cloud_cover": n * 7.5,
            "orbit": n,
            "checked": n % 2 == 0,
            "instruments": ["msi", "extra"] if n == 1 else ["msi"],
            "created": f"2024-{n:02}-02T00:00:00Z",
        }
    }
