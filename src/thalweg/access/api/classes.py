"""The conformance classes of OGC API Tiles that the faces keep, and the relations that it names."""

_CONF = "http://www.opengis.net/spec/ogcapi-tiles-1/1.0/conf/"
CORE, TILESET, TILESETS_LIST, PNG_TILES, JPEG_TILES = (
    _CONF + part for part in ("core", "tileset", "tilesets-list", "png", "jpeg")
)
_RELATION = "http://www.opengis.net/def/rel/ogc/1.0/"
TILESETS_REL = f"{_RELATION}tilesets-map"
SCHEME_REL = f"{_RELATION}tiling-scheme"
