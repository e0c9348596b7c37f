"""Classic services at one address: which is meant, what is refused in their words, how their headers are spelled."""

import socket
import threading

import httpx
import pytest
import uvicorn
from lxml import etree
from starlette.responses import Response

from thalweg.core.errors import Unauthenticated
from thalweg.web.application import Application
from thalweg.web.services import Service, ServiceRoute, Services
from thalweg.web.spelling import Spelling

pytestmark = pytest.mark.anyio
SOAP = "http://www.w3.org/2003/05/soap-envelope"
OWS = "http://www.opengis.net/ows/1.1"


async def maps(request):
    return Response(f"map of {request.url.path}", media_type="text/plain", headers={"etag": '"1"'})


async def features(_request):
    raise Unauthenticated("sign in")


async def posted(request):
    return Response(await request.body(), media_type="text/plain")


SERVICES = Services(
    [
        Service("WMS", maps, operations=frozenset({"GetMap"})),
        Service("WFS", features, posted, "http://www.opengis.net/wfs"),
    ],
    most_body=1000,
)
APPLICATION = Application(
    [*SERVICES.routes("/ows"), *SERVICES.routes("/workspaces/{workspace}/ows"), ServiceRoute("/plain", maps, ["GET"])]
)


@pytest.fixture(scope="module")
def anyio_backend():
    return "asyncio"


async def ask(method="GET", path="/ows", **more):
    transport = httpx.ASGITransport(APPLICATION)
    async with httpx.AsyncClient(transport=transport, base_url="http://eo.example") as client:
        return await client.request(method, path, **more)


def refused(answer, namespace=OWS):
    root = etree.fromstring(answer.content)
    exception = next(root.iter(f"{{{namespace}}}Exception"))
    return answer.status_code, exception.get("exceptionCode"), exception.get("locator"), exception[0].text


@pytest.mark.parametrize("asked", [{"service": "WMS"}, {"SERVICE": "wms", "request": "GetMap"}, {"REQUEST": "GetMap"}])
async def test_the_service_is_meant_that_is_named_or_whose_operation_is(asked):
    assert (await ask(params=asked)).text == "map of /ows"
    assert (await ask(path="/workspaces/demo/ows", params=asked)).text == "map of /workspaces/demo/ows"


async def test_no_service_and_an_unknown_one_are_answered_with_those_that_are_offered():
    for asked in ({}, {"service": ""}, {"request": "GetCapabilities"}):
        answer = refused(await ask(params=asked))
        assert answer == (400, "MissingParameterValue", "service", "service: must be given; it is one of WMS, WFS")
    status, code, locator, text = refused(await ask(params={"service": "WPS"}))
    assert (status, code, locator) == (400, "InvalidParameterValue", "service")
    assert "'WPS', not one of WMS, WFS" in text
    assert refused(await ask(path="/ows?service=WMS&SERVICE=WFS"))[:3] == (400, "InvalidParameterValue", "SERVICE")


@pytest.mark.parametrize(
    "body",
    [
        '<GetFeature xmlns="http://www.opengis.net/wfs/2.0"/>',
        '<wfs:GetFeature xmlns:wfs="http://www.opengis.net/wfs" service="WFS"/>',
        '<GetCapabilities service="WFS"/>',
        f'<s:Envelope xmlns:s="{SOAP}"><s:Body><GetFeature xmlns="http://www.opengis.net/wfs"/></s:Body></s:Envelope>',
    ],
)
async def test_a_request_in_xml_goes_to_its_service_as_it_came(body):
    assert (await ask("POST", content=body)).text == body


@pytest.mark.parametrize(
    ("body", "code", "locator"),
    [
        ("<GetFeature/>", "MissingParameterValue", "service"),
        ('<GetMap service="WMS"/>', "InvalidParameterValue", "service"),
        ('<x service="WPS"/>', "InvalidParameterValue", "service"),
        ("<broken", "InvalidParameterValue", "request"),
        ('<!DOCTYPE x [<!ENTITY a "b">]><x>&a;</x>', "InvalidParameterValue", "request"),
        ("", "InvalidParameterValue", "request"),
    ],
)
async def test_xml_of_no_service_is_refused(body, code, locator):
    assert refused(await ask("POST", content=body))[:3] == (400, code, locator)


async def test_an_envelope_is_refused_by_a_fault():
    for inside in ("", "<GetFeature/>"):
        answer = await ask("POST", content=f'<s:Envelope xmlns:s="{SOAP}"><s:Body>{inside}</s:Body></s:Envelope>')
        assert (answer.status_code, answer.headers["content-type"]) == (400, "application/soap+xml; charset=UTF-8")
        assert etree.fromstring(answer.content).find(f"{{{SOAP}}}Body/{{{SOAP}}}Fault") is not None


async def test_what_http_refuses_is_told_by_a_report():
    answer = await ask("DELETE")
    assert (refused(answer)[:2], answer.headers["allow"]) == ((405, "NoApplicableCode"), "GET, HEAD, POST, OPTIONS")
    assert refused(await ask("POST", content=b"x" * 1001))[:2] == (413, "NoApplicableCode")
    answer = await ask(params={"service": "WFS"})
    assert (refused(answer)[:2], answer.headers["www-authenticate"]) == ((401, "NoApplicableCode"), "Bearer")


@pytest.mark.parametrize("server", ["httptools", "h11"])
def test_headers_are_spelled_for_programs_that_compare_their_case(server):
    with socket.create_server(("127.0.0.1", 0)) as listening:
        running = uvicorn.Server(
            uvicorn.Config(Spelling(APPLICATION), http=server, log_level="critical", lifespan="off")
        )
        thread = threading.Thread(target=running.run, kwargs={"sockets": [listening]})
        thread.start()
        try:
            asked = ("GET /ows?service=WMS", "DELETE /ows", "GET /ows", "GET /plain")
            answers = [answered(listening.getsockname(), one) for one in asked]
        finally:
            running.should_exit = True
            thread.join()
    for head, body in answers:
        names = [one.partition(b":")[0].decode() for one in head.split(b"\r\n")[1:]]
        lengths = [one.partition(b":")[2] for one in head.split(b"\r\n") if one.lower().startswith(b"content-length:")]
        assert {"Content-Type", "Access-Control-Allow-Origin"} <= set(names)
        assert len(names) == len({name.lower() for name in names})
        assert list(map(int, lengths)) == [len(body)]


def answered(address, asked):
    with socket.create_connection(address) as line:
        line.sendall(f"{asked} HTTP/1.1\r\nHost: eo.example\r\nConnection: close\r\n\r\n".encode())
        head, _, body = line.makefile("rb").read().partition(b"\r\n\r\n")
    return head, body
