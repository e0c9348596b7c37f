# ruff: noqa: ANN001, ANN201, D103 - a script
"""Latency of a Job and Jobs a second: a trivial Process, and the water mask of a real scene.

``python benchmarks/processing/bench_jobs.py [SCENE.tif]`` takes a control database by THALWEG_BENCH_DATABASE (SQLite in
a fresh folder unless given). The yardstick of each Process is the same work as a plain call in a warm process: what is
above it is the price of a queue, a child, staging and registration.
"""

import json
import os
import statistics
import sys
import tempfile
import threading
import time
from pathlib import Path

HERE = Path(__file__).resolve()
sys.path.insert(0, str(HERE.parents[2] / "tests" / "processing"))

from house import ADA, House, Working, add_image  # noqa: E402 - the small house of the tests

from thalweg.core.principals import EVERYTHING  # noqa: E402
from thalweg.core.processes import Execution, StagedItem  # noqa: E402

LATENCIES, BURST = 30, 100


def main():
    scene = Path(
        sys.argv[1] if len(sys.argv) > 1 else HERE.parents[3] / "shared" / "data" / "landsat-7" / "L7_ETMs.tif"
    )
    with tempfile.TemporaryDirectory() as folder:
        url = os.environ.get("THALWEG_BENCH_DATABASE", f"sqlite:///{folder}/control.sqlite")
        house = House(Path(folder), url)
        house.found()
        opened = house.open()
        image = add_image(opened, ADA, scene)
        started = time.perf_counter()
        with Working(house, opened, poll_seconds=0.05, lease_seconds=30.0):
            first = followed(opened, "echo", {})
            print(f"database {url.partition(':')[0]}, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}")
            print(f"worker started, warm, first Job done   {time.perf_counter() - started:8.3f} s  {first}")
            for process, inputs, plain in (("echo", {}, echo), ("water-mask", {"image": image}, lambda: mask(scene))):
                latency(opened, process, inputs, plain)
            burst(opened)
        opened.engine.dispose()


def latency(opened, process, inputs, plain):
    """Print the medians of one Job after the other, beside the plain call."""
    runs = [followed(opened, process, inputs) for _ in range(LATENCIES)]
    waited, ran, whole = (statistics.median(column) for column in zip(*runs, strict=True))
    alone = statistics.median(timed(plain) for _ in range(LATENCIES))
    print(
        f"{process:11} accepted→started {waited * 1e3:7.1f} ms, started→finished {ran * 1e3:7.1f} ms, "
        f"seen by the caller {whole * 1e3:7.1f} ms, plain call {alone * 1e3:7.1f} ms, "
        f"the platform's part {(whole - alone) * 1e3:7.1f} ms"
    )


def followed(opened, process, inputs):
    """Execute and follow one Job; return seconds waited, run, and seen from outside."""
    began = time.perf_counter()
    job = opened.processing.execute(process, inputs, ADA)
    pause = threading.Event()
    while not (now := opened.jobs.job(job.id, EVERYTHING)).ended:
        pause.wait(0.002)
    whole = time.perf_counter() - began
    if now.status != "successful":
        raise SystemExit(now.message)
    waited, ran = now.started - now.created, now.finished - now.started
    return round(waited.total_seconds(), 4), round(ran.total_seconds(), 4), round(whole, 4)


def burst(opened):
    """Print how many trivial Jobs a second two slots do."""
    began = time.perf_counter()
    waiting = []
    for _ in range(BURST):
        while len(waiting) >= 20:
            waiting = [job for job in waiting if not opened.jobs.job(job.id, EVERYTHING).ended]
        waiting.append(opened.processing.execute("echo", {}, ADA))
    while not all(opened.jobs.job(job.id, EVERYTHING).ended for job in waiting):
        threading.Event().wait(0.005)
    print(f"{BURST} trivial Jobs, 2 slots: {BURST / (time.perf_counter() - began):.1f} a second")


def timed(call):
    began = time.perf_counter()
    call()
    return time.perf_counter() - began


def echo():
    return json.dumps({"text": "hello"})


def mask(scene):
    from thalweg.hydrology.processes import water_mask  # noqa: PLC0415 - not counted to the start

    bands = {"green": 2, "swir": 5}
    asset = {"image": {"href": str(scene), "type": "image/tiff", "roles": ["data"]}}
    document = {"id": "x", "properties": {"datetime": None}, "geometry": None, "assets": asset}
    with tempfile.TemporaryDirectory() as folder:
        inputs = {"image": StagedItem(document, {"image": scene}), "bands": bands}
        water_mask.run(Execution(inputs, Path(folder), lambda *_: None))


if __name__ == "__main__":
    main()
