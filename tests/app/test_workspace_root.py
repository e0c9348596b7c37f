"""The catalogue once more, narrowed to one workspace, on a running platform."""

import httpx


def test_a_workspace_has_the_catalogue_of_what_it_holds(platform):
    root = f"{platform.url}/workspaces/demo/api"
    listed = httpx.get(f"{root}/collections").json()["collections"]
    assert listed
    assert all(one["id"].startswith("demo.") for one in listed)
    (item,) = httpx.get(f"{root}/search", params={"ids": "olinda"}).json()["features"]
    links = {link["rel"]: link["href"] for link in item["links"]}
    assert links["self"].startswith(root)
    assert httpx.get(links["self"]).json()["id"] == "olinda"
    assert httpx.get(links["preview"], params={"width": 32}).headers["content-type"] == "image/png"


def test_a_workspace_shows_nothing_of_others(platform):
    root = f"{platform.url}/workspaces/admin/api"
    assert httpx.get(f"{root}/collections/demo.images").status_code == 404
    assert httpx.get(f"{root}/collections/demo.images/items/olinda").status_code == 404
    assert httpx.get(f"{root}/search").json()["features"] == []
