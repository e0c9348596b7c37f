"""Zip archives of strangers are read in place, or refused before a byte is inflated."""

import struct
import zipfile

import pytest

from thalweg.core.errors import InvalidParameter, NotFound, TooLarge
from thalweg.guard import archives
from thalweg.guard.archives import Archive


@pytest.fixture
def zipped(tmp_path):
    def write(members, method=zipfile.ZIP_DEFLATED):
        path = tmp_path / "a.zip"
        with zipfile.ZipFile(path, "w", method) as archive:
            for name, content in members:
                archive.writestr(name, content)
        return path

    return write


def test_members_are_read_by_their_names(zipped):
    with Archive(zipped([("a/b.xml", b"<a/>"), ("a/", b""), ("c.txt", b"c" * 3_000_000)])) as archive:
        assert archive.names() == ("a/b.xml", "c.txt")
        assert archive.read("a/b.xml", 100) == b"<a/>"
        assert archive.size("c.txt") == sum(map(len, archive.chunks("c.txt"))) == 3_000_000
        assert not archive.has("a")
        with pytest.raises(NotFound):
            archive.read("d", 100)
        with pytest.raises(TooLarge):
            archive.read("c.txt", 100)


@pytest.mark.parametrize("name", ["../x", "/etc/passwd", "a/../../x", "a\\b", "a//b", "x\x1by", "a/./b", "C:\\x"])
def test_names_that_lead_out_are_refused(zipped, name):
    with pytest.raises(InvalidParameter):
        Archive(zipped([("good", b"1"), (name, b"2")]))


def test_a_link_is_refused(tmp_path):
    path = tmp_path / "l.zip"
    with zipfile.ZipFile(path, "w") as archive:
        link = zipfile.ZipInfo("passwd")
        link.external_attr = 0o120777 << 16
        archive.writestr(link, "/etc/passwd")
    with pytest.raises(InvalidParameter, match="link"):
        Archive(path)


def test_a_bomb_is_refused_before_it_is_inflated(zipped):
    with pytest.raises(TooLarge, match="250 times"):
        Archive(zipped([("zeros", bytes(80 * 1024 * 1024))]))


def test_two_members_of_one_name_are_refused(zipped):
    with pytest.warns(UserWarning, match="Duplicate name"), pytest.raises(InvalidParameter, match="two members"):
        Archive(zipped([("a", b"1"), ("a", b"2")]))


def test_members_that_share_bytes_are_refused(zipped):
    path = zipped([("a", b"1" * 100), ("b", b"1" * 100)], zipfile.ZIP_STORED)
    content = bytearray(path.read_bytes())
    second = content.rindex(b"PK\x01\x02")
    struct.pack_into("<L", content, second + 42, 0)  # the second member begins where the first does
    path.write_bytes(content)
    with pytest.raises(InvalidParameter, match="overlap"):
        Archive(path)


def test_more_members_than_may_be_are_refused_by_the_count_at_the_end(zipped, monkeypatch):
    path = zipped([(f"{n}", b"") for n in range(20)])
    monkeypatch.setattr(archives, "MOST_MEMBERS", 10)
    with pytest.raises(TooLarge, match="more than 10"):
        Archive(path)


def test_encrypted_and_strange_methods_are_refused(zipped):
    path = zipped([("a", b"1" * 100)])
    with zipfile.ZipFile(path, "w", zipfile.ZIP_LZMA) as archive:
        archive.writestr("a", b"1")
    with pytest.raises(InvalidParameter, match="method"):
        Archive(path)
    content = bytearray(zipped([("a", b"1")]).read_bytes())
    content[content.index(b"PK\x01\x02") + 8] |= 1
    path.write_bytes(content)
    with pytest.raises(InvalidParameter, match="encrypted"):
        Archive(path)


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04", b"words", b"PK\x05\x06" + bytes(10)])
def test_what_is_no_archive_is_refused(tmp_path, content):
    (tmp_path / "a.zip").write_bytes(content)
    with pytest.raises(InvalidParameter):
        Archive(tmp_path / "a.zip")
    with pytest.raises(NotFound):
        Archive(tmp_path / "none.zip")


def test_a_cut_archive_is_refused(zipped):
    path = zipped([("a", bytes(range(256)) * 100)])
    path.write_bytes(path.read_bytes()[:-40])
    with pytest.raises(InvalidParameter):
        Archive(path)


def test_a_broken_member_is_refused_when_it_is_read(zipped):
    path = zipped([("a", bytes(range(256)) * 100)], zipfile.ZIP_STORED)
    content = bytearray(path.read_bytes())
    content[100] ^= 0xFF
    path.write_bytes(content)
    with Archive(path) as archive, pytest.raises(InvalidParameter, match="broken"):
        archive.read("a", 100_000)
