"""What Records are sorted by stands in the address of the next page, which must not grow too long to be asked."""

import pytest
from promises import collection, item

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


def titled(of, name, title):
    """Return an Item of a Collection by its title."""
    return {**item(of, name), "properties": {"datetime": "2024-01-01T00:00:00Z", "title": title}}


def test_a_title_of_any_length_is_passed_by_the_pages_of_items(ben, eve):
    long = "m" * 100_000
    titles = {"first": "a", "long-1": f"{long}1", "long-2": f"{long}2", "long-3": f"{long}2", "last": "z"}
    of = f"{ben.id}.titles"
    at = f"/api/collections/{of}/items"
    assert ben.client.post("/api/collections", json=collection(of)).status_code == 201
    for name, title in titles.items():
        assert ben.client.post(at, json=titled(of, name, title)).status_code == 201
    asked = {"sortby": "title,id", "limit": 1, "fields": "id"}

    def walked(answer, towards):
        while True:
            page = answer.json()
            yield page["features"][0]["id"]
            links = {one["rel"]: one for one in page["links"]}
            if towards not in links:
                return
            token = links[towards].get("body", {}).get("token", links[towards]["href"])
            assert len(token) < 4_000
            seen.append(token)
            answer = ben.client.get(token) if token.startswith("http") else post(token)

    def post(token=None):
        sorting = [{"field": one, "direction": "asc"} for one in ("title", "id")]
        told = {"collections": [of], "sortby": sorting, "limit": 1, **({"token": token} if token else {})}
        return ben.client.post("/api/search", json=told)

    seen = []
    assert list(walked(ben.client.get(at, params=asked), "next")) == list(titles)
    assert list(walked(ben.client.get(seen[-1]), "prev")) == list(reversed(titles))
    assert list(walked(post(), "next")) == list(titles)
    records = {"sortby": "title", "limit": 1, "type": "item", "filter": "title LIKE 'mmmmmm%'"}
    found = list(walked(ben.client.get("/records/collections/all/items", params=records), "next"))
    assert sorted(found) == [f"{of}:long-{number}" for number in (1, 2, 3)]

    # Nobody knows where a page ended once what it ended with has changed; and who may not see it learns nothing.
    seen = []
    assert list(walked(ben.client.get(at, params=asked), "next")) == list(titles)
    assert ben.client.put(f"{at}/long-1", json=titled(of, "long-1", "b")).status_code in (200, 204)
    refused = ben.client.get(seen[1])
    assert (refused.status_code, refused.json()["parameter"]) == (400, "token")
    assert ben.client.delete(f"{at}/long-2").status_code == 204
    assert (ben.client.get(seen[2]).status_code, eve.client.get(seen[2]).status_code) == (400, 404)
