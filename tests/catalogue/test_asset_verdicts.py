"""Judging assets apart finds valid exactly what the schemas, uncut, find valid."""

import copy
import random

import orjson
import pytest

from thalweg.catalogue import vendored
from thalweg.catalogue.asset_verdicts import Verdicts, verdicts
from thalweg.catalogue.documents import own_links
from thalweg.catalogue.jsonschemas import schemas_of
from thalweg.catalogue.schema_cuts import cut

FILES = ("sentinel-2-l2a-pc-100", "landsat-c2-l2-100", "naip-1000", "sentinel-1-rtc-12SYJ-258")
ODD = (
    None,
    True,
    -1,
    0,
    1.5,
    10**6,
    "",
    "nir08",
    "nir",
    "x y",
    [],
    [1],
    [1.0] * 6,
    ["a"],
    {},
    {"name": "B1"},
    "2024-01-01T00:00:00Z",
)
FIELDS = (
    "eo:bands", "eo:cloud_cover", "bands", "proj:epsg", "proj:code", "proj:transform", "proj:bbox", "proj:shape",
    "raster:bands", "sat:orbit_state", "sat:relative_orbit", "sar:polarizations", "view:off_nadir", "file:size", "gsd",
    "title", "roles", "type", "href", "datetime", "created", "proj:other", "sat:other", "start_datetime",
)  # fmt: skip


def documents(real_data):
    for name in FILES:
        lines = (real_data / "stac" / f"{name}.ndjson").read_bytes().splitlines()
        for line in lines[:: len(lines) // 10]:
            document = orjson.loads(line)
            yield {**document, "links": [*own_links(document), {"rel": "collection", "href": "./collection"}]}


def spoilt(document, chance):
    """Return a document with a member of an asset, of the assets or of the properties changed."""
    other = copy.deepcopy(document)
    for _ in range(chance.choice([0, 1, 1])):
        assets = other["assets"]
        place = chance.choice([other["properties"], *assets.values()] if assets else [other["properties"]])
        if chance.random() < 0.05:
            assets[chance.choice(["new", "thumbnail"])] = chance.choice(ODD)
            break
        if chance.random() < 0.1:
            other["assets"] = dict(list(assets.items())[: chance.choice([0, 1, 2])])
        if isinstance(place, dict):
            name = chance.choice([*FIELDS, *place])
            if chance.random() < 0.2:
                place.pop(name, None)
            else:
                place[name] = chance.choice(ODD)
    return other


def test_what_is_judged_apart_is_judged_alike(real_data):
    chance = random.Random(4)  # noqa: S311 - made data
    found = {True: 0, False: 0}
    extensions = sorted(vendored.extensions())
    for document in documents(real_data):
        for _ in range(25):
            other = spoilt(document, chance)
            also = chance.sample(extensions, chance.random() < 0.1)
            other["stac_extensions"] = [*other["stac_extensions"], *also]
            addresses = schemas_of("Feature", other, extended=True)
            valid = vendored.compiled(*addresses).is_valid(other)
            judged = verdicts(addresses)
            if judged is not None and judged.keeps(other):
                assert valid, other
                found[True] += 1
            elif not valid:
                found[False] += 1
    assert min(found.values()) > 150


def test_items_as_they_come_are_judged_by_what_is_known(real_data):
    for document in documents(real_data):
        judged = Verdicts(cut(schemas_of("Feature", document, extended=True)))
        assert [judged.keeps(document), judged.keeps(document)] == [True, True]


def test_what_looks_like_what_is_remembered_is_judged(real_data):
    document = next(documents(real_data))
    judged = Verdicts(cut(schemas_of("Feature", document, extended=True)))
    assert judged.keeps(document)
    band = document["assets"]["B02"]
    for transform in (6, None, [6], [None] * 6, ["1"] * 6, {"count": 6}):
        assets = {"B02": {**band, "proj:transform": transform}}
        valid = vendored.compiled(*schemas_of("Feature", document, extended=True)).is_valid(
            {**document, "assets": assets}
        )
        assert judged.keeps({**document, "assets": assets}) == valid
    assert not judged.keeps({**document, "assets": {"B02": {**band, "href": ""}}})


@pytest.mark.parametrize("version", vendored.VERSIONS)
def test_every_extension_is_cut_where_it_reads_assets(version):
    for address in sorted(vendored.extensions()):
        found = cut((vendored.core("Feature", version), address))
        assert found is not None, address
        assert found.unread == ("href",), address
        assert found.together == [], address


def test_assets_that_are_all_new_are_not_remembered_for_ever():
    address = vendored.core("Feature", "1.1.0")
    judged = Verdicts(cut((address,)))
    document = {
        "type": "Feature", "stac_version": "1.1.0", "id": "a", "geometry": None, "links": [],
        "properties": {"datetime": "2024-01-01T00:00:00Z"},
    }  # fmt: skip
    answers = [
        judged.keeps({**document, "assets": {"a": {"href": "https://example.org/a", "title": f"{n}"}}})
        for n in range(2500)
    ]
    assert (answers[0], answers[-1]) == (True, False)
