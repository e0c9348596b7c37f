"""Whatever is sent, the answer is a refusal that says why, never a failure of ours."""

import json

import pytest
from promises import empty_tiff, item, nested

OLINDA = "/api/collections/demo.images/items/olinda"
JSON = {"content-type": "application/json"}
_HUGE = "9" * 5000
_RING = [[(i * 7919) % 97 - 48, (i * 104_729) % 89 - 44] for i in range(2000)]


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/api/search?bbox=nan,nan,nan,nan", 400),
        ("/api/search?bbox=1e400,0,1,1", 400),
        (f"/api/search?limit={_HUGE}", 400),
        ("/api/search?limit=-1", 400),
        ("/api/search?limit=99999999999999999999999", 200),
        ("/api/search?datetime=0001-01-01T00:00:00%2B23:59", 400),
        ("/api/search?token=AAAA", 400),
        (f"/api/search?token=AAAA&intersects={nested(500)}", 400),
        ("/api/search?intersects=" + "[" * 900, 400),
        ("/api/search?collections=a%00b", 200),
        ("/api/search?%00=1", 400),
        ("/api/collections/%00", 404),
        ("/api/collections/DEMO.images", 404),
        ("/api/collections/demo.images/items/..%2f..%2fdemo.images", 404),
        (f"{OLINDA}/xyz/99/0/0.png", 404),
        (f"{OLINDA}/xyz/{_HUGE}/0/0.png", 400),
        (f"{OLINDA}/xyz/24/99999999999999999999/0.png", 404),
        (f"{OLINDA}/preview.png?width=2049", 400),
        (f"{OLINDA}/preview.png?bands={','.join(['1'] * 10_000)}", 400),
        (f"{OLINDA}/preview.png?rescale=nan,1", 400),
        (f"{OLINDA}/preview.png?width=16&bands=1&rescale=-1e308,1e308", 200),
        (f"{OLINDA}/map/tiles/x%00/0/0/0", 404),
        ("/api/jobs?minDuration=inf", 400),
        ("/api/jobs?maxDuration=1e400", 400),
        ("/api/jobs?token=%00", 200),
        (f"/api/jobs/x/logs?after={_HUGE}", 400),
        ("/api/processes/..%2fwater-mask", 404),
        ("/workspaces/demo/files/..%2f..%2fcontrol.sqlite", 400),
        ("/workspaces/demo/files/%2e%2e/%2e%2e/control.sqlite", 400),
        ("/workspaces/demo/files/a%0d%0ab", 404),
        ("/workspaces/%00/files", 404),
        ("/workspaces/demo/files?folder=..", 400),
        ("/auth/login?token=%F0%9F%98%80", 401),
        (f"/assets/{'a' * 3000}.js", 404),
        ("/assets/..%2f..%2f__init__.py", 404),
    ],
)
def test_an_odd_address_is_answered_in_words(ben, path, status):
    answer = ben.client.get(path)
    assert answer.status_code == status
    if status >= 400:
        assert answer.json()["status"] == status


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"null",
        b"[]",
        b"NaN",
        b'{"limit":1e999}',
        b"\xff\xfe",
        b'{"id":"\\ud800"}',
        nested(10_000).encode(),
        nested(300).encode(),
        b'{"token":"AAAA","intersects":' + nested(300).encode() + b"}",
        b'{"inputs":{"image":"demo.images/olinda","bands":{"green":' + nested(300).encode() + b"}}}",
        b'{"inputs":{"image":"demo.images/olinda","bands":{"green":99999999999999999999,"nir":1}}}',
        json.dumps({"intersects": {"type": "Polygon", "coordinates": [[*_RING, _RING[0]]]}}).encode(),
    ],
)
@pytest.mark.parametrize(
    "path", ["/api/search", "/api/collections", "/api/processes/water-mask/execution", "/workspaces"]
)
def test_an_odd_body_is_refused(ben, path, body):
    assert ben.client.post(path, content=body, headers=JSON).status_code in (400, 413)


@pytest.mark.parametrize("odd", [5, True, "x", [5], ["x"], [None], {"a": 1}, [{"name": {"a": 1}}]], ids=repr)
@pytest.mark.parametrize("member", ["bands", "classification:classes", "roles"])
def test_what_an_older_item_says_of_its_bands_may_be_anything(ben, member, odd):
    href = f"thalweg:/workspaces/{ben.id}/files/none.tif"
    asset = {"href": href, "type": "image/tiff", member: odd}
    name = f"odd-{member.partition(':')[0]}-{abs(hash(repr(odd)))}"
    document = item(ben.images, name, stac_version="1.0.0", assets={"data": asset})
    document["properties"]["attribution"] = odd
    added = ben.client.post(f"/api/collections/{ben.images}/items", json=document)
    assert added.status_code in (201, 400)
    if added.status_code == 201:
        for picture in ("tilejson.json", "preview.png", "xyz/0/0/0.png"):
            assert ben.client.get(f"/api/collections/{ben.images}/items/{name}/{picture}").status_code == 404
        asked = {"inputs": {"image": f"{ben.images}/{name}"}}
        assert ben.client.post("/api/processes/water-mask/execution", json=asked).status_code == 400


@pytest.mark.parametrize(
    ("content", "status"),
    [
        (empty_tiff(2_000_000), 413),
        (empty_tiff(100_000), 413),
        (empty_tiff(16, 16, bands=1001), 413),
        (empty_tiff(64, 64, epsg=32600), 400),
        (b"<VRTDataset rasterXSize='1' rasterYSize='1'/>", 415),
        (b"PK\3\4" + bytes(99), 415),
        (b"SQLite format 3\0" + bytes(99), 415),
        (b"\x89HDF\r\n\x1a\n" + bytes(99), 415),
        (b"II*\0", 400),
        (b"", 415),
    ],
    ids=["2000000", "100000", "bands", "crs", "vrt", "zip", "geopackage", "hdf5", "header", "nothing"],
)
def test_a_file_that_is_not_what_it_claims_is_refused_at_once(ben, content, status):
    refused = ben.client.post(f"/workspaces/{ben.id}/add", params={"name": "scene.tif"}, content=content)
    assert refused.status_code == status


def test_every_broken_header_is_refused_or_read(ben):
    whole = empty_tiff(64, 64)
    for place in range(8, len(whole), 5):
        broken = bytearray(whole)
        broken[place] ^= 0xFF
        added = ben.client.post(f"/workspaces/{ben.id}/add", params={"name": "m.tif"}, content=bytes(broken))
        assert added.status_code in (201, 400, 413, 415), place


@pytest.mark.parametrize("name", ["a\r\nX: y", "../../etc/x.tif", "x\0.tif", "/", "\u202e.tif", "%2e%2e/x"])
def test_a_file_name_stays_a_name(ben, name):
    added = ben.client.post(f"/workspaces/{ben.id}/add", params={"name": name}, content=empty_tiff(64, 64))
    assert added.status_code == 201, added.text
    assert "x" not in added.headers
    assert added.json()["assets"]["data"]["href"].startswith(f"{ben.client.base_url}/workspaces/{ben.id}/files/images/")


@pytest.mark.parametrize(
    "package",
    [
        'cwlVersion: v1.2\n$graph: [{class: Workflow, id: q, label: "\\ud800"}, {class: CommandLineTool, id: t}]',
        'cwlVersion: v1.2\n$graph: [{$import: "file:///etc/passwd"}]',
        "a: &x [*x]",
        "!!python/object:os.system x",
        "[" * 100_000,
        'executionUnit: {href: "http://127.0.0.1/"}',
    ],
    ids=["surrogate", "import", "alias", "object", "deep", "reference"],
)
def test_a_package_that_reaches_out_is_refused(platform, package):
    with platform.client() as admin:
        sent = admin.post("/api/processes", content=package, headers={"content-type": "application/cwl+yaml"})
    assert sent.status_code in (400, 501)
