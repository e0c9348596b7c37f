"""Whom people may ask is told wherever a catalogue tells of itself."""

import httpx
import pytest
from lxml import etree

from thalweg.app.compose import Platform
from thalweg.app.settings import read_settings
from thalweg.core.errors import InvalidParameter

pytestmark = pytest.mark.anyio
MAIL = "help@eo.example"


@pytest.fixture
def anyio_backend():
    return "asyncio"


def client(tmp_path, **settings):
    platform = Platform(read_settings(home=tmp_path, **settings))
    platform.migrate()
    return httpx.AsyncClient(transport=httpx.ASGITransport(platform.web()), base_url="http://eo.example")


async def test_each_face_of_the_catalogue_says_whom_to_contact(tmp_path):
    asking = client(tmp_path, contact=MAIL)
    for root in ("/api", "/records", "/workspaces/public/records", "/workspaces/public/api"):
        links = (await asking.get(f"{root}/")).json()["links"]
        assert [one["href"] for one in links if one["rel"] == "author"] == [f"mailto:{MAIL}"], root
        assert f'<a href="mailto:{MAIL}">Contact</a>' in (await asking.get(f"{root}/?f=html")).text
    identity = etree.fromstring((await asking.get("/oai?verb=Identify")).content)
    assert identity.xpath("//*[local-name()='adminEmail']/text()") == [MAIL]
    for version in ("2.0.2", "3.0.0"):
        told = await asking.get(f"/csw?service=CSW&request=GetCapabilities&version={version}")
        address = "//*[local-name()='ServiceContact']/*/*/*[local-name()='ElectronicMailAddress']/text()"
        assert etree.fromstring(told.content).xpath(address) == [MAIL]


async def test_nobody_is_named_where_the_operator_names_none(tmp_path):
    links = (await client(tmp_path).get("/records/")).json()["links"]
    assert not [one for one in links if one["rel"] == "author"]


@pytest.mark.parametrize("wrong", ["Ann", "ann@eo example", "@"])
async def test_a_contact_is_an_address_of_mail(tmp_path, wrong):
    with pytest.raises(InvalidParameter, match="contact"):
        read_settings(home=tmp_path, contact=wrong)
