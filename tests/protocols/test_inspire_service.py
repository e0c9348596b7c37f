"""What INSPIRE's portal reads first: the capabilities in a language, and from there the metadata of the service."""

import httpx
import pytest
from lxml import etree

pytestmark = pytest.mark.peers
COMMON = {"common": "http://inspire.ec.europa.eu/schemas/common/1.0", "srv": "http://www.isotc211.org/2005/srv"}


def test_the_capabilities_lead_to_the_metadata_of_the_service(platform, until):
    asked = {"service": "CSW", "version": "2.0.2", "request": "GetCapabilities", "LANGUAGE": "eng"}
    capabilities = etree.fromstring(httpx.get(f"{platform.url}/csw", params=asked, timeout=60).content)
    (address,) = capabilities.xpath("//common:MetadataUrl/common:URL/text()", namespaces=COMMON)

    def kind():
        about = etree.fromstring(httpx.get(address, timeout=60).raise_for_status().content)
        return about.xpath("//srv:SV_ServiceIdentification/srv:serviceType/*/text()", namespaces=COMMON)

    assert until(kind) == ["CSW"]
