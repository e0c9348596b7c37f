"""OWSLib as a client of CSW: arguments are the service's address, an authorization header, and a box."""

import json
import sys

from owslib import fes, fes2
from owslib.csw import CatalogueServiceWeb
from owslib.ows import ExceptionReport

ADDRESS, AUTHORIZATION, *BOX = sys.argv[1:]
BOX = [float(one) for one in BOX]
RECORD = (
    '<csw:Record xmlns:csw="http://www.opengis.net/cat/csw/2.0.2" xmlns:dc="http://purl.org/dc/elements/1.1/">'
    "<dc:identifier>by-owslib</dc:identifier><dc:title>New</dc:title><dc:type>dataset</dc:type></csw:Record>"
)
told = {}


def found(client, **asked):
    client.getrecords2(**asked)
    return {"results": client.results, "ids": sorted(client.records)}


second = CatalogueServiceWeb(ADDRESS)
told["title"], told["provider"] = second.identification.title, second.provider.name
told["operations"] = [one.name for one in second.operations]
words = [fes.PropertyIsLike("csw:AnyText", "%river%")]
told["words"] = found(second, constraints=words, esn="full", maxrecords=1)
told["box"] = found(second, constraints=[fes.BBox(BOX)])
told["both"] = found(second, constraints=[[*words, fes.BBox(BOX)]])
told["either"] = found(second, constraints=[words, [fes.PropertyIsEqualTo("dc:type", "series")]])
told["cql"] = found(second, cql="dc:title like 'Water levels%'")
told["sorted"] = found(second, sortby=fes.SortBy([fes.SortProperty("dc:title", "DESC")]), maxrecords=3)
second.getrecordbyid(["urn:x-test:rhine", "urn:x-test:elbe"], esn="full")
told["by_id"] = {key: [one.title, one.bbox.minx, one.bbox.maxy] for key, one in second.records.items()}
second.getrecordbyid(["urn:x-test:rhine"], outputschema="http://www.isotc211.org/2005/gmd", esn="full")
told["iso"] = {key: one.identification[0].title for key, one in second.records.items()}
second.getdomain("dc:type", "property")
told["types"] = sorted(second.results["values"])
second.getdomain("GetRecords.resultType")
told["result_types"] = second.results["values"]
second.describerecord()
told["described"] = second.response is not None
try:
    second.transaction(ttype="insert", typename="csw:Record", record=RECORD)
    told["refused"] = ""
except ExceptionReport as error:
    told["refused"] = str(error)
writer = CatalogueServiceWeb(ADDRESS, headers={"authorization": AUTHORIZATION})
writer.transaction(ttype="insert", typename="csw:Record", record=RECORD)
told["inserted"] = writer.results["insertresults"]
writer.transaction(
    ttype="update", typename="csw:Record", propertyname="dc:title", propertyvalue="Newer", identifier="by-owslib"
)
writer.getrecordbyid(["by-owslib"])
told["updated"] = writer.records["by-owslib"].title
writer.transaction(ttype="delete", typename="csw:Record", identifier="by-owslib")
writer.getrecordbyid(["by-owslib"])
told["deleted"] = "by-owslib" not in writer.records

third = CatalogueServiceWeb(ADDRESS, version="3.0.0")
told["third"] = [one.name for one in third.operations]
third.getrecords(constraints=[fes2.PropertyIsLike("csw:AnyText", "%river%")], esn="full")
told["third_words"] = {"results": third.results, "ids": sorted(third.records)}
third.getrecords(constraints=[fes2.BBox(BOX)], esn="brief")
told["third_box"] = {"results": third.results, "ids": sorted(third.records)}
third.getdomain("dc:type", "property")
told["third_types"] = sorted(third.results["values"])
sys.stdout.write(json.dumps(told))
