"""Refresh the JSON Schemas that the catalogue validates with, from published packages that carry them.

    .venv/bin/python scripts/schemas/refresh.py

The core schemas lie in pystac and, since 1.15, pystac-core. Those of the extensions lie in the source packages of
pystac's extensions, as recorded answers of the extensions' own addresses, and as files in two packages more. A schema's
folder and name are its address without ``https://``; ``MANIFEST.json`` says of each whence it was taken.
"""

import hashlib
import json
import re
import shutil
import subprocess
import sys
import tarfile
import tempfile
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path, PurePosixPath

import yaml

SCHEMAS = Path(__file__).parents[2] / "src/thalweg/catalogue/schemas"
Member = tuple[PurePosixPath, bytes]
Found = Iterator[tuple[str, bytes]]
PYSTAC_EXTENSIONS = (
    "pystac-ext-classification==2.0.1",
    "pystac-ext-datacube==2.2.1",
    "pystac-ext-eo==1.1.1",
    "pystac-ext-file==2.1.1",
    "pystac-ext-grid==1.1.1",
    "pystac-ext-mgrs==1.0.1",
    "pystac-ext-pointcloud==1.0.1",
    "pystac-ext-projection==2.0.1",
    "pystac-ext-raster==1.1.1",
    "pystac-ext-render==2.0.0",
    "pystac-ext-sar==1.0.1",
    "pystac-ext-sat==1.0.1",
    "pystac-ext-scientific==1.0.1",
    "pystac-ext-storage==2.0.1",
    "pystac-ext-table==1.2.1",
    "pystac-ext-timestamps==1.1.1",
    "pystac-ext-version==1.2.1",
    "pystac-ext-view==1.0.1",
    "pystac-ext-xarray-assets==1.0.1",
)
COLLECTION, CATALOG = "collection.json", "catalog.json"
RECORDED = re.compile(
    r"https://(stac-extensions\.github\.io|landsat\.usgs\.gov/stac|proj\.org(/en/latest)?/schemas)/.*\.json"
)
EOPF = re.compile(r"extensions/([a-z]+)_v([\d.]+)\.json$")
EXPLORER = re.compile(r"integration_tests/schemas/(stac-extensions\.github\.io/.*\.json)$")
LICENCES = {
    "schemas.stacspec.org": "Apache-2.0",
    "stac-extensions.github.io": "Apache-2.0",
    "landsat.usgs.gov": "U.S. Government work; as packaged: Apache-2.0",
    "geojson.org": "public domain; as packaged: Apache-2.0",
    "json-schema.org": "BSD-3-Clause OR AFL-3.0; as packaged: MIT",
    "proj.org": "MIT",
}
NOTES = {
    "stac-extensions.github.io/eo/v2.0.0/schema.json": (
        "As packaged: two references more than at its address, so that the bands of an Item are looked at too."
    ),
}


def core(version: str) -> Callable[[Iterator[Member]], Found]:
    """Return what takes the core schemas of a version, Items', Collections' and Catalogs' apart as at their address."""

    def taken(files: Iterator[Member]) -> Found:
        spec = {COLLECTION: "collection-spec", CATALOG: "catalog-spec"}
        for path, body in files:
            if path.match(f"jsonschemas/stac-spec/{version}/*.json"):
                folder = spec.get(path.name, "item-spec")
                yield f"schemas.stacspec.org/{version}/{folder}/json-schema/{path.name}", body
            if path.match("jsonschemas/geojson/*.json") and path.name != "FeatureCollection.json":
                yield f"geojson.org/schema/{path.name}", body

    return taken


def meta(files: Iterator[Member]) -> Found:
    """Yield the schema of schemas, which a Collection's summaries may be."""
    for path, body in files:
        if path.match("draft7/metaschema.json"):
            yield "json-schema.org/draft-07/schema.json", body


def recorded(files: Iterator[Member]) -> Found:
    """Yield the schemas among recorded answers."""
    for path, body in files:
        if "cassettes" in path.parts and path.suffix == ".yaml":
            for exchange in yaml.load(body, Loader=yaml.CSafeLoader)["interactions"]:
                address, text = exchange["request"]["uri"], exchange["response"]["body"].get("string")
                if RECORDED.fullmatch(address) and text:
                    # proj.org answers from another address than the one that the extensions name.
                    name = address.removeprefix("https://").replace("/en/latest/", "/")
                    yield name, text if isinstance(text, bytes) else text.encode()


def eopf(files: Iterator[Member]) -> Found:
    """Yield the schemas of extensions that stand in one folder, named ``eo_v2.0.0.json``."""
    for path, body in files:
        if match := EOPF.search(str(path)):
            yield f"stac-extensions.github.io/{match[1]}/v{match[2]}/schema.json", body


def proj(files: Iterator[Member]) -> Found:
    """Yield the schema of PROJJSON that stands in PROJ's data."""
    for path, body in files:
        if path.name == "projjson.schema.json":
            yield str(json.loads(body)["$id"]).removeprefix("https://"), body


def explorer(files: Iterator[Member]) -> Found:
    """Yield the schemas of extensions that stand in folders named as their address."""
    for path, body in files:
        if match := EXPLORER.search(str(path)):
            yield match[1], body


SOURCES: tuple[tuple[str, Callable[[Iterator[Member]], Found]], ...] = (
    ("pystac==1.11.0", core("v1.0.0")),
    ("pystac-core==1.15.2", core("v1.1.0")),
    ("jsonschema-specifications==2025.9.1", meta),
    *((package, recorded) for package in PYSTAC_EXTENSIONS),
    ("pystac-ext-mlm==1.4.1", recorded),
    ("pyproj==3.0.1", proj),
    ("pyproj==3.4.1", proj),
    ("datacube-explorer==2.12.2", explorer),
    ("eopf==2.8.1", eopf),
)
"""The packages and how to take schemas from them; what an earlier one gave, a later one does not change."""
WHEELS = {"eopf==2.8.1": "3.11", "pyproj==3.0.1": "3.9", "pyproj==3.4.1": "3.11"}
"""Packages of which the wheel is taken, with the Python it is made for."""
LEFT_OUT = frozenset({"stac-extensions.github.io/mlm/v1.4.0/schema.json"})
"""Schemas that refer to others which no package carries."""
OURS = "written for this project after RFC 7946"
LINE_STRING = {
    "$schema": "http://json-schema.org/draft-07/schema#",
    "$id": "https://geojson.org/schema/LineString.json",
    "title": "GeoJSON LineString",
    "type": "object",
    "required": ["type", "coordinates"],
    "properties": {
        "type": {"const": "LineString"},
        "coordinates": {
            "type": "array",
            "minItems": 2,
            "items": {"type": "array", "minItems": 2, "items": {"type": "number"}},
        },
    },
}
"""Written for this project after RFC 7946: altimetry 0.1.0 refers to it, and no package carries it."""


def main() -> None:
    """Fetch the packages, take the schemas out, write them and the manifest."""
    taken: dict[str, tuple[bytes, str]] = {}
    with tempfile.TemporaryDirectory() as folder:
        for package, found in SOURCES:
            for name, body in found(members(fetched(package, Path(folder)))):
                if name not in LEFT_OUT:
                    taken.setdefault(name, (even(body), package.replace("==", " ")))
    line = json.dumps(LINE_STRING).encode()
    taken["geojson.org/schema/LineString.json"] = even(line), OURS
    shutil.rmtree(SCHEMAS, ignore_errors=True)
    entries = [written(name, body, source) for name, (body, source) in sorted(taken.items())]
    (SCHEMAS / "MANIFEST.json").write_text(json.dumps({"schemas": entries}, indent=1, ensure_ascii=False) + "\n")
    print(f"{len(entries)} schemas in {SCHEMAS}")


def fetched(package: str, folder: Path) -> Path:
    """Fetch a package by pip, its source unless only a wheel is published, and return the archive."""
    into = folder / package
    made_for = WHEELS.get(package)
    kind = ["--only-binary", ":all:", "--python-version", made_for] if made_for else ["--no-binary", ":all:"]
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", *kind, "-d", str(into)]
    subprocess.run([*command, package], check=True)
    return next(into.iterdir())


def members(archive: Path) -> Iterator[Member]:
    """Yield the files of an archive; nothing is unpacked onto the disk."""
    if archive.suffix == ".whl":
        with zipfile.ZipFile(archive) as wheel:
            for name in wheel.namelist():
                yield PurePosixPath(name), wheel.read(name)
        return
    with tarfile.open(archive) as source:
        for member in source:
            stream = source.extractfile(member)
            if stream is not None:
                yield PurePosixPath(member.name), stream.read()


def even(body: bytes) -> bytes:
    """Return a schema evenly indented, so that a refresh shows what changed."""
    return (json.dumps(json.loads(body), indent=1, ensure_ascii=False) + "\n").encode()


def written(name: str, body: bytes, source: str) -> dict[str, str]:
    """Write one schema under its address and return its line of the manifest."""
    path = SCHEMAS / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(body)
    version = re.search(r"/v(\d[\w.-]*)/", name)
    entry = {
        "address": f"https://{name}",
        "id": str(json.loads(body).get("$id", "")),
        "version": version[1] if version else "",
        "sha256": hashlib.sha256(body).hexdigest(),
        "licence": "Apache-2.0" if source == OURS else LICENCES[name.partition("/")[0]],
        "source": source,
        "note": NOTES.get(name, ""),
    }
    return {member: value for member, value in entry.items() if value}


if __name__ == "__main__":
    main()
