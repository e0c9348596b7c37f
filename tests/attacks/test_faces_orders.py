"""What Records are sorted by stands in the address of the next page, which must not grow too long to be asked."""

import pytest

XML = {"content-type": "application/xml"}
_SPACES = 'xmlns:csw="http://www.opengis.net/cat/csw/2.0.2" xmlns:dc="http://purl.org/dc/elements/1.1/"'


def inserted(tenant, name, title):
    """Insert a Record by CSW."""
    record = f"<csw:Record><dc:identifier>{name}</dc:identifier><dc:title>{title}</dc:title></csw:Record>"
    asked = f'<csw:Transaction {_SPACES} service="CSW" version="2.0.2"><csw:Insert>{record}</csw:Insert>'
    return tenant.client.post("/csw", content=f"{asked}</csw:Transaction>", headers=XML)


def test_no_title_makes_the_pages_behind_it_unreachable(ben):
    assert inserted(ben, "long-1", "!" * 4_000).status_code == 200
    assert inserted(ben, "long-2", "é" * 2_000).status_code == 200
    items = f"/records/collections/{ben.id}.records/items"
    page = ben.client.get(items, params={"sortby": "title", "limit": 1, "ids": "long-1,long-2"})
    following = next(one["href"] for one in page.json()["links"] if one["rel"] == "next")
    assert [one["id"] for one in ben.client.get(following).json()["features"]] == ["long-2"]


@pytest.mark.parametrize("title", ["!" * 4_001, "é" * 2_001])
def test_a_title_too_long_to_sort_by_is_refused_by_every_face(ben, title):
    assert inserted(ben, "longer", title).status_code == 413
    told = {"type": "Feature", "id": "longer", "time": None, "geometry": None, "links": []}
    properties = {"type": "dataset", "title": title}
    items = f"/records/collections/{ben.id}.records/items"
    assert inserted(ben, "longest", "x").status_code in (200, 409)
    assert ben.client.post(items, json={**told, "properties": properties}).status_code == 413
    put = ben.client.put(f"{items}/longest", json={**told, "id": "longest", "properties": properties})
    assert put.status_code == 413
