"""Folders of this machine beside the store: read where they lie, never written, never left."""

import os

import pytest

from thalweg.blobs.archives import ArchivedBlobs
from thalweg.blobs.folder import FolderBlobs
from thalweg.core.archives import Archive
from thalweg.core.errors import Forbidden, InvalidParameter, NotFound, PreconditionFailed, RangeNotSatisfiable

HERE = "lab/.archives/old"


@pytest.fixture
def root(tmp_path):
    root = tmp_path / "archive"
    (root / "2018").mkdir(parents=True)
    (root / "2018" / "digits").write_bytes(b"0123456789")
    (tmp_path / "secret").write_bytes(b"of somebody else")
    return root


@pytest.fixture
def blobs(root, tmp_path):
    return ArchivedBlobs(FolderBlobs(tmp_path / "blobs"), [Archive("old", root, ("lab", "sea"))])


def whole(blobs, key, *span):
    return b"".join(blobs.read(key, *span))


def test_a_file_is_read_where_it_lies(blobs, root):
    found = blobs.head(f"{HERE}/2018/digits")
    assert (found.key, found.size) == (f"{HERE}/2018/digits", 10)
    assert found.modified.timestamp() == pytest.approx((root / "2018" / "digits").stat().st_mtime)
    for here in (HERE, "sea/.archives/old"):
        assert whole(blobs, f"{here}/2018/digits") == b"0123456789"
        assert whole(blobs, f"{here}/2018/digits", 3, 5) == b"34"
        assert blobs.ranges(f"{here}/2018/digits", [(8, 10), (0, 1)]) == [b"89", b"0"]
        assert blobs.local_path(f"{here}/2018/digits") == root / "2018" / "digits"
    with pytest.raises(RangeNotSatisfiable):
        blobs.read(f"{HERE}/2018/digits", 10, 11)


@pytest.mark.parametrize(
    "key",
    ["ben/.archives/old/2018/digits", "lab/.archives/new/2018/digits", HERE, f"{HERE}/2018", f"{HERE}/2018/digits/x",
     f"{HERE}/{'x' * 190}", f"{HERE}/2019"],
)  # fmt: skip
def test_what_is_no_file_of_an_archive_of_the_workspace_is_not_there(blobs, key):
    for ask in (blobs.head, blobs.read, lambda key: blobs.ranges(key, [(0, 1)])):
        with pytest.raises(NotFound):
            ask(key)


@pytest.mark.parametrize("path", ["../secret", "2018/../../secret", "/etc/passwd", "2018//digits", "2018\\digits"])
def test_no_path_leaves_the_root(blobs, path):
    for ask in (blobs.head, blobs.read, blobs.local_path):
        with pytest.raises(InvalidParameter):
            ask(f"{HERE}/{path}")


def test_a_link_is_followed_only_inside_of_the_root(blobs, root):
    (root / "latest").symlink_to("2018", target_is_directory=True)
    assert whole(blobs, f"{HERE}/latest/digits") == b"0123456789"
    assert blobs.local_path(f"{HERE}/latest/digits") == root / "2018" / "digits"
    (root / "out").symlink_to("../secret")
    (root / "above").symlink_to("..", target_is_directory=True)
    (root / "round").symlink_to("round")
    for path in ("out", "above/secret", "round"):
        for ask in (blobs.head, blobs.read, blobs.local_path):
            with pytest.raises(NotFound):
                ask(f"{HERE}/{path}")


def test_a_link_put_there_between_look_and_opening_is_not_followed(blobs, root, tmp_path, monkeypatch):
    placed = blobs._placed

    def replaced(key):
        found = placed(key)
        (root / "2018" / "digits").unlink(missing_ok=True)
        (root / "2018" / "digits").symlink_to(tmp_path / "secret")
        return found

    monkeypatch.setattr(blobs, "_placed", replaced)
    with pytest.raises(NotFound):
        blobs.head(f"{HERE}/2018/digits")


def test_what_is_no_plain_file_keeps_nobody_waiting(blobs, root):
    os.mkfifo(root / "pipe")
    with pytest.raises(NotFound):
        blobs.head(f"{HERE}/pipe")


def test_nothing_is_written_into_an_archive(blobs, root):
    for name in ("2018/digits", "new"):
        with pytest.raises(Forbidden):
            blobs.put(f"{HERE}/{name}", [b"x"])
        with pytest.raises(Forbidden):
            blobs.delete(f"{HERE}/{name}")
    with pytest.raises(Forbidden):
        blobs.put("ben/.archives/own", [b"x"])
    assert (root / "2018" / "digits").read_bytes() == b"0123456789"
    assert blobs.list() == []


def test_a_file_that_changes_while_it_is_read_is_not_mixed(blobs, root):
    before = blobs.head(f"{HERE}/2018/digits")
    reading = blobs.read(f"{HERE}/2018/digits")
    (root / "2018" / "digits").write_bytes(b"others")
    assert blobs.head(f"{HERE}/2018/digits").etag != before.etag
    with pytest.raises(PreconditionFailed):
        next(reading)
    with pytest.raises(PreconditionFailed):
        blobs.read(f"{HERE}/2018/digits", etag=before.etag)


def test_a_root_that_is_gone_has_no_files(blobs, root):
    root.rename(root.with_name("moved"))
    for ask in (blobs.head, blobs.read, blobs.local_path):
        with pytest.raises(NotFound):
            ask(f"{HERE}/2018/digits")
