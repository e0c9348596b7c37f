"""Refresh the JSON Schemas that the catalogue validates with, from Python packages that carry them.

    .venv/bin/python scripts/schemas/refresh.py

The core schemas lie in pystac and, since 1.15, pystac-core. Those of the extensions lie in the source packages of its
extensions, as recorded answers of the extensions' own addresses. A schema's folder and name are its address without
``https://``.
"""

import io
import json
import re
import shutil
import subprocess
import sys
import tarfile
import tempfile
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

import yaml

SCHEMAS = Path(__file__).parents[2] / "src/thalweg/catalogue/schemas"
CORE = {"pystac==1.11.0": "v1.0.0", "pystac-core==1.15.2": "v1.1.0"}
EXTENSIONS = (
    "pystac-ext-eo==1.1.1",
    "pystac-ext-file==2.1.1",
    "pystac-ext-projection==2.0.1",
    "pystac-ext-raster==1.1.1",
    "pystac-ext-view==1.0.1",
)
META = "jsonschema-specifications==2025.9.1"
DRAFT = "json-schema.org/draft-07"
COLLECTION = "collection.json"
SCHEMA_ADDRESS = re.compile(r"https://(stac-extensions\.github\.io|proj\.org(/en/latest)?/schemas)/.*\.json")
Found = dict[str, bytes]


def main() -> None:
    """Fetch the packages, take the schemas out, write them."""
    found: Found = {}
    with tempfile.TemporaryDirectory() as folder:
        for package, version in CORE.items():
            found |= core(members(fetched(package, Path(folder))), version)
        found |= meta(members(fetched(META, Path(folder))))
        for package in EXTENSIONS:
            found |= recorded(members(fetched(package, Path(folder))))
    for address, body in sorted(found.items()):
        write(address, body)
    print(f"{len(found)} schemas in {SCHEMAS}")


def fetched(package: str, folder: Path) -> Path:
    """Fetch a source package by pip and return the archive."""
    into = folder / package
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--no-binary", ":all:", "-d", str(into)]
    subprocess.run([*command, package], check=True)
    return next(into.glob("*.tar.gz"))


def members(archive: Path) -> Iterator[tuple[PurePosixPath, bytes]]:
    """Yield the files of an archive; nothing is unpacked onto the disk."""
    with tarfile.open(fileobj=io.BytesIO(archive.read_bytes())) as opened:
        for member in opened:
            stream = opened.extractfile(member)
            if stream is not None:
                yield PurePosixPath(member.name), stream.read()


def core(files: Iterator[tuple[PurePosixPath, bytes]], version: str) -> Found:
    """Return the core schemas, Items' and Collections' apart as at their own address."""
    found: Found = {}
    for path, body in files:
        if path.match(f"jsonschemas/stac-spec/{version}/*.json") and path.name != "catalog.json":
            spec = "collection-spec" if path.name == COLLECTION else "item-spec"
            found[f"schemas.stacspec.org/{version}/{spec}/json-schema/{path.name}"] = body
        if path.match("jsonschemas/geojson/*.json"):
            found[f"geojson.org/schema/{path.name}"] = body
    return found


def meta(files: Iterator[tuple[PurePosixPath, bytes]]) -> Found:
    """Return the schema of schemas, which a Collection's summaries may be."""
    return {f"{DRAFT}/schema.json": body for path, body in files if path.match("draft7/metaschema.json")}


def recorded(files: Iterator[tuple[PurePosixPath, bytes]]) -> Found:
    """Return the schemas among recorded answers."""
    found: Found = {}
    for path, body in files:
        if "cassettes" not in path.parts or path.suffix != ".yaml":
            continue
        for exchange in yaml.load(body, Loader=yaml.CSafeLoader)["interactions"]:
            address, text = exchange["request"]["uri"], exchange["response"]["body"]["string"]
            if SCHEMA_ADDRESS.fullmatch(address) and text:
                # proj.org answers from another address than the one that the projection extension names.
                name = address.removeprefix("https://").replace("/en/latest/", "/")
                found[name] = text if isinstance(text, bytes) else text.encode()
    return found


def write(address: str, body: bytes) -> None:
    """Write one schema under its address, evenly indented so that a refresh shows what changed."""
    path = SCHEMAS / address
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(json.loads(body), indent=1, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    for child in SCHEMAS.iterdir():
        if child.is_dir():
            shutil.rmtree(child)
    main()
