"""What every object store promises: a local folder, and S3 as moto's server plays it on loopback."""

import threading
import warnings

import pytest

from thalweg.blobs.archives import ArchivedBlobs
from thalweg.blobs.folder import FolderBlobs
from thalweg.blobs.s3 import PART, S3Access, S3Blobs
from thalweg.core.errors import InvalidParameter, NotFound, PreconditionFailed, RangeNotSatisfiable, TooLarge


@pytest.fixture(scope="session")
def moto_endpoint():
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # moto's own imports
        from moto.server import ThreadedMotoServer  # noqa: PLC0415

    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()


@pytest.fixture
def s3_client(moto_endpoint):
    import boto3  # noqa: PLC0415

    keys = {"aws_access_key_id": "key", "aws_secret_access_key": "secret", "region_name": "us-east-1"}
    client = boto3.client("s3", endpoint_url=moto_endpoint, **keys)
    client.create_bucket(Bucket="things")
    yield client
    for found in client.list_objects_v2(Bucket="things").get("Contents", []):
        client.delete_object(Bucket="things", Key=found["Key"])
    client.close()


@pytest.fixture(params=["folder", "archived", "s3"])
def blobs(request, tmp_path):
    if request.param != "s3":
        folder = FolderBlobs(tmp_path / "blobs")
        return folder if request.param == "folder" else ArchivedBlobs(folder, ())
    request.getfixturevalue("s3_client")
    endpoint = request.getfixturevalue("moto_endpoint")
    return S3Blobs("things", "some/prefix", S3Access(endpoint, "us-east-1", "key", "secret"))


def whole(blobs, key, *span):
    return b"".join(blobs.read(key, *span))


def test_what_is_put_is_there(blobs):
    put = blobs.put("a/b c.tif", [b"one ", b"", b"two"])
    assert put == blobs.head("a/b c.tif")
    assert (put.key, put.size) == ("a/b c.tif", 7)
    assert put.etag.startswith('"')
    assert put.etag.endswith('"')
    assert put.modified.tzinfo is not None
    assert whole(blobs, "a/b c.tif") == b"one two"


def test_an_empty_object_is_an_object(blobs):
    assert blobs.put("empty", []).size == 0
    assert whole(blobs, "empty") == b""


def test_a_second_put_replaces_and_changes_the_etag(blobs):
    first = blobs.put("a", [b"first"])
    second = blobs.put("a", [b"other"])
    assert first.etag != second.etag
    assert whole(blobs, "a") == b"other"


def test_many_parts_become_one_object(blobs):
    parts = [bytes([n]) * (PART // 2 + 1) for n in range(5)]
    assert blobs.put("large", iter(parts)).size == sum(map(len, parts))
    assert whole(blobs, "large") == b"".join(parts)


@pytest.mark.parametrize("size", [10, 3 * PART])
def test_what_fails_on_the_way_leaves_nothing(blobs, size):
    def broken():
        yield b"x" * size
        raise ConnectionResetError("the caller went away")

    with pytest.raises(ConnectionResetError):
        blobs.put("a/broken", broken())
    with pytest.raises(NotFound):
        blobs.head("a/broken")
    assert blobs.list() == []


def test_an_upload_in_parts_that_fails_leaves_no_parts_to_be_paid_for(moto_endpoint, s3_client):
    blobs = S3Blobs("things", access=S3Access(moto_endpoint, "us-east-1", "key", "secret"))
    with pytest.raises(TooLarge):
        blobs.put("large", iter([b"x" * PART] * 3), at_most=2 * PART)
    assert "Uploads" not in s3_client.list_multipart_uploads(Bucket="things")


@pytest.mark.parametrize("size", [11, 2 * PART])
def test_a_bound_is_kept_and_what_stood_there_stays(blobs, size):
    blobs.put("a", [b"before"])
    with pytest.raises(TooLarge):
        blobs.put("a", iter([b"x" * size]), at_most=10)
    assert whole(blobs, "a") == b"before"
    assert blobs.put("a", [b"x" * 10], at_most=10).size == 10


@pytest.mark.parametrize(
    ("start", "end", "expected"),
    [(0, None, b"0123456789"), (3, 5, b"34"), (8, 100, b"89"), (9, 10, b"9"), (4, 4, b""), (10, None, b"")],
)
def test_ranges_are_half_open_and_cut_at_the_end(blobs, start, end, expected):
    blobs.put("digits", [b"0123456789"])
    assert whole(blobs, "digits", start, end) == expected


@pytest.mark.parametrize(("start", "end"), [(10, 11), (11, None), (-1, 3), (5, 4)])
def test_a_range_outside_is_refused(blobs, start, end):
    blobs.put("digits", [b"0123456789"])
    with pytest.raises(RangeNotSatisfiable):
        blobs.read("digits", start, end)


def test_several_ranges_come_at_once(blobs):
    blobs.put("digits", [b"0123456789"])
    assert blobs.ranges("digits", [(0, 2), (5, 9), (1, 2)]) == [b"01", b"5678", b"1"]
    assert blobs.ranges("digits", []) == []


def test_a_read_may_insist_on_a_version(blobs):
    first = blobs.put("a", [b"first"])
    assert b"".join(blobs.read("a", etag=first.etag)) == b"first"
    blobs.put("a", [b"second"])
    with pytest.raises(PreconditionFailed):
        blobs.read("a", etag=first.etag)


def test_a_list_pages_by_key(blobs):
    for key in ("b/2", "a", "b/1", "b/c/3", "bb"):
        blobs.put(key, [b"x"])
    assert [blob.key for blob in blobs.list()] == ["a", "b/1", "b/2", "b/c/3", "bb"]
    assert [blob.key for blob in blobs.list("b")] == ["b/1", "b/2", "b/c/3"]
    assert [blob.key for blob in blobs.list("b/")] == ["b/1", "b/2", "b/c/3"]
    assert [blob.key for blob in blobs.list(limit=2)] == ["a", "b/1"]
    assert [blob.key for blob in blobs.list(after="b/1", limit=2)] == ["b/2", "b/c/3"]
    assert blobs.list("nothing") == []


def test_a_deleted_object_is_gone_and_deleting_again_is_quiet(blobs):
    blobs.put("a/b", [b"x"])
    blobs.delete("a/b")
    blobs.delete("a/b")
    blobs.delete("never/was")
    for ask in (blobs.head, blobs.read, lambda key: blobs.ranges(key, [(0, 1)])):
        with pytest.raises(NotFound):
            ask("a/b")
    assert blobs.list() == []


@pytest.mark.parametrize("key", ["../x", "/x", "a//b", "a\\b", "", "a/../../x", "a\x00b", "x#1"])
def test_a_key_that_is_no_path_is_refused_everywhere(blobs, key):
    asks = (blobs.head, blobs.read, blobs.delete, blobs.local_path, lambda k: blobs.put(k, [b"x"]))
    for ask in (*asks, lambda k: blobs.ranges(k, [(0, 1)])):
        with pytest.raises(InvalidParameter):
            ask(key)


@pytest.mark.parametrize("key", ["é/日本.tif", "a+b&c=d?.tif", "100%/%41.tif", "a:b*c.tif", "..a/...", "x" * 200])
def test_unusual_names_come_back_as_they_went(blobs, key):
    blobs.put(key, [b"x"])
    assert blobs.head(key).key == key
    assert [blob.key for blob in blobs.list()] == [key]
    assert whole(blobs, key) == b"x"


def test_readers_see_the_old_or_the_new_never_a_mixture(blobs):
    sizes, seen, stop = (40_000, 70_000), set(), threading.Event()
    blobs.put("a", [bytes([0]) * sizes[0]])

    def read():
        while not stop.is_set():
            try:
                found = whole(blobs, "a")
            except PreconditionFailed:  # replaced between the two questions of a read: it says so
                continue
            seen.add((len(found), len(set(found))))

    readers = [threading.Thread(target=read) for _ in range(2)]
    for reader in readers:
        reader.start()
    for n in range(40):
        blobs.put("a", [bytes([n % 2]) * (sizes[n % 2] // 10)] * 10)
    stop.set()
    for reader in readers:
        reader.join()
    assert seen <= {(sizes[0], 1), (sizes[1], 1)}
