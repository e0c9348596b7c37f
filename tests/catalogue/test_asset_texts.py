"""What assets have in common is told by their text: two texts that are equal are of assets that are judged alike."""

import random

import orjson
import pytest

from thalweg.catalogue import asset_texts, vendored
from thalweg.catalogue.asset_texts import COUNTED, AssetTexts
from thalweg.catalogue.asset_verdicts import verdicts
from thalweg.catalogue.documents import own_links, stored, stored_item
from thalweg.catalogue.jsonschemas import schemas_of

KEYS = ("href", "title", "proj:transform", "proj:bbox", 'x"href', '"href":"', "alternate", "bands", "type", "é")
VALUES = (
    "a", "https://a.org/1", "https://a.org/2", '","href":"x', '"href":"', "\\", '\\"href":"', "#", "", "é", "proj:bbox",
    '"proj:transform":[1,2]', None, 1, 2.5, [1, 2], [1.5, 2], [1, 2, 3], [], [None, 1], ["1", 2], [[1, 2]],
    {"href": "https://a.org/3"}, {"href": 1}, [{"href": "b"}], {"proj:transform": [1, 2]}, ["href"], ["href", "b"],
)  # fmt: skip


def some_assets(chance):
    assets = {}
    for name in chance.sample(["a", "b", "href", '"href":"', "proj:bbox"], chance.randrange(3)):
        asset = {key: chance.choice(VALUES) for key in chance.sample(KEYS, chance.randrange(5))}
        if chance.random() < 0.8:
            asset = {"href": chance.choice(["https://a.org/1", "https://a.org/2?b=%20", "s3://b/c"]), **asset}
        assets[name] = asset if chance.random() < 0.95 else chance.choice(VALUES)
    return assets


def text_of(assets):
    return orjson.dumps({"assets": assets})[1:-1]


def bare(assets):
    """Return assets as a schema sees them that asks nothing of hrefs, and of some lists how many numbers they hold."""
    found = {}
    for name, asset in assets.items():
        found[name] = {key: value for key, value in asset.items() if key != "href"}
        for key in COUNTED:
            value = asset.get(key)
            if isinstance(value, list) and len(value) > 1 and all(isinstance(one, int | float) for one in value):
                found[name][key] = f"{len(value)} numbers"
    return found


@pytest.mark.parametrize("often", [1, None])
def test_the_same_text_is_of_assets_that_differ_in_nothing_else(monkeypatch, often):
    monkeypatch.setattr(asset_texts, "_OFTEN", often)
    chance = random.Random(7)  # noqa: S311 - made data
    texts, known = AssetTexts(), {}
    taken = shared = 0
    for _ in range(15_000):
        assets = some_assets(chance)
        apart = texts.apart(assets, text_of(assets))
        if apart is None:
            continue
        taken += 1
        texts._new = 0  # patience without end
        assert apart.hrefs == [asset["href"].encode() for asset in assets.values()]
        before = known.setdefault(apart.form, assets)
        assert orjson.dumps(bare(before)) == orjson.dumps(bare(assets))
        shared += before != assets
    assert taken > 2_500
    assert shared > 250
    assert (texts._often > 10) == (often is not None)


@pytest.mark.parametrize(
    ("assets", "apart"),
    [
        ({}, True),
        ({"a": {"href": "https://a.org/1", "title": "href"}}, True),
        ({"a": {"href": "https://a.org/1", 'x"href': "b"}}, False),
        ({"a": {"href": "https://a.org/1", "alternate": {"href": "b"}}}, False),
        ({"a": {"href": "https://a.org/1"}, "b": {}}, False),
        ({"a": {"alternate": {"href": "b"}}}, False),
        ({"a": {"href": 1, "alternate": {"href": "b"}}}, False),
        ({"a": {"href": "https://a.org/\n"}}, False),
        ({"a": "b"}, False),
        (["a"], False),
        (None, False),
    ],
)
def test_only_what_has_one_href_an_asset_is_divided(assets, apart):
    texts = AssetTexts()
    for _ in range(2):
        assert (texts.apart(assets, text_of(assets)) is not None) == apart


def test_an_item_is_written_as_every_document_is(real_data):
    line = (real_data / "stac" / "sentinel-2-l2a-pc-100.ndjson").read_bytes().splitlines()[0]
    document = orjson.loads(line)
    links = own_links(document)
    moved = {"assets": document["assets"], **document}
    last = {**{name: value for name, value in document.items() if name != "assets"}, "assets": document["assets"]}
    bare_one = {name: value for name, value in document.items() if name != "assets"}
    for one in (document, moved, last, {"assets": {}}, {}, bare_one):
        body, text = stored_item(one, links, 10**6)
        assert body == stored(one, links, 10**6)
        assert text == (text_of(one["assets"]) if "assets" in one else b"")


def test_assets_that_are_all_new_are_not_remembered_for_ever():
    texts = AssetTexts()
    forms = [texts.apart(assets, text_of(assets)).form for n in range(1000) if (assets := {"a": {"href": "b", "n": n}})]
    assert (forms[0] is None, forms[-1] is None) == (False, True)
    assert len(texts._known[("a",)]) < 10


def spoilt(document, chance):
    properties = dict(document["properties"])
    for _ in range(chance.choice([0, 1, 1, 2])):
        name = chance.choice([*properties, "eo:cloud_cover", "eo:other", "proj:epsg", "gsd", "bands", "a:b"])
        if chance.random() < 0.2:
            properties.pop(name, None)
        else:
            properties[name] = chance.choice([None, 1, -1.5, "x", [], {}, [1], {"name": "B1"}, 200, "2024-01-01"])
    return {**document, "properties": properties}


def test_a_document_shown_in_part_is_judged_as_it_is_whole(real_data):
    chance = random.Random(11)  # noqa: S311 - made data
    texts, found = AssetTexts(), {True: 0, False: 0}
    extensions = sorted(vendored.extensions())
    for name in ("sentinel-2-l2a-pc-100", "landsat-c2-l2-100", "naip-1000", "sentinel-1-rtc-12SYJ-258"):
        for line in (real_data / "stac" / f"{name}.ndjson").read_bytes().splitlines()[:100:20]:
            document = orjson.loads(line)
            document["links"] = [*own_links(document), {"rel": "collection", "href": "./collection"}]
            for _ in range(12):
                other = spoilt(document, chance)
                also = chance.sample(extensions, chance.random() < 0.1)
                other["stac_extensions"] = [*other["stac_extensions"], *also]
                addresses = schemas_of("Feature", other, extended=True)
                valid = vendored.compiled(*addresses).is_valid(other)
                apart = texts.apart(other["assets"], text_of(other["assets"]))
                forms = [apart.form, apart.form, None] if apart is not None else [None]
                judged = [verdicts(addresses).keeps(other, form, is_plain=True) for form in forms]
                assert judged == [valid] * len(forms), other["properties"]
                found[valid] += 1
    assert min(found.values()) > 20
