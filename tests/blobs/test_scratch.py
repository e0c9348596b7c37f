"""What is only there for a while is gone at its end, or, where its process was killed, at the next start."""

import os
import signal
import subprocess
import sys

from thalweg.blobs.scratch import Scratch, sweep

PROGRAM = """
import sys
from pathlib import Path
from thalweg.blobs.scratch import Scratch
held = Scratch("export", Path(sys.argv[1]))
(held.path / "items.csv").write_text("half")
print(held.path.name, flush=True)
sys.stdin.read()
"""


def test_what_a_killed_process_left_is_swept_and_nothing_else(tmp_path):
    for name in ("12-1", "thalweg-file"):
        (tmp_path / name).mkdir() if name == "12-1" else (tmp_path / name).touch()
    command = [sys.executable, "-c", PROGRAM, tmp_path]
    with (
        Scratch("add", tmp_path) as own,
        subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as other,
    ):
        name = other.stdout.readline().strip()
        sweep(tmp_path)
        assert {one.name for one in tmp_path.iterdir()} == {own.path.name, name, "12-1", "thalweg-file"}
        os.kill(other.pid, signal.SIGKILL)
        other.wait()
        sweep(tmp_path)
        assert {one.name for one in tmp_path.iterdir()} == {own.path.name, "12-1", "thalweg-file"}
    assert {one.name for one in tmp_path.iterdir()} == {"12-1", "thalweg-file"}
