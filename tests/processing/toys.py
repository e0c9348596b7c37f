"""Small Processes that a test starts: one that answers, one that writes a file, one that makes trouble."""
# ruff: noqa: T201 - what they print is their log

import ctypes
import os
import subprocess
import sys
import threading
import time
from pathlib import Path

from thalweg.core.errors import InvalidParameter
from thalweg.core.processes import Input, Outcome, Output, ProcessDescription

TEXT = {"type": "string"}


class Toy:
    def __init__(self, description, work):
        self.description = description
        self._work = work

    def run(self, execution):
        return self._work(execution)


def _described(process_id, **inputs):
    outputs = {"text": Output("Text", TEXT)}
    return ProcessDescription(process_id, "1.0.0", process_id.title(), "A toy.", inputs, outputs)


def _echo(execution):
    print("hello from the child")
    execution.progress(0.5, "half way")
    print("warned", file=sys.stderr)
    return Outcome({"text": execution.inputs["text"]})


def _picture(execution):
    (execution.folder / "made").mkdir()
    (execution.folder / "made" / "picture one.txt").write_text("water")
    name = execution.inputs.get("name", "made/picture one.txt")
    item = {
        "type": "Feature",
        "stac_version": "1.1.0",
        "id": "picture",
        "stac_extensions": [],
        "geometry": {"type": "Point", "coordinates": [1, 2]},
        "bbox": [1, 2, 1, 2],
        "properties": {"datetime": "2020-01-01T00:00:00Z"},
        "links": [],
        "assets": {"text": {"href": name, "type": "text/plain"}},
    }
    return Outcome({"text": "drawn"}, (item,))


def _report():
    return {
        "modules": sorted(sys.modules),
        "threads": threading.active_count(),
        "group": os.getpgrp() == os.getpid(),
        "kernel_threads": len(list(Path("/proc/self/task").iterdir())),
        "environment": sorted(os.environ),
        "files": sorted(str(Path(f"/proc/self/fd/{fd}").readlink()) for fd in _files()),
    }


def _files():
    return [link.name for link in Path("/proc/self/fd").iterdir() if link.exists()]


def _hang(execution):
    """Start a tool that would go on for ever, say who is there, and wait for ever."""
    tool = subprocess.Popen(
        [sys.executable, "-c", "import signal,time\nsignal.signal(15, signal.SIG_IGN)\ntime.sleep(600)"],
        start_new_session=False,
    )
    print(f"pids {os.getpid()} {tool.pid}", flush=True)
    execution.progress(0.3, "hanging")
    time.sleep(600)


def _leave_a_tool(_):
    """End while a tool goes on and holds the log's pipe."""
    tool = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
    print(f"pids {os.getpid()} {tool.pid}", flush=True)
    return Outcome({"text": "done"})


def _trouble(execution):
    kind = execution.inputs["kind"]
    if kind == "report":
        return Outcome(_report())
    if kind in ("hang", "tool"):
        return (_hang if kind == "hang" else _leave_a_tool)(execution)
    return _KINDS[kind](execution)


def _raise(error):
    raise error


def _spam(_):
    for number in range(20_000):
        print("line", number)
    print("x" * 10_000_000)
    return Outcome({"text": "said"})


def _wait_for(execution):
    """Run until a file is there; say that it runs."""
    print("waiting", flush=True)
    while not Path(execution.inputs["file"]).exists():
        time.sleep(0.02)
    return Outcome({"text": "seen"})


def _count(execution):
    """Leave a mark for each time this ran, and for how many ran at once."""
    folder = Path(execution.inputs["file"])
    with (folder / "ran").open("a") as file:
        file.write(f"{os.getpid()}\n")
    return Outcome({"text": "counted"})


def _burn(_):
    while True:
        pass


_KINDS = {
    "segfault": lambda _: ctypes.string_at(0),
    "exit": lambda _: os._exit(3),
    "killed": lambda _: os.kill(os.getpid(), 9),
    "error": lambda _: _raise(ValueError("of this and that")),
    "parameter": lambda _: _raise(InvalidParameter("inputs/kind", "the data say otherwise")),
    "memory": lambda _: Outcome({"text": str(len(bytearray(3 << 30)))}),
    "burn": _burn,
    "nan": lambda _: Outcome({"text": float("nan")}),
    "object": lambda _: Outcome({"text": object()}),
    "spam": _spam,
    "wait": _wait_for,
    "count": _count,
    "progress": lambda execution: (
        [execution.progress(n / 1e5, "on") for n in range(100_000)] and Outcome({"text": "x"})
    ),
}

echo = Toy(_described("echo", text=Input("Text", {**TEXT, "default": "hello"})), _echo)
picture = Toy(_described("picture", name=Input("Name", TEXT)), _picture)
trouble = Toy(_described("trouble", kind=Input("Kind", TEXT, required=True), file=Input("File", TEXT)), _trouble)
