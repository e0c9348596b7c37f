"""An attacker's table of paths against the one resolver."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from thalweg.core.errors import InvalidParameter
from thalweg.guard.paths import below, relative_path

REFUSED = [
    "", ".", "..", "/", "/etc/passwd", "../x", "a/../b", "a/..", "a/./b", "a//b", "a/", "//a", "a\\b", "..\\x",
    "C:\\x", "a\x00b", "a\nb", "a\x7fb", "a\u202eb", "a\u2028b", "a\ud800b", " a", "a ", "a/ b", "a\u00a0", "a#1",
    "x" * 201, "/".join(["abcdefgh"] * 200), "é" * 101,
]  # fmt: skip

TAKEN = [
    "a",
    "a.tif",
    "a/b c/d.tif",
    "%2e%2e/x",
    "...",
    "..a",
    ".zattrs",
    "naïve/é.tif",
    "a#b",
    "日本/地図.tif",
    "a:b",
    "a!b",
]


@pytest.mark.parametrize("text", REFUSED)
def test_what_is_no_relative_path_is_refused(text):
    with pytest.raises(InvalidParameter, match=r"^name: "):
        relative_path(text, "name")


@pytest.mark.parametrize("text", TAKEN)
def test_ordinary_names_are_taken_as_they_are(text):
    assert relative_path(text) == text


def test_two_spellings_of_one_name_are_one():
    assert relative_path("e\u0301.tif") == relative_path("é.tif") == "é.tif"


@given(st.text(max_size=60))
def test_nothing_that_passes_leaves_the_root(tmp_path_factory, text):
    root = tmp_path_factory.getbasetemp()
    try:
        place = below(root, text)
    except InvalidParameter:
        return
    assert root.resolve() in place.resolve().parents


def test_a_link_out_of_the_root_is_refused_and_one_inside_is_followed(tmp_path):
    root, outside = tmp_path / "root", tmp_path / "outside"
    (root / "in").mkdir(parents=True)
    outside.mkdir()
    (root / "out").symlink_to(outside)
    (root / "absolute").symlink_to("/etc")
    (root / "again").symlink_to(root / "in")
    for path in ("out", "out/x", "absolute/passwd"):
        with pytest.raises(InvalidParameter):
            below(root, path)
    assert below(root, "again/x").parent.resolve() == root / "in"
