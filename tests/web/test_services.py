"""Classic services at one address: which is meant, what is refused in their words, how their headers are spelled."""

import socket
import threading

import httpx
import pytest
import uvicorn
from lxml import etree
from starlette.responses import Response
from starlette.routing import Mount, Route

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


async def observations(request):
    raise Unauthenticated(f"sign in at {request.url.path}")


def in_its_own_words(request):
    """Return how a service tells errors that names itself and the method that was used."""
    return lambda error, _reference: Response(f"SOS {request.method}: {type(error).__name__}", error.status)


SERVICES = Services(
    [
        Service("WMS", maps, operations=frozenset({"GetMap"})),
        Service("WFS", features, posted, "http://www.opengis.net/wfs"),
        Service("SOS", observations, observations, "http://www.opengis.net/sos", refused=in_its_own_words),
    ],
    most_body=1000,
)
APPLICATION = Application(
    [
        *SERVICES.routes("/ows"),
        *SERVICES.routes("/workspaces/{workspace}/ows"),
        ServiceRoute("/plain", maps, ["GET"]),
        Mount("/workspaces", routes=[Route("/{workspace}", maps)]),
    ]
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
        assert answer == (400, "MissingParameterValue", "service", "service: must be given; it is one of WMS, WFS, SOS")
    status, code, locator, text = refused(await ask(params={"service": "WPS"}))
    assert (status, code, locator) == (400, "InvalidParameterValue", "service")
    assert "'WPS', not one of WMS, WFS, SOS" in text
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


@pytest.mark.parametrize("path", ["/ows", "/workspaces/demo/ows"])
async def test_each_service_tells_by_its_own_report_what_http_refuses(path):
    """Whatever else is mounted below the folder that the address is in."""
    assert refused(await ask("PUT", path))[:2] == (405, "NoApplicableCode")
    told = await ask("PUT", path, params={"SERVICE": "sos"})
    assert (told.status_code, told.text) == (405, "SOS PUT: MethodNotAllowed")
    assert (await ask("GET", path, params={"service": "SOS"})).text == "SOS GET: Unauthenticated"
    told = await ask("POST", path, params={"service": "SOS"}, content=b"x" * 1001)
    assert (told.status_code, told.text) == (413, "SOS POST: TooLarge")
    told = await ask("POST", path, content='<GetObservation xmlns="http://www.opengis.net/sos/2.0"/>')
    assert told.text == "SOS POST: Unauthenticated"


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
