"""EODAG searches a provider of the kind StacSearch and downloads an Item: eodag_search.py API COLLECTION FOLDER."""

import hashlib
import json
import os
import sys
from pathlib import Path

import requests

root, collection, folder = sys.argv[1:]
# What it knows of other providers, it would fetch from the net.
os.environ |= {"EODAG_EXT_COLLECTIONS_CFG_FILE": "", "EODAG_PROVIDERS_WHITELIST": '["thalweg"]'}

from eodag import EODataAccessGateway  # noqa: E402 - it reads the environment when it is imported

gateway = EODataAccessGateway()
kept = requests.get(f"{root}/conformance", timeout=30).json()["conformsTo"]
filters = any(name.endswith("#filter") for name in kept)
unasked = {"discover_queryables": {"fetch_url": None, "collection_fetch_url": None}}
gateway.add_provider("thalweg", f"{root}/search", search={} if filters else unasked)
found = gateway.search(provider="thalweg", collection="demo.images", raise_errors=True)
pages = gateway.search_iter_page(provider="thalweg", collection=collection, items_per_page=50)
every = [item.properties["id"] for page in pages for item in page]
in_box = gateway.search(provider="thalweg", collection=collection, geom=[170, 60, 180, 70], limit=50, raise_errors=True)
in_time = gateway.search(
    provider="thalweg", collection=collection, start="2024-01-01", end="2024-01-05", limit=50, raise_errors=True
)
place = Path(gateway.download(found[0], output_dir=folder, extract=False).removeprefix("file://"))
(file,) = [place] if place.is_file() else [each for each in place.rglob("*") if each.is_file()]
seen = {
    "found": [item.properties["id"] for item in found],
    "every": every,
    "in_box": [item.properties["id"] for item in in_box],
    "in_time": [item.properties["id"] for item in in_time],
    "sha256": hashlib.sha256(file.read_bytes()).hexdigest(),
}
sys.stdout.write(json.dumps(seen) + "\n")
