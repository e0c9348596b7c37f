"""What a person and a program are told beside a page of no Records."""

import re
from html import unescape

import pytest
from callers import ALICE

from thalweg.catalogue.records.record import Contact, Record

pytestmark = pytest.mark.anyio
ALL = "/records/collections/all/items"
LEVELS = Record("levels", type="dataset", title="Water level of the Rhine", contacts=(Contact(organization="BfG"),))


@pytest.fixture
def filled(records):
    records.ensure_catalogue("demo.library", "Library", "What was written.", ALICE)
    records.register([LEVELS], "demo.library", ALICE)


async def answered(client, **asked):
    answer = await client.get(ALL, params=asked)
    assert answer.status_code == 200, answer.text
    return answer


@pytest.mark.usefixtures("filled")
async def test_any_of_the_words_are_a_link_away_where_they_do_not_stand_side_by_side(records_client):
    page = (await answered(records_client, q="water level Rhine", f="html")).text
    (found,) = re.findall(r'must stand side by side: <a href="([^"]*)">look for any of them</a>', page)
    assert "Water level of the Rhine" in (await records_client.get(unescape(found))).text
    for words in ("water level", "Meuse", "lake,sea shore"):
        assert "look for any" not in (await answered(records_client, q=words, f="html")).text


@pytest.mark.usefixtures("filled")
@pytest.mark.parametrize(
    ("asked", "told"),
    [
        ("organisation = 'BfG'", "no Record is known to have organisation: did you mean organization?"),
        ("zebra = 1", "no Record is known to have zebra"),
        ("organization = 'nobody' AND license = 'x' AND collection = 'none' AND datetime > DATE('2020-01-01')", None),
        ("title LIKE 'Water%' AND zebra IS NULL", None),
    ],
)
async def test_what_no_record_has_is_told_with_what_may_be_meant(records_client, asked, told):
    assert (await answered(records_client, filter=asked)).json().get("note") == told
    page = (await answered(records_client, filter=asked, f="html")).text
    assert (f'<strong role="status">{told}</strong>' in page) is (told is not None)
