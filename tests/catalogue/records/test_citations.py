"""What programs that keep references are given: each form by its own grammar, of real records."""

import re
from pathlib import Path

import bibtexparser
import jsonschema_rs
import orjson
import pytest
import rispy
from bibtexparser.middlewares import SeparateCoAuthors, SplitNameParts

from thalweg.catalogue.records.readers.any import read
from thalweg.catalogue.records.record import Contact, ExternalId, Record
from thalweg.catalogue.records.writers import citation
from thalweg.catalogue.records.writers.persons import person_of

CSL = jsonschema_rs.validator_for(orjson.loads((Path(__file__).parent / "csl" / "csl-data.json").read_bytes()))
ADDRESS = "https://eo.example/records/one"


def parsed(entry):
    """Return the one entry that a program for references reads, its names divided."""
    library = bibtexparser.parse_string(entry, append_middleware=[SeparateCoAuthors(), SplitNameParts()])
    assert not library.failed_blocks
    (one,) = library.entries
    return one


@pytest.fixture(scope="module")
def cited(real_data):
    """Return the citations of real records."""
    found = []
    for path in sorted((real_data / "iso").rglob("*.xml")):
        content = path.read_bytes()
        if b"GetRecordsResponse" not in content[:2000]:
            found.append(citation.cited(read(content), ADDRESS))
    assert len(found) > 30
    return found


def test_bibtex_is_read_by_a_program_for_references(cited):
    for one in cited:
        fields = {field.key: field.value for field in parsed(citation.bibtex(one)).fields}
        assert fields["title"].startswith("{")
        assert fields["url"] == one.url
        assert len(fields.get("author", ())) == len(one.authors)
        texts = {name: text for name, text in fields.items() if name not in ("url", "author")}
        assert all(re.search(r"(?<!\\)[%&#$]", text) is None for text in texts.values())
        assert fields.get("year", "2000").isdecimal()


def test_ris_is_read_by_a_program_for_references(cited):
    for one in cited:
        (told,) = rispy.loads(citation.ris(one))
        assert (told["title"], told["urls"]) == (one.title, [one.url])
        assert len(told.get("authors", ())) == len(one.authors)
        assert told.get("keywords", []) == [word for word in one.keywords if word]
        assert told.get("abstract", "") == one.abstract
        assert "unknown_tag" not in told


def test_csl_keeps_to_its_schema(cited):
    for one in cited:
        CSL.validate(orjson.loads(citation.csl_json(one)))


def test_the_schema_of_csl_refuses_what_it_should():
    assert not CSL.is_valid([{"id": "one", "type": "data"}])
    assert not CSL.is_valid([{"id": "one", "type": "dataset", "author": [{"name": "Ann"}]}])


BUREAU = Contact(organization="Bureau of Rivers and Lakes", roles=("author",))
ANNA = Contact(name="Anna van der Berg", organization="Bureau", roles=("author",))
ROSA = Contact(name="Rose and Sands, Rosa", roles=("author",))


def test_persons_are_told_apart_from_organizations():
    one = citation.cited(Record("one", title="Floods", contacts=(ANNA, BUREAU, ROSA)), ADDRESS)
    told = citation.bibtex(one)
    assert "author = {van der Berg, Anna and {Bureau of Rivers and Lakes} and {Rose and Sands}, Rosa}" in told
    anna, bureau, rosa = parsed(told)["author"]
    assert (anna.first, anna.von, anna.last) == (["Anna"], ["van", "der"], ["Berg"])
    assert (bureau.first, bureau.last) == ([], ["{Bureau of Rivers and Lakes}"])
    assert (rosa.first, rosa.last) == (["Rosa"], ["{Rose and Sands}"])
    assert rispy.loads(citation.ris(one))[0]["authors"] == [
        "van der Berg, Anna", "Bureau of Rivers and Lakes", "Rose and Sands, Rosa"
    ]  # fmt: skip
    (csl,) = orjson.loads(citation.csl_json(one))
    assert csl["author"][:2] == [
        {"family": "van der Berg", "given": "Anna"}, {"literal": "Bureau of Rivers and Lakes"}
    ]  # fmt: skip
    CSL.validate([csl])


@pytest.mark.parametrize(
    ("name", "person"),
    [
        ("Dr. Ann Author", ("Author", "Ann")),
        ("Author, Ann B.", ("Author", "Ann B.")),
        ("Jean-Paul de la Fontaine", ("de la Fontaine", "Jean-Paul")),
        ("Plato", None),
        ("Smith, J., Doe, J.", None),
        ("Unit 5 (Data)", None),
        ("Direction de la mer et du littoral", None),
        ("", None),
        (",", None),
        ("Prof.", None),
    ],
)
def test_a_name_that_cannot_be_divided_is_left_whole(name, person):
    assert person_of(Contact(name=name, organization="Bureau")) == person
    assert person_of(Contact(name=name, organization=name)) is None


def test_malice_in_names_breaks_no_reference():
    wicked = Contact(name="Ann } and {Bob", roles=("author",))
    broken = Contact(organization="A\r\nTY  - BOOK", roles=("author",))
    identified = ExternalId("10.5281/zenodo.1", "https://doi.org")
    one = citation.cited(
        Record("a,b}", title="{", contacts=(wicked, broken), external_ids=(identified,), keywords=("x\\",)), ADDRESS
    )
    assert parsed(citation.bibtex(one))["doi"] == "10.5281/zenodo.1"
    assert len(rispy.loads(citation.ris(one))) == 1
    CSL.validate(orjson.loads(citation.csl_json(one)))
