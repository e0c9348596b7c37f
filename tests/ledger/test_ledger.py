"""The ledger answers every line of the source documents, and what it says of itself is true."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from pydantic import ValidationError

from .ledger import Row, documents, lines, misquoted, repeated, systems, unproved, unquoted

ROOT = Path(__file__).resolve().parents[2]

A_ROW = {
    "id": "rivers-level",
    "requirement": "A hydrologist gets a river's level.",
    "source": "rivers.txt",
    "quotes": ["Water level"],
    "block": "hydrology",
    "status": "todo",
}


def a_row(**changed):
    return Row.model_validate(A_ROW | changed)


def source_documents(environment):
    folder = ROOT / environment.get("THALWEG_SEEDS", "../shared/seeds")
    found = documents(folder)
    if not found:
        refuse = pytest.fail if environment.get("CI") == "true" else pytest.skip
        refuse(f"no source documents in {folder}; THALWEG_SEEDS names their folder")
    return found


def coverage(*asked):
    return subprocess.run(
        [sys.executable, ROOT / "scripts/coverage.py", *asked], capture_output=True, text=True, check=False
    )


@pytest.fixture(scope="module")
def sources():
    return source_documents(os.environ)


@pytest.fixture(scope="module")
def rows():
    return [row for system in systems(ROOT / "seeds").values() for row in system]


def test_every_system_has_its_file():
    assert set(systems(ROOT / "seeds")) == {"bidsraf", "eoepca", "hysopeii", "snapearth"}


def test_every_row_is_filed_under_its_system():
    assert [
        row.id
        for system, filed in systems(ROOT / "seeds").items()
        for row in filed
        if not row.id.startswith(f"{system}-")
    ] == []


def test_every_line_of_the_source_documents_is_quoted(rows, sources):
    assert unquoted(rows, sources) == []


def test_every_quote_stands_in_its_source(rows, sources):
    assert misquoted(rows, sources) == []


def test_every_id_is_unique(rows):
    assert repeated(rows) == []


def test_every_test_that_proves_a_row_exists(rows):
    assert unproved(rows, ROOT) == []


def test_the_coverage_page_is_what_the_ledger_says():
    assert coverage("--check").returncode == 0


@pytest.mark.parametrize(
    ("document", "said"),
    [
        ("* one\n  - two\n  \u2022 three\n", ["one", "two", "three"]),
        (
            "| Domain | Technology |\n|---|:--:|\n|System|Linux - Go|\n",
            ["Domain", "Technology", "System", "Linux - Go"],
        ),
        ("|a \\| b|c|", ["a \\| b", "c"]),
        ("Title\tType\nS2A_X.SAFE\tdataset", ["Title", "Type", "S2A_X.SAFE", "dataset"]),
        ("* **A**: one\n\t**B**: two", ["**A**: one", "**B**: two"]),
        ("---\ncustomer: ESA\n---\n\n# Context\n\n   \nprose, as it stands - here", None),
        ("```json\n1 [{\n```", ["1 [{"]),
        ("*[CLI]: Command Line Interface\n**Reuse** of components", None),
    ],
)
def test_a_document_says_its_bullets_cells_and_lines(document, said):
    plain = [line for line in document.splitlines() if line.strip() and line != "---"]
    assert lines(document) == (plain if said is None else said)


def test_a_line_that_lost_its_quote_is_named(rows, sources):
    for name, text in sources.items():
        for line in set(lines(text)):
            poorer = [row.model_copy(update={"quotes": tuple(q for q in row.quotes if q != line)}) for row in rows]
            assert f"{name}: {line!r} is quoted by no row" in unquoted(poorer, sources)


def test_a_row_taken_out_leaves_the_lines_that_only_it_quoted(rows, sources):
    taken = next(row for row in rows if row.id == "eoepca-data-wcs")
    assert unquoted([row for row in rows if row is not taken], sources) == [
        f"{taken.source[0]}: 'OGC WCS 2.0' is quoted by no row"
    ]


def test_a_bullet_added_to_a_source_document_is_named(rows, sources):
    name, text = next(iter(sources.items()))
    assert unquoted(rows, {**sources, name: f"{text}\n* Tides, too"}) == [f"{name}: 'Tides, too' is quoted by no row"]


def test_a_new_source_document_is_named():
    assert unquoted([a_row()], {"rivers.txt": "* Water level", "lakes.txt": "* Storage"}) == [
        "lakes.txt: 'Storage' is quoted by no row"
    ]


def test_a_line_is_answered_only_by_a_row_of_its_own_source():
    assert unquoted([a_row()], {"rivers.txt": "", "lakes.txt": "* Water level"}) != []


def test_a_quote_that_no_source_holds_is_named():
    assert misquoted([a_row(quotes=["Water level", "level"])], {"rivers.txt": "* Water level"}) == [
        "rivers-level: 'level' is no line of rivers.txt"
    ]


def test_a_source_that_is_not_there_or_not_quoted_is_named():
    assert misquoted([a_row(source=["rivers.txt", "lakes.txt"])], {"rivers.txt": "* Water level"}) == [
        "rivers-level: quotes nothing of lakes.txt"
    ]


def test_an_id_borne_twice_is_named():
    assert repeated([a_row(), a_row(requirement="Another.")]) == ["rivers-level: 2 rows bear this id"]


@pytest.mark.parametrize(
    ("fault", "told"),
    [
        ({"status": "almost"}, "done"),
        ({"status": "exempt"}, "without a reason"),
        ({"status": "exempt", "reason": " "}, "reason"),
        ({"status": "done"}, "names tests"),
        ({"status": "done", "tests": []}, "names tests"),
        ({"tests": ["tests/ledger/test_ledger.py"]}, "names tests"),
        ({"block": None}, "names no block"),
        ({"block": "cellar"}, "block"),
        ({"quotes": []}, "quotes nothing"),
        ({"source": []}, "names no source"),
        ({"requirement": ""}, "requirement"),
        ({"id": "Rivers"}, "id"),
        ({"note": "later"}, "note"),
    ],
)
def test_a_row_that_does_not_say_what_its_status_asks_is_refused(fault, told):
    with pytest.raises(ValidationError, match=told):
        a_row(**fault)


HERE = "tests/ledger/test_ledger.py"


@pytest.mark.parametrize(
    ("node", "fault"),
    [
        (HERE, None),
        (f"{HERE}::test_every_id_is_unique", None),
        (f"{HERE}::test_the_missing_are_skipped_or_failed[true]", None),
        (f"{HERE}::test_that_was_never_written", "no such test in the file"),
        (f"{HERE}::TestNobody::test_every_id_is_unique", "no such test in the file"),
        (f"{HERE}::a_row", "no such test in the file"),
        ("tests/ledger/ledger.py", "the file holds no test"),
        ("tests/ledger/test_nothing.py", "no such file"),
        ("tests/ledger", "no such file"),
        ("../outside.py", "no such file"),
        ("pyproject.toml", "no test's file"),
    ],
)
def test_a_proof_that_does_not_exist_is_named(node, fault):
    done = a_row(status="done", tests=[node])
    assert unproved([done], ROOT) == ([] if fault is None else [f"rivers-level: {node}: {fault}"])


def test_a_method_of_a_class_is_a_proof(tmp_path):
    (tmp_path / "tests").mkdir()
    (tmp_path / "tests/test_rivers.py").write_text("class TestLevel:\n    async def test_rises(self): ...\n")
    done = a_row(status="done", tests=["tests/test_rivers.py::TestLevel::test_rises"])
    assert unproved([done], tmp_path) == []


@pytest.mark.parametrize("ci", ["true", ""])
def test_the_missing_are_skipped_or_failed(tmp_path, ci):
    refusal = pytest.fail.Exception if ci else pytest.skip.Exception
    with pytest.raises(refusal, match="no source documents"):
        source_documents({"THALWEG_SEEDS": str(tmp_path), "CI": ci})


@pytest.fixture
def copies(tmp_path):
    shutil.copytree(ROOT / "seeds", tmp_path / "seeds")
    shutil.copy(ROOT / "docs/reference/coverage.md", tmp_path / "coverage.md")
    return "--ledger", tmp_path / "seeds", "--page", tmp_path / "coverage.md"


def test_a_page_older_than_the_ledger_is_refused_until_it_is_written_again(copies):
    _, ledger, _, page = copies
    file = ledger / "eoepca.yaml"
    file.write_text(file.read_text().replace("A WCS 2.0 client", "A client of WCS 2.0"))
    stale = coverage("--check", *copies)
    assert (stale.returncode, "run python scripts/coverage.py" in stale.stderr) == (1, True)
    assert coverage(*copies).returncode == 0
    assert coverage("--check", *copies).returncode == 0
    assert "A client of WCS 2.0" in page.read_text()


def test_a_page_changed_by_hand_or_missing_is_refused(copies):
    page = copies[-1]
    page.write_text(page.read_text() + "by hand")
    assert coverage("--check", *copies).returncode == 1
    page.unlink()
    assert coverage("--check", *copies).returncode == 1
