"""What a local folder promises beyond the contract: kill -9, links, and the files themselves."""

import signal
import subprocess
import sys
import threading

import pytest

from thalweg.blobs.folder import FolderBlobs
from thalweg.blobs.opening import open_blobs
from thalweg.blobs.s3 import S3Blobs
from thalweg.core.errors import Conflict, InvalidParameter

WRITER = """
import sys
from pathlib import Path
from thalweg.blobs.folder import FolderBlobs

def chunks():
    yield b"new" * 100_000
    print("half", flush=True)
    sys.stdin.read()
    yield b"end"

FolderBlobs(Path(sys.argv[1])).put("a/b", chunks())
"""


@pytest.fixture
def half_written(tmp_path):
    """Start a writer and wait until it is in the middle of its file."""
    FolderBlobs(tmp_path).put("a/b", [b"old"])
    with subprocess.Popen(
        [sys.executable, "-c", WRITER, str(tmp_path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as writer:
        assert writer.stdout.readline() == b"half\n"
        yield writer
        writer.kill()


def test_a_killed_writer_leaves_the_old_object_and_its_staging_is_swept(tmp_path, half_written):
    assert len(list((tmp_path / ".staging").iterdir())) == 1
    half_written.send_signal(signal.SIGKILL)
    half_written.wait()
    blobs = FolderBlobs(tmp_path)
    assert b"".join(blobs.read("a/b")) == b"old"
    assert [blob.key for blob in blobs.list()] == ["a/b"]
    assert list((tmp_path / ".staging").iterdir()) == []


def test_a_living_writer_is_not_swept(tmp_path, half_written):
    blobs = FolderBlobs(tmp_path)
    assert len(list((tmp_path / ".staging").iterdir())) == 1
    half_written.stdin.close()
    assert half_written.wait() == 0
    assert blobs.head("a/b").size == 300_003


def test_a_link_out_of_the_folder_is_refused(tmp_path):
    (tmp_path / "secret").write_bytes(b"secret")
    blobs = FolderBlobs(tmp_path / "blobs")
    (tmp_path / "blobs" / "link").symlink_to(tmp_path)
    (tmp_path / "blobs" / "file").symlink_to(tmp_path / "secret")
    for key in ("link/secret", "file", "link/new"):
        for ask in (blobs.head, blobs.read, blobs.delete, blobs.local_path, lambda k: blobs.put(k, [b"x"])):
            with pytest.raises(InvalidParameter):
                ask(key)
    assert (tmp_path / "secret").read_bytes() == b"secret"


def test_the_stores_own_folder_is_no_key(tmp_path):
    blobs = FolderBlobs(tmp_path)
    with pytest.raises(InvalidParameter):
        blobs.put(".staging/x", [b"x"])


def test_a_key_through_a_file_is_a_conflict(tmp_path):
    blobs = FolderBlobs(tmp_path)
    blobs.put("a/b", [b"x"])
    for key in ("a", "a/b/c"):
        with pytest.raises(Conflict):
            blobs.put(key, [b"y"])
    assert b"".join(blobs.read("a/b")) == b"x"


def test_the_file_is_where_it_is_said_to_be(tmp_path):
    blobs = open_blobs((tmp_path / "with space").as_uri())
    blobs.put("a/b.tif", [b"x"])
    assert blobs.local_path("a/b.tif").read_bytes() == b"x"
    assert blobs.local_path("a/b.tif") == tmp_path / "with space/a/b.tif"


def test_deleting_takes_empty_folders_along_and_writers_do_not_mind(tmp_path):
    blobs = FolderBlobs(tmp_path)
    blobs.put("a/b/c", [b"x"])
    blobs.delete("a/b/c")
    assert not (tmp_path / "a").exists()

    def delete():
        for _ in range(200):
            blobs.delete("a/b/c")

    deleter = threading.Thread(target=delete)
    deleter.start()
    for n in range(100):
        blobs.put(f"a/b/{n}", [b"x"])
        blobs.delete(f"a/b/{n}")
    deleter.join()
    assert blobs.list() == []


def test_a_url_chooses_the_store(tmp_path):
    assert isinstance(open_blobs(tmp_path.as_uri()), FolderBlobs)
    assert isinstance(open_blobs("s3://bucket/some/prefix"), S3Blobs)
    for url in ("gopher://x/", "relative/path", "file://elsewhere/x", "s3:///nothing", ""):
        with pytest.raises(InvalidParameter):
            open_blobs(url)
