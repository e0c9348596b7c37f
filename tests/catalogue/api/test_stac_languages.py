"""What the platform says is in the caller's language; what others wrote is in theirs."""

import pytest
from callers import ALICE
from made_items import a_collection

pytestmark = [pytest.mark.anyio, pytest.mark.usefixtures("filled")]


@pytest.mark.parametrize(
    ("accept", "asked", "language"),
    [
        (None, None, "en"),
        ("fr", None, "fr"),
        ("de-DE, fr-CA;q=0.8, en;q=0.5", None, "fr"),
        ("fr;q=0.2, en-GB", None, "en"),
        ("fr;q=0", None, "en"),
        ("*", None, "en"),
        ("en", "fr-FR,en;q=0.1", "fr"),
        ("fr", "tlh", "fr"),
        (";;;q=x", None, "en"),
    ],
)
async def test_the_landing_page_speaks_the_language_that_is_preferred(client, accept, asked, language):
    headers, words = {"accept-language": accept} if accept else {}, {"language": asked} if asked else {}
    answer = await client.get("/api/", headers=headers, params=words)
    assert answer.headers["content-language"] == language
    assert "Accept-Language" in answer.headers["vary"]
    page = answer.json()
    assert page["language"]["code"] == language
    titles = {link.get("title") for link in page["links"]}
    assert ("Les Collections" in titles, "The Collections" in titles) == (language == "fr", language == "en")
    assert {link["hreflang"] for link in page["links"] if "hreflang" in link} == {"en", "fr"}


async def test_every_title_of_the_landing_page_has_its_french(client):
    pages = [(await client.get("/api/", params={"language": code})).json() for code in ("en", "fr")]
    # A Collection's title is its writer's, in every language.
    english, french = ([one.get("title") for one in page["links"] if one["rel"] != "child"] for page in pages)
    said_alike = {one for one, other in zip(english, french, strict=True) if one == other}
    assert said_alike <= {None, "OpenAPI 3.0", "OpenAPI 3.1"}


@pytest.mark.parametrize(
    ("told", "header"), [({"code": "fr-FR"}, "fr-FR"), ({"code": "fr\r\nx: y"}, None), ("fr", None)]
)
async def test_a_collection_tells_the_language_of_its_writer(client, catalogue, told, header):
    catalogue.register_collection(a_collection("demo.told", language=told), ALICE)
    answer = await client.get("/api/collections/demo.told")
    assert answer.status_code == 200
    assert answer.headers.get("content-language") == header
