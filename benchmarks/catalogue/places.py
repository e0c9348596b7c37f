"""Where the benchmark keeps what it makes: outside the checkout, in the cache folder that scripts/system names."""

import os
import shutil
import socket
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[2]
HERE = Path(__file__).resolve().parent


def cache_folder() -> Path:
    """Return the folder of this benchmark, made where it was not there."""
    given = os.environ.get("THALWEG_CACHE")
    if given:
        cache = Path(given)
    elif os.geteuid() == 0:  # the user postgres cannot look into root's home
        cache = Path("/var/cache/thalweg")
    else:
        cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "thalweg"
    folder = cache / "benchmarks" / "catalogue"
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def clean() -> None:
    """Remove everything that runs have kept, except the peer's own environment."""
    for one in cache_folder().iterdir():
        if one.is_dir() and one.name != "peer":
            shutil.rmtree(one)
        elif one.is_file():
            one.unlink()


def free_port() -> int:
    """Return a port that nobody listens on."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port: int = free.getsockname()[1]
        return port


def room(path: Path) -> int:
    """Return the bytes that are free on the disk of a folder."""
    return shutil.disk_usage(path).free
