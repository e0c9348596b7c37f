"""A file of one document a line: what several processes read of it is what one reads."""

import pytest

from thalweg.harvest.sources import ndjson
from thalweg.harvest.sources.ndjson import Ndjson

LINES = (b"", b"{}", b' {"id":"b"}\r', b" \t", b"[]", b'{"id":', b'{"long":"' + b"x" * 40 + b'"}', b"", b'{"id":"c"}')


@pytest.fixture
def small(monkeypatch):
    """Lines as long as the file's longest are too long, blocks end inside of lines."""
    monkeypatch.setattr(ndjson, "LONGEST_LINE", 32)
    monkeypatch.setattr(ndjson, "_BLOCK", 7)


def told(rows):
    return [(row.place, str(row.document), row.done, row.size) for row in rows]


@pytest.mark.parametrize("last", [b"", b"\n", b"\n\n \n"])
@pytest.mark.parametrize("most", [1, 2, 3, 100])
@pytest.mark.parametrize("after", [0, 1, 4, 8])
@pytest.mark.usefixtures("small")
def test_the_parts_of_a_file_are_its_rows_wherever_they_are_cut(tmp_path, last, most, after):
    file = tmp_path / "items.ndjson"
    file.write_bytes(b"\n".join(LINES) + last)
    source = Ndjson(file)
    parts = list(source.parts(after, most))
    assert told(row for part in parts for row in part.rows()) == told(source.rows(after))
    assert all(len(told(part.rows())) <= most for part in parts)
    assert parts[-1].done == source.extent
    assert [part.place for part in parts] == sorted({part.place for part in parts})


def test_an_empty_file_has_no_parts(tmp_path):
    file = tmp_path / "items.ndjson"
    file.touch()
    assert list(Ndjson(file).parts(0, 10)) == []
