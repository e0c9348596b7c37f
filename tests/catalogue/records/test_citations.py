"""What programs that keep references are given: each form by its own grammar, of real records."""

import re

import orjson
import pytest

from thalweg.catalogue.records.readers.any import read
from thalweg.catalogue.records.writers import citation

_FIELD = re.compile(r"\s*(\w+) = \{")
_TAGS = {"TY", "ID", "TI", "AU", "PB", "PY", "DA", "DO", "UR", "ET", "AB", "KW", "ER"}
_VARIABLES = {"id", "type", "title", "author", "publisher", "issued", "DOI", "URL", "version", "abstract", "keyword"}


def within_braces(text, start):
    """Return the end of what a brace before ``start`` encloses: BibTeX counts braces, those behind a backslash too."""
    depth = 1
    for place in range(start, len(text)):
        depth += {"{": 1, "}": -1}.get(text[place], 0)
        if depth == 0:
            return place
    raise AssertionError(f"a brace is not closed: {text[start:][:80]}")


def parsed(entry):
    """Return the key and the fields of one entry of BibTeX, read by its grammar."""
    begun = re.match(r"@misc\{([A-Za-z0-9:._-]+),\n", entry)
    fields, place = {}, begun.end()
    while field := _FIELD.match(entry, place):
        end = within_braces(entry, field.end())
        fields[field[1]] = entry[field.end() : end]
        place = end + 1 + (entry[end + 1] == ",")
    assert entry[place:] == "\n}\n"
    return begun[1], fields


@pytest.fixture(scope="module")
def cited(real_data):
    """Return the citations of real records."""
    found = []
    for path in sorted((real_data / "iso").rglob("*.xml")):
        content = path.read_bytes()
        if b"GetRecordsResponse" not in content[:2000]:
            found.append(citation.cited(read(content), "https://eo.example/records/one"))
    assert len(found) > 30
    return found


def test_bibtex_is_read_by_its_grammar(cited):
    for one in cited:
        _, fields = parsed(citation.bibtex(one))
        assert fields["title"].startswith("{")
        assert fields["url"] == one.url
        assert all(re.search(r"(?<!\\)[%&#$]", text) is None for name, text in fields.items() if name != "url")
        assert fields.get("year", "2000").isdecimal()


def test_ris_is_read_by_its_grammar(cited):
    for one in cited:
        *lines, last = citation.ris(one).split("\r\n")
        tags = [re.fullmatch(r"([A-Z][A-Z0-9])  - (.*)", line)[1] for line in lines]
        assert (tags[0], tags[-1], last) == ("TY", "ER", "")
        assert set(tags) <= _TAGS
        assert tags.count("TI") == tags.count("UR") == 1


def test_csl_has_the_variables_and_forms_of_its_schema(cited):
    for one in cited:
        (told,) = orjson.loads(citation.csl_json(one))
        assert set(told) <= _VARIABLES
        assert told["type"] in {"dataset", "report", "software"}
        assert all(set(author) == {"literal"} and author["literal"] for author in told.get("author", []))
        assert all(isinstance(part, int) for part in told.get("issued", {"date-parts": [[]]})["date-parts"][0])
