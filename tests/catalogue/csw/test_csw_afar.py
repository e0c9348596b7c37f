"""CSW with others: SOAP, answers that come later, searches that go on to other catalogues and never in a circle."""

import socket
import threading

import anyio
import pytest
from csw_world import LIKE, NAMES, compares, search_2, search_3, that
from starlette.applications import Starlette
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route

from thalweg.catalogue.federation.catalogues import Federated

pytestmark = pytest.mark.anyio
FLOODS = that(compares("PropertyIsEqualTo", "dc:title", "Flood reports"))
BY_PAIRS = {
    "service": "CSW",
    "request": "GetRecords",
    "typeNames": "csw:Record",
    "resultType": "results",
    "ElementSetName": "brief",
    "constraintLanguage": "CQL_TEXT",
    "constraint": "dc:title = 'Flood reports'",
    "distributedSearch": "TRUE",
}
BY_PAIRS_2, BY_PAIRS_3 = ({**BY_PAIRS, "version": version} for version in ("2.0.2", "3.0.0"))
FAR_2 = '<csw:DistributedSearch hopCount="{hops}"/>'
FAR_3 = '<csw30:DistributedSearch hopCount="{hops}" clientId="urn:x-test:us" distributedSearchId="urn:x-test:{name}"/>'


def envelope(body, version="http://www.w3.org/2003/05/soap-envelope"):
    return f'<s:Envelope xmlns:s="{version}"><s:Body>{body}</s:Body></s:Envelope>'


async def test_soap_carries_requests_and_answers(csw):
    told = await csw.post(envelope(search_2(FLOODS)), kind="application/soap+xml")
    assert (told.kind, told.ids) == ("application/soap+xml", ["flood"])
    assert told("/soap:Envelope/soap:Body/csw:GetRecordsResponse")


async def test_soap_carries_faults(csw):
    told = await csw.post(envelope(search_2(FLOODS, outputSchema="urn:nothing")), kind="application/soap+xml")
    assert (told.status, told.refused) == (400, ("InvalidParameterValue", "outputSchema"))
    assert told("/soap:Envelope/soap:Body/soap:Fault/soap:Code/soap:Value/text()") == ["soap:Sender"]
    assert told("//soap:Fault/soap:Detail/ows:ExceptionReport")


async def test_soap_of_the_version_before_is_answered_in_kind(csw):
    old = "http://schemas.xmlsoap.org/soap/envelope/"
    told = await csw.post(envelope(search_2(FLOODS), old), kind="text/xml")
    assert (told.space, told.ids) == (old, ["flood"])


async def test_an_envelope_without_a_request_is_a_fault(csw):
    told = await csw.post(envelope(""), kind="application/soap+xml")
    assert told.refused == ("InvalidParameterValue", "Body")


class Taker:
    """Keeps what is posted to it."""

    def __init__(self):
        self.taken = []
        self.arrived = threading.Event()
        self.application = Starlette(routes=[Route("/answers", self.take, methods=["POST"])])

    async def take(self, request):
        self.taken.append(await request.body())
        self.arrived.set()
        return Response()


async def test_a_search_is_acknowledged_and_its_answer_handed_over(csw, serving):
    taker = Taker()
    handler = f"<csw:ResponseHandler>{serving(taker.application)}/answers</csw:ResponseHandler>"
    body = search_2(FLOODS, requestId="urn:x-test:7").replace("<csw:Query", f"{handler}<csw:Query", 1)
    told = await csw.post(body)
    assert (told.name, told("csw:RequestId/text()")) == ("Acknowledgement", ["urn:x-test:7"])
    assert taker.arrived.wait(20)
    assert b"urn:x-test:flood" in taker.taken[0]


async def test_what_fails_later_is_handed_over_as_a_report(csw, serving):
    taker = Taker()
    handler = f"<csw:ResponseHandler>{serving(taker.application)}/answers</csw:ResponseHandler>"
    body = search_2(FLOODS, startPosition="99999999999").replace("<csw:Query", f"{handler}<csw:Query", 1)
    assert (await csw.post(body)).name == "Acknowledgement"
    assert taker.arrived.wait(20)
    assert b"ExceptionReport" in taker.taken[0]


@pytest.mark.parametrize(
    "address", ["http://localhost:1/x", "http://10.1.2.3/x", "ftp://eo.example/x", "mailto:a@eo.example", "nonsense"]
)
async def test_answers_are_not_handed_over_inside(csw, address):
    handler = f"<csw:ResponseHandler>{address}</csw:ResponseHandler>"
    told = await csw.post(search_2(FLOODS).replace("<csw:Query", f"{handler}<csw:Query", 1))
    assert told.refused == ("InvalidParameterValue", "ResponseHandler")


async def test_a_handler_that_is_not_there_leaves_the_service_as_it_was(csw):
    with socket.create_server(("127.0.0.1", 0)) as closed:
        address = f"http://127.0.0.1:{closed.getsockname()[1]}/x"
    handler = f"<csw:ResponseHandler>{address}</csw:ResponseHandler>"
    told = await csw.post(search_2(FLOODS).replace("<csw:Query", f"{handler}<csw:Query", 1))
    assert told.name == "Acknowledgement"
    assert (await csw.post(search_2(FLOODS))).ids == ["flood"]


@pytest.fixture
def pair(tmp_path, serving, world):
    """Return two catalogues, each of which goes on to the other."""
    sockets = [socket.create_server(("127.0.0.1", 0)) for _ in range(2)]
    made = []
    for place, name in enumerate(("one", "two")):
        other = sockets[1 - place].getsockname()[1]
        made.append(world(tmp_path / name, federated=(Federated("other", f"http://127.0.0.1:{other}/csw"),)))
        serving(made[-1].application, sockets[place])
    return made


def far(body, hops, name=""):
    written = (FAR_3 if "csw30:" in body else FAR_2).format(hops=hops, name=name)
    head = "<csw30:Query" if "csw30:" in body else "<csw:Query"
    return body.replace(head, f"{written}{head}", 1)


async def test_a_search_goes_on_to_another_catalogue_and_not_in_a_circle(pair):
    one, _ = pair
    told = await one.post(far(search_2(FLOODS), 8))
    # The first asks the second, which asks the first again, which knows that it was here before.
    assert told.ids == ["flood", "flood", "flood"]
    assert told.results == (3, 3, 0)
    assert (await one.post(far(search_2(FLOODS), 1))).ids == ["flood"]
    assert (await one.post(search_2(FLOODS))).ids == ["flood"]


async def test_what_others_find_fills_the_room_that_is_left(pair):
    one, _ = pair
    every = that(compares("PropertyIsLike", "dc:title", "*", **LIKE))
    told = await one.post(far(search_2(every, maxRecords="14"), 2))
    assert (told.results[0], told.results[1]) == (28, 14)
    told = await one.post(far(search_2(every, maxRecords="20"), 2))
    assert told.results[1] == 20


async def test_csw_3_tells_what_others_found_apart(pair):
    one, two = pair
    inside = that(compares("PropertyIsEqualTo", "dc:title", "Flood reports")).replace("csw:", "csw30:")
    inside = inside.replace("ogc:PropertyName", "fes:ValueReference").replace("ogc:", "fes:")
    told = await one.post(far(search_3(inside), 2, "apart"))
    assert told("count(/csw30:GetRecordsResponse/csw30:SearchResults/csw30:BriefRecord)") == 1
    (found,) = told("//csw30:FederatedSearchResult")
    assert found.get("catalogueURL") == one.face.offer.federated[0]
    assert found.xpath(".//dc:identifier/text()", namespaces=NAMES) == ["urn:x-test:flood"]
    assert two.face.offer.federated != one.face.offer.federated


async def test_another_catalogue_that_does_not_answer_is_told_of(tmp_path, world):
    with socket.create_server(("127.0.0.1", 0)) as closed:
        address = f"http://127.0.0.1:{closed.getsockname()[1]}/csw"
    csw = world(tmp_path / "alone", federated=(Federated("away", address),))
    told = await csw.post(far(search_2(FLOODS), 2))
    assert told.results == (1, 1, 0)
    assert address in str(told("//comment()")[0])
    inside = "<csw30:ElementSetName>brief</csw30:ElementSetName>"
    told = await csw.post(far(search_3(inside), 2, "silent"))
    assert told("//csw30:FederatedException/@catalogueURL") == [address]
    assert told("//csw30:FederatedException/ows20:ExceptionReport")


@pytest.mark.parametrize("hops", ["0", "9", "many"])
async def test_hops_are_bounded(csw, hops):
    told = await csw.post(far(search_2(FLOODS), hops))
    assert told.refused == ("InvalidParameterValue", "hopCount")
    told = await csw.get(**BY_PAIRS_3, hopCount=hops)
    assert told.refused == ("InvalidParameterValue", "hopCount")


async def test_a_search_by_pairs_goes_on_by_pairs(pair):
    one, two = pair
    told = await one.get(**BY_PAIRS_2, requestId="urn:x-test:pairs")
    assert (told.ids, told.results) == (["flood", "flood"], (2, 2, 0))
    told = await one.get(**BY_PAIRS_2, hopCount="8", requestId="urn:x-test:round")
    assert told.ids == ["flood", "flood", "flood"]
    told = await one.get(**BY_PAIRS_3, clientId="urn:x-test:us", distributedSearchId="urn:x-test:session")
    (found,) = told("//csw30:FederatedSearchResult[@catalogueURL]")
    assert found.xpath(".//dc:identifier/text()", namespaces=NAMES) == ["urn:x-test:flood"]
    assert int(found.xpath("csw30:searchResult/@elapsedTime", namespaces=NAMES)[0]) >= 0
    # Within one session another question is another search, and the same one under a new id.
    again = {**BY_PAIRS_3, "distributedSearchId": "urn:x-test:session"}
    assert len((await one.get(**again))("//csw30:FederatedSearchResult")) == 0
    assert len((await one.get(**again, startPosition="2"))("//csw30:FederatedSearchResult")) == 1
    assert len((await one.get(**again, requestId="urn:x-test:2"))("//csw30:FederatedSearchResult")) == 1
    assert two.face.offer.federated


async def test_catalogues_are_chosen_among_those_of_the_federation(pair):
    one, _ = pair
    there = one.face.offer.federated[0]
    for place, named in enumerate((there, "other", f"({there},9000)", f"{there},9000")):
        told = await one.get(**BY_PAIRS_3, federatedCatalogues=named, requestId=f"urn:x-test:{place}")
        assert told("//csw30:FederatedSearchResult/@catalogueURL") == [there]
    told = await one.get(**BY_PAIRS_3, federatedCatalogues="http://192.0.2.1/csw")
    assert told.refused == ("InvalidParameterValue", "federatedCatalogues")
    inside = "<csw30:ElementSetName>brief</csw30:ElementSetName>"
    chosen = '><csw30:federatedCatalogues catalogueURL="{}" timeout="9000"/></csw30:DistributedSearch>'
    body = far(search_3(inside), 2, "chosen")
    told = await one.post(body.replace("/>", chosen.format(there), 1))
    assert told("//csw30:FederatedSearchResult/@catalogueURL") == [there]
    told = await one.post(body.replace("/>", chosen.format("http://192.0.2.1/csw"), 1))
    assert told.refused == ("InvalidParameterValue", "federatedCatalogues")


async def test_those_that_cannot_be_asked_spoil_nothing(tmp_path, world, serving):
    """One never answers, one answers without end, one with nonsense, one is inside, two are not there."""
    let_go = threading.Event()

    async def silent(_request):
        await anyio.to_thread.run_sync(let_go.wait)
        return Response()

    async def endless(_request):
        async def more():
            while not let_go.is_set():
                yield b" " * 2**20

        return StreamingResponse(more())

    async def nonsense(_request):
        return Response("<!DOCTYPE x><x/>", media_type="application/xml")

    async def wrong(_request):
        return Response("<x/>", 500)

    answers = {"silent": silent, "endless": endless, "nonsense": nonsense, "wrong": wrong}
    address = serving(Starlette(routes=[Route(f"/{name}", one, methods=["GET"]) for name, one in answers.items()]))
    federated = (
        *(Federated(name, f"{address}/{name}", seconds=0.5) for name in answers),
        Federated("inside", "http://10.1.2.3/csw"),
        Federated("old", f"{address}/old", "csw-2.0.2"),
        Federated("records", f"{address}/records", "records"),
    )
    csw = world(tmp_path / "patient", federated=federated)
    told = await csw.get(**BY_PAIRS_3)
    let_go.set()
    assert (told.status, told("/*/csw30:SearchResults/@numberOfRecordsMatched")) == (200, ["1"])
    failed = told("//csw30:FederatedException")
    assert [one.get("catalogueURL") for one in failed] == [one.url for one in federated]
    assert len(told("//csw30:FederatedException/ows20:ExceptionReport/ows20:Exception/ows20:ExceptionText")) == 7
    told = await csw.get(**BY_PAIRS_3, federatedCatalogues="nowhere")
    assert told.refused == ("InvalidParameterValue", "federatedCatalogues")
