"""Manifests of Sentinel-1 and Sentinel-3, shortened from real ones to what a reader looks at."""

_SAFE_1 = """<?xml version="1.0" encoding="UTF-8"?>
<xfdu:XFDU xmlns:gml="http://www.opengis.net/gml" xmlns:s1="http://www.esa.int/safe/sentinel-1.0/sentinel-1"
 xmlns:s1sarl1="http://www.esa.int/safe/sentinel-1.0/sentinel-1/sar/level-1"
 xmlns:safe="http://www.esa.int/safe/sentinel-1.0"
 xmlns:xfdu="urn:ccsds:schema:xfdu:1" version="esa/safe/sentinel-1.0/sentinel-1/sar/level-1/grd/standard/iwdp">
<metadataSection>
<safe:processing name="GRD Post Processing" start="2021-08-09T20:08:52.914621" stop="2021-08-09T20:19:58.000000">
<safe:facility country="Germany" name="Copernicus S1 Core Ground Segment - DPA" organisation="ESA" site="Farnborough">
<safe:software name="Sentinel-1 IPF" version="003.31"/></safe:facility>
<safe:resource name="SLC"><safe:processing name="SLC Processing" stop="2021-08-09T20:00:00"><safe:facility name="a"/>
</safe:processing></safe:resource></safe:processing>
<safe:platform><safe:nssdcIdentifier>2014-016A</safe:nssdcIdentifier><safe:familyName>SENTINEL-1</safe:familyName>
<safe:number>A</safe:number><safe:instrument>
<safe:familyName abbreviation="SAR">Synthetic Aperture Radar</safe:familyName>
<safe:extension><s1sarl1:instrumentMode><s1sarl1:mode>IW</s1sarl1:mode>
<s1sarl1:swath>IW</s1sarl1:swath></s1sarl1:instrumentMode></safe:extension>
</safe:instrument></safe:platform>
<safe:orbitReference><safe:orbitNumber type="start">39156</safe:orbitNumber>
<safe:orbitNumber type="stop">39156</safe:orbitNumber>
<safe:relativeOrbitNumber type="start">59</safe:relativeOrbitNumber>
<safe:cycleNumber>239</safe:cycleNumber><safe:extension><s1:orbitProperties><s1:pass>ASCENDING</s1:pass>
<s1:ascendingNodeTime>2021-08-09T17:27:24.123456</s1:ascendingNodeTime></s1:orbitProperties></safe:extension>
</safe:orbitReference>
<s1sarl1:standAloneProductInformation><s1sarl1:missionDataTakeID>302867</s1sarl1:missionDataTakeID>
<s1sarl1:transmitterReceiverPolarisation>VV</s1sarl1:transmitterReceiverPolarisation>
<s1sarl1:transmitterReceiverPolarisation>VH</s1sarl1:transmitterReceiverPolarisation>
<s1sarl1:productType>GRD</s1sarl1:productType>
<s1sarl1:productTimelinessCategory>NRT-3h</s1sarl1:productTimelinessCategory></s1sarl1:standAloneProductInformation>
<safe:acquisitionPeriod><safe:startTime>2021-08-09T17:39:53.153776</safe:startTime>
<safe:stopTime>2021-08-09T17:40:18.152800</safe:stopTime></safe:acquisitionPeriod>
<safe:frameSet><safe:frame><safe:footPrint srsName="http://www.opengis.net/gml/srs/epsg.xml#4326">
<gml:coordinates>46.033890,1.512143 46.436539,4.851360 44.938713,5.188996 44.536255,1.937196</gml:coordinates>
</safe:footPrint></safe:frame></safe:frameSet></metadataSection>
<dataObjectSection>{files}</dataObjectSection></xfdu:XFDU>"""

_FILE = """<dataObject ID="{id}" repID="{kind}"><byteStream mimeType="x" size="{size}">
<fileLocation locatorType="URL" href="./{name}" textInfo="{text}"/>
<checksum checksumName="MD5">967563885ee7f6efefdea8193b1ab2a7</checksum></byteStream></dataObject>"""

NAME_1 = "S1A_IW_GRDH_1SDV_20210809T173953_20210809T174018_039156_049F13_6FF8.SAFE"
_TAIL_1 = "20210809t173953-20210809t174018-039156-049f13"
FILES_1 = [
    f"annotation/s1a-iw-grd-vv-{_TAIL_1}-001.xml",
    f"annotation/s1a-iw-grd-vh-{_TAIL_1}-002.xml",
    f"annotation/calibration/noise-s1a-iw-grd-vv-{_TAIL_1}-001.xml",
    f"annotation/calibration/calibration-s1a-iw-grd-vv-{_TAIL_1}-001.xml",
    f"measurement/s1a-iw-grd-vv-{_TAIL_1}-001.tiff",
    f"measurement/s1a-iw-grd-vh-{_TAIL_1}-002.tiff",
    "preview/quick-look.png",
    "preview/map-overlay.kml",
]
ANNOTATION = """<product><adsHeader><productType>GRD</productType></adsHeader><generalAnnotation><productInformation>
<platformHeading>-1.267152e+01</platformHeading></productInformation></generalAnnotation><imageAnnotation><imageInformation><rangePixelSpacing>1.000000e+01</rangePixelSpacing>
<azimuthPixelSpacing>1.000000e+01</azimuthPixelSpacing><numberOfSamples>26239</numberOfSamples>
<numberOfLines>16716</numberOfLines><incidenceAngleMidSwath>3.893710e+01</incidenceAngleMidSwath></imageInformation><processingInformation><swathProcParamsList>
<swathProcParams><rangeProcessing><numberOfLooks>5</numberOfLooks></rangeProcessing>
<azimuthProcessing><numberOfLooks>1</numberOfLooks></azimuthProcessing></swathProcParams></swathProcParamsList>
</processingInformation></imageAnnotation></product>"""

_SAFE_3 = """<?xml version="1.0" encoding="UTF-8"?>
<xfdu:XFDU xmlns:xfdu="urn:ccsds:schema:xfdu:1" xmlns:sentinel-safe="http://www.esa.int/safe/sentinel/1.1"
 xmlns:gml="http://www.opengis.net/gml" xmlns:sentinel3="http://www.esa.int/safe/sentinel/sentinel-3/1.0"
 xmlns:olci="http://www.esa.int/safe/sentinel/sentinel-3/olci/1.0"
 xmlns:sral="http://www.esa.int/safe/sentinel/sentinel-3/sral/1.0">
<informationPackageMap><xfdu:contentUnit ID="packageUnit" unitType="Information Package">
<xfdu:contentUnit ID="LST_IN_Unit" unitType="Measurement Data Unit"><dataObjectPointer dataObjectID="LST_IN_Data"/>
</xfdu:contentUnit></xfdu:contentUnit></informationPackageMap>
<metadataSection><sentinel-safe:processing name="DataProcessing" stop="2021-05-11T10:10:10.000000">
<sentinel-safe:facility name="Land SLSTR and SYN Processing and Archiving Centre [LN2]">
<sentinel-safe:hardware name="OPE"/><sentinel-safe:software name="IPF-SL-2" version="06.17"/></sentinel-safe:facility>
</sentinel-safe:processing><sentinel-safe:acquisitionPeriod>
<sentinel-safe:startTime>2021-05-10T00:29:54.660731Z</sentinel-safe:startTime>
<sentinel-safe:stopTime>2021-05-10T00:32:54.660731Z</sentinel-safe:stopTime></sentinel-safe:acquisitionPeriod>
<sentinel-safe:platform><sentinel-safe:nssdcIdentifier>2016-011A</sentinel-safe:nssdcIdentifier>
<sentinel-safe:familyName>Sentinel-3</sentinel-safe:familyName><sentinel-safe:number>A</sentinel-safe:number>
<sentinel-safe:instrument><sentinel-safe:familyName abbreviation="SLSTR">Sea and Land</sentinel-safe:familyName>
</sentinel-safe:instrument></sentinel-safe:platform>
<sentinel-safe:frameSet><sentinel-safe:footPrint srsName="http://www.opengis.net/def/crs/EPSG/0/4326">
<gml:posList>-8 179 -8 -179 -18 -179 -18 179 -8 179</gml:posList></sentinel-safe:footPrint></sentinel-safe:frameSet>
<sentinel3:generalProductInformation><sentinel3:productName>NAME</sentinel3:productName>
<sentinel3:productType>SL_2_LST___</sentinel3:productType><sentinel3:timeliness>NT</sentinel3:timeliness>
</sentinel3:generalProductInformation>
<sentinel3:salineWaterPixels percentage="78.747222"/><sentinel3:cloudyPixels percentage="57.378222"/>
<olci:imageSize><sentinel3:rows>1200</sentinel3:rows><sentinel3:columns>1500</sentinel3:columns></olci:imageSize>
<olci:dubiousSamples value="3" percentage="0.500000"/><sral:openOceanPercentage>97</sral:openOceanPercentage>
<sentinel-safe:orbitReference>
<sentinel-safe:orbitNumber type="start" groundTrackDirection="ascending">27224</sentinel-safe:orbitNumber>
<sentinel-safe:relativeOrbitNumber type="start">301</sentinel-safe:relativeOrbitNumber>
<sentinel-safe:cycleNumber>71</sentinel-safe:cycleNumber></sentinel-safe:orbitReference>
</metadataSection><dataObjectSection>{files}</dataObjectSection></xfdu:XFDU>"""

NAME_3 = "S3A_SL_2_LST____20210510T002955_20210510T003255_20210511T101010_0179_071_301_5760_LN2_O_NT_004.SEN3"


def _listed(files):
    return "".join(
        _FILE.format(id=file_id, kind="", size=10, name=name, text=f"about {name}") for file_id, name in files
    )


def sentinel_1(folder, changes=(), *, annotated=True):
    """Write a product of Sentinel-1 without its measurements, and return its folder."""
    product = folder / NAME_1
    product.mkdir()
    text = _SAFE_1.format(files=_listed((name.rpartition("/")[2], name) for name in FILES_1))
    (product / "manifest.safe").write_text(_changed(text, changes))
    if annotated:
        (product / "annotation").mkdir()
        (product / FILES_1[0]).write_text(ANNOTATION)
    return product


def sentinel_3(folder, changes=(), name=NAME_3):
    """Write a product of Sentinel-3 without its measurements, and return its folder."""
    product = folder / name
    product.mkdir()
    files = [("LST_IN_Data", "LST_in.nc"), ("SLSTR_FLAGS_IN_Data", "flags_in.nc")]
    (product / "xfdumanifest.xml").write_text(_changed(_SAFE_3.format(files=_listed(files)), changes))
    return product


def _changed(text, changes):
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    return text
