"""Values at the end of what JSON holds, and words that programs would run, harm no sum, no file and no page."""

import csv
import io
from html import unescape

import pytest
from promises import collection, item

_EXTREME = (
    {"wide": 1e308, "narrow": 5e-324, "whole": 2**64 - 1, "flat": 1.5},
    {"wide": -1e308, "narrow": 0.0, "whole": -(2**63), "flat": 1.5},
    {"wide": 0.5, "narrow": 1e-323, "whole": 7, "flat": 1.5},
)


@pytest.fixture(scope="module")
def extremes(ben):
    """Return the address of a Collection whose numbers end where those of JSON do."""
    name = f"{ben.id}.extremes"
    assert ben.client.post("/api/collections", json=collection(name)).status_code == 201
    for place, numbers in enumerate(_EXTREME):
        properties = {"datetime": f"2024-01-0{place + 1}T00:00:00Z", **numbers}
        document = item(name, f"extreme-{place}", properties=properties)
        assert ben.client.post(f"/api/collections/{name}/items", json=document).status_code == 201
    return f"/api/collections/{name}"


def test_numbers_however_wide_apart_or_close_are_summed(ben, extremes):
    for above in ("/api", extremes):
        listed = ben.client.get(f"{above}/aggregations")
        assert listed.status_code == 200
    names = [one["name"] for one in listed.json()["aggregations"]]
    assert {"wide_frequency", "narrow_frequency", "whole_frequency"} <= set(names)
    for name in names:
        answer = ben.client.get(f"{extremes}/aggregate", params={"aggregations": name})
        assert answer.status_code == 200, name
        (told,) = answer.json()["aggregations"]
        if name in ("wide_frequency", "narrow_frequency", "whole_frequency"):
            assert sum(bucket["frequency"] for bucket in told["buckets"]) + told["overflow"] == len(_EXTREME), name


@pytest.mark.parametrize(("form", "statuses"), [("csv", {200}), ("fgb", {200}), ("ndjson", {200}), ("parquet", {406})])
def test_numbers_beyond_64_bits_are_written_or_refused_in_words(ben, extremes, form, statuses):
    answer = ben.client.get(f"{extremes}/items", params={"f": form})
    assert answer.status_code in statuses


def test_a_formula_in_a_title_is_a_text_in_a_table(ben):
    name = f"{ben.id}.formulas"
    assert ben.client.post("/api/collections", json=collection(name)).status_code == 201
    said = {"title": '=HYPERLINK("http://evil.example")', "=cmd": "@SUM(1)", "low": "-12.5", "minus": "-cmd|x"}
    document = item(name, "formula", properties={"datetime": "2024-01-01T00:00:00Z", **said})
    assert ben.client.post(f"/api/collections/{name}/items", json=document).status_code == 201
    table = ben.client.get(f"/api/collections/{name}/items", params={"f": "csv"})
    (row,) = csv.DictReader(io.StringIO(table.text))
    assert row["title"] == f"'{said['title']}"
    assert (row["'=cmd"], row["low"], row["minus"]) == ("'@SUM(1)", "-12.5", "'-cmd|x")


def test_every_link_of_a_page_leads_somewhere(ben, extremes):
    page = ben.client.get(extremes, params={"f": "html"}).text
    leads = {unescape(part.partition('"')[0]) for part in page.split('href="')[1:]}
    assert any(address.partition("?")[0].endswith("/queryables") for address in leads)
    assert {address: ben.client.get(address).status_code for address in leads} == dict.fromkeys(leads, 200)
