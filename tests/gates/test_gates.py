"""Each gate is proved by a planted fault: what ``make check`` runs finds it and names it."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).resolve().parents[2]
BIN = Path(sys.executable).parent
RUFF = ("ruff", "check", "--no-cache", "--output-format", "concise", "src")
STOREYS = ("lint-imports", "--no-cache")
DEPTRY = ("deptry", "src")


@pytest.fixture
def copy(tmp_path):
    """Return a copy of the house in which faults may be planted."""
    for name in ("pyproject.toml", "README.md"):
        shutil.copy(REPOSITORY / name, tmp_path / name)
    ignored = shutil.ignore_patterns("__pycache__", "built", "demo", "schemas")
    shutil.copytree(REPOSITORY / "src", tmp_path / "src", ignore=ignored)
    return tmp_path


def _gate(copy, *command):
    environment = {**os.environ, "PYTHONPATH": str(copy / "src"), "PATH": f"{BIN}:{os.environ['PATH']}"}
    ran = subprocess.run(
        [BIN / command[0], *command[1:]], cwd=copy, env=environment, capture_output=True, text=True, check=False
    )
    return ran.returncode, ran.stdout + ran.stderr


def _plant(copy, path, text):
    file = copy / "src" / "thalweg" / path
    file.parent.mkdir(exist_ok=True)
    file.write_text((file.read_text() if file.exists() else '"""Planted."""\n') + text)


@pytest.mark.parametrize("gate", [RUFF, STOREYS, DEPTRY])
def test_without_a_fault_the_gate_is_open(copy, gate):
    code, said = _gate(copy, *gate)
    assert code == 0, said


@pytest.mark.parametrize(
    ("path", "text", "named"),
    [
        ("core/planted.py", "import sqlite3\n\nprint(sqlite3)\n", "TID251"),
        ("core/planted.py", "\n\ndef planted(a):\n    return a\n", "ANN001"),
        ("core/planted.py", "\n\ndef planted() -> None:\n    return None\n", "D103"),
        ("unnamed/planted.py", "", "INP001"),
        ("core/planted.py", "TODO = 1  # TODO: later\n", "TD"),
    ],
)
def test_ruff_finds(copy, path, text, named):
    _plant(copy, path, text)
    code, said = _gate(copy, *RUFF)
    assert code != 0
    assert named in said


@pytest.mark.parametrize(
    ("path", "text", "named"),
    [
        ("catalogue/planted.py", "import thalweg.access.service\n", "thalweg.catalogue.planted -> thalweg.access"),
        ("core/planted.py", "import thalweg.web.links\n", "thalweg.core.planted -> thalweg.web.links"),
        ("web/planted.py", "import thalweg.sql.engines\n", "thalweg.web.planted -> thalweg.sql.engines"),
        ("catalogue/service.py", "import apsw  # noqa\n", "thalweg.catalogue.service -> apsw"),
        ("processing/ports.py", "import thalweg.processing.service  # noqa\n", "thalweg.processing.service"),
        ("cellar/__init__.py", "", "cellar"),
    ],
)
def test_the_storeys_hold_against(copy, path, text, named):
    _plant(copy, path, text)
    code, said = _gate(copy, *STOREYS)
    assert code != 0
    assert named in said


def test_deptry_finds_what_is_used_and_not_declared(copy):
    _plant(copy, "core/planted.py", "import pandas  # noqa\n")
    code, said = _gate(copy, *DEPTRY)
    assert code != 0
    assert "pandas" in said


def test_mypy_finds_a_wrong_type(copy):
    _plant(copy, "core/planted.py", "\n\ndef planted() -> int:\n    return 'one'\n")
    code, said = _gate(copy, "mypy", "--cache-dir", str(copy / "cache"), "-p", "thalweg.core")
    assert code != 0
    assert "planted.py" in said


def test_the_ledger_notices_a_stale_page(tmp_path):
    page = tmp_path / "coverage.md"
    page.write_text("# stale\n")
    command = [sys.executable, REPOSITORY / "scripts" / "coverage.py", "--check", "--page", page]
    assert subprocess.run(command, capture_output=True, check=False).returncode == 1
