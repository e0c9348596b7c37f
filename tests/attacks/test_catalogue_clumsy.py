"""What a clumsy or hostile hand sends to the catalogue is answered in words and leaves what is there as it was."""

import gzip

import orjson
import pytest
from promises import item

_LINES = {"content-type": "application/x-ndjson"}


@pytest.mark.parametrize("coding", ["gzip", "deflate", "br, gzip"])
@pytest.mark.parametrize("kind", ["application/json", "application/x-ndjson"])
def test_a_packed_body_is_refused_as_such(ben, coding, kind):
    packed = gzip.compress(orjson.dumps(item(ben.images, "packed")) + b"\n")
    headers = {"content-type": kind, "content-encoding": coding}
    refused = ben.client.post(f"/api/collections/{ben.images}/items", content=packed, headers=headers)
    assert refused.status_code == 415
    assert coding in refused.json()["detail"]
    plain = orjson.dumps(item(ben.images, "plainly")) + b"\n"
    headers = {"content-type": "application/x-ndjson", "content-encoding": "identity"}
    taken = ben.client.post(f"/api/collections/{ben.images}/items", content=plain, headers=headers)
    assert taken.json()["refused"] == 0


def test_what_an_item_was_before_its_end_is_shown_where_it_is_listed(ben):
    address = f"/api/collections/{ben.images}/items"
    first = item(ben.images, "again")
    assert ben.client.post(address, json=first).status_code == 201
    assert ben.client.delete(f"{address}/again").status_code == 204
    assert ben.client.post(address, json={**first, "bbox": [1, 2, 1, 2]}).headers["etag"] != '"1"'
    listed = ben.client.get(f"{address}/again/versions").json()["versions"]
    assert [one["removed"] for one in listed] == [False, True, False]
    leads = [link["href"] for one in listed for link in one["links"]]
    assert [ben.client.get(href).status_code for href in leads] == [200, 200]
    assert ben.client.get(f"{address}/again?version=9").status_code == 404


@pytest.mark.parametrize(
    "line",
    [
        b"\xff\xfe",
        b"NaN",
        b'{"a":1e999}',
        b'{"id":"\\ud800"}',
        b'{"a":' * 5000 + b"1" + b"}" * 5000,
        b"[]",
        b"null",
        b'{"id":"a","id":"b"}',
        b"\xef\xbb\xbf{}",
    ],
)
def test_a_line_that_is_no_item_is_told_of_and_the_next_is_taken(ben, line):
    good = orjson.dumps(item(ben.images, "after-a-bad-line"))
    sent = ben.client.post(f"/api/collections/{ben.images}/items", content=line + b"\n" + good, headers=_LINES)
    assert sent.status_code == 200
    report = sent.json()
    assert (report["read"], report["refused"], [one["line"] for one in report["errors"]]) == (2, 1, [1])
