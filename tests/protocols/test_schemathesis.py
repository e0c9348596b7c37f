"""schemathesis, unmodified, asks every operation with what the description allows and with what it does not."""

import subprocess
import sys
from pathlib import Path

import pytest
import world as the_world

SCHEMATHESIS = Path(sys.executable).parent / "schemathesis"
CHECKS = "not_a_server_error,status_code_conformance,content_type_conformance,response_schema_conformance"
# What is not offered is said by 501: that is an answer, not a fault.
BOUNDS = """
[checks.not_a_server_error]
expected-statuses = ["2xx", "3xx", "4xx", "501"]
"""
KNOWN = f"""
[parameters]
"path.collection" = "{the_world.COLLECTION}"
"path.item" = "w0001"
"path.process" = "water-mask"
"path.tms" = "WebMercatorQuad"
"""


@pytest.fixture
def asks(platform, world, tmp_path):  # noqa: ARG001 - what is asked for must be there
    """Return what lets schemathesis ask as the administrator, and fails with what it found."""

    def ask(version, settings, *arguments):
        (tmp_path / "schemathesis.toml").write_text(BOUNDS + settings)
        command = [SCHEMATHESIS, "--config-file", tmp_path / "schemathesis.toml", "run"]
        command += [
            f"{platform.url}/api/openapi?f={version}",
            "--header",
            f"Authorization: Bearer {platform.admin_token}",
        ]
        command += ["--checks", CHECKS, "--generation-deterministic", "--suppress-health-check", "all"]
        command += ["--warnings", "off", "--no-color", "--request-timeout", "30", *arguments]
        done = subprocess.run(command, capture_output=True, text=True, cwd=tmp_path, check=False)
        assert done.returncode == 0, done.stdout[-8000:] + done.stderr[-2000:]

    return ask


@pytest.mark.peers
@pytest.mark.timeout(400)
@pytest.mark.parametrize("version", ["3.0", "3.1"])
def test_whatever_is_asked_of_something_that_is_there_is_answered_as_described(asks, version):
    asks(version, KNOWN, "--exclude-method", "DELETE", "--phases", "examples,coverage,fuzzing", "--max-examples", "10")


@pytest.mark.peers
@pytest.mark.timeout(400)
@pytest.mark.parametrize("version", ["3.0", "3.1"])
def test_whatever_is_asked_of_anything_is_answered_as_described(asks, version):
    asks(version, "", "--phases", "examples,coverage,fuzzing", "--max-examples", "5")


def test_no_operation_fails_on_a_few_examples(asks):
    asks("3.1", KNOWN, "--exclude-method", "DELETE", "--phases", "examples,fuzzing", "--max-examples", "1")
