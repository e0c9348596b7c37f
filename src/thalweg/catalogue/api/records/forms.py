"""The forms in which catalogues and Records are given."""

from thalweg.web.forms import GEOJSON, HTML, JSON, Form

CATALOGUE = Form("json", "application/ogc-catalog+json", ("application/json",))
ATOM = Form("atom", "application/atom+xml")
FACETS = Form("json", "application/facets+json", ("application/json",))

OF_CATALOGUES = (JSON, HTML)
OF_CATALOGUE = (CATALOGUE, HTML)
OF_RECORDS = (GEOJSON, HTML, ATOM)
OF_RECORD = (GEOJSON, HTML, ATOM)
OF_FACETS = (FACETS, HTML)
