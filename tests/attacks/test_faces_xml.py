"""Bodies of the catalogue's faces that are short to send and long to read, and what a browser is made to send."""

import httpx
import pytest

from thalweg.app.compose import Platform
from thalweg.app.settings import read_settings
from thalweg.core.principals import Principal

XML = {"content-type": "application/xml"}
CSW = 'xmlns:csw="http://www.opengis.net/cat/csw/2.0.2" service="CSW" version="2.0.2"'
GMD = "http://www.isotc211.org/2005/gmd"
ISO = """<gmd:MD_Metadata xmlns:gmd="http://www.isotc211.org/2005/gmd" xmlns:gco="http://www.isotc211.org/2005/gco"
  xmlns:util="net.example.LanguageUtils">
  <gmd:fileIdentifier><gco:CharacterString>{id}</gco:CharacterString></gmd:fileIdentifier>
  <gmd:identificationInfo><gmd:MD_DataIdentification><gmd:citation><gmd:CI_Citation><gmd:title>
    <gco:CharacterString>Moors</gco:CharacterString></gmd:title></gmd:CI_Citation></gmd:citation>
  </gmd:MD_DataIdentification></gmd:identificationInfo>
</gmd:MD_Metadata>"""
_MANY = 1_100_000


def transaction(inside):
    """Return a Transaction."""
    return f"<csw:Transaction {CSW}>{inside}</csw:Transaction>"


@pytest.mark.parametrize(
    ("who", "body", "status"),
    [
        ("anyone", "<a>" + "<b/>" * _MANY + "</a>", 413),
        ("anyone", f"<csw:GetRecords {CSW}>" + "<b/>" * 50_001 + "</csw:GetRecords>", 413),
        ("anyone", f"<csw:GetRecordById {CSW}>" + "<csw:Id>a</csw:Id>" * 50_001 + "</csw:GetRecordById>", 413),
        (
            "anyone",
            f"<csw:GetDomain {CSW}>" + "<csw:PropertyName>type</csw:PropertyName>" * 101 + "</csw:GetDomain>",
            413,
        ),
        ("anyone", transaction("<csw:Insert/>"), 401),
        ("ben", transaction("<csw:Insert>" + "<b/>" * 10_001 + "</csw:Insert>"), 413),
        ("ben", transaction("<csw:Insert><b/></csw:Insert>" * 10_001), 413),
    ],
    ids=["any", "GetRecords", "GetRecordById", "GetDomain", "stranger", "records", "actions"],
)
def test_what_is_short_to_send_and_long_to_read_is_not_read(request, who, body, status):
    client = request.getfixturevalue(who)
    client = getattr(client, "client", client)
    answer = client.post("/csw", content=body, headers=XML)
    assert answer.status_code == status
    assert "ExceptionReport" in answer.text


def test_a_document_of_odd_namespaces_is_kept_to_the_byte(ben):
    document = ISO.format(id="odd-spaces")
    told = ben.client.post("/csw", content=transaction(f"<csw:Insert>{document}</csw:Insert>"), headers=XML)
    assert told.status_code == 200
    asked = {"service": "CSW", "version": "3.0.0", "request": "GetRecordById", "id": "odd-spaces", "outputSchema": GMD}
    assert document in ben.client.get("/csw", params={**asked, "elementSetName": "full"}).text


def test_no_page_of_another_site_makes_a_browser_harvest(ben, platform):
    composed = Platform(read_settings(home=platform.home))
    login = composed.identity.login_token(Principal(ben.id))
    harvest = {"service": "CSW", "version": "2.0.2", "request": "Harvest", "source": "http://127.0.0.1/x.xml"}
    with httpx.Client(base_url=platform.url) as browser:
        assert browser.get(f"/auth/login?token={login}").status_code == 303
        for address in ("/csw", "/ows"):
            asked = {**harvest, "resourceType": GMD}
            led = browser.get(address, params=asked, headers={"sec-fetch-site": "cross-site"})
            own = browser.get(address, params=asked, headers={"sec-fetch-site": "same-origin"})
            assert (led.status_code, own.status_code) == (403, 400)
