"""pycsw serves a catalogue of its own on a free port: pycsw_serve.py FOLDER_OF_ITS_OWN FOLDER_OF_RECORDS.

It prints its address when it answers, and goes on until it is ended.
"""

import logging
import os
import sys
from pathlib import Path
from wsgiref.simple_server import WSGIRequestHandler, make_server

import pycsw
from pycsw.core import admin, config

HOME, RECORDS = map(Path, sys.argv[1:])
CONFIGURED = """
[server]
home={home}
url={url}
mimetype=application/xml; charset=UTF-8
encoding=UTF-8
language=en-US
maxrecords=50
profiles=apiso
[manager]
transactions=true
allowed_ips=127.0.0.1
csw_harvest_pagesize=20
[metadata:main]
identification_title=pycsw
identification_abstract=A catalogue beside ours
identification_keywords=catalogue
identification_keywords_type=theme
identification_fees=None
identification_accessconstraints=None
provider_name=Provider
provider_url=https://provider.example/
contact_name=Ann
contact_position=Librarian
contact_address=A street
contact_city=A town
contact_stateorprovince=A state
contact_postalcode=1
contact_country=A country
contact_phone=1
contact_fax=1
contact_email=ann@provider.example
contact_url=https://provider.example/
contact_hours=1
contact_instructions=None
contact_role=pointOfContact
[repository]
database={database}
table=records
"""


class _Quiet(WSGIRequestHandler):
    """Says nothing of each request."""

    def log_message(self, format, *arguments):  # noqa: A002 - its name there
        """Say nothing."""


database = f"sqlite:///{HOME / 'records.sqlite'}"
file = HOME / "pycsw.cfg"
os.environ["PYCSW_CONFIG"] = str(file)
logging.disable(logging.CRITICAL)

from pycsw.wsgi import application  # noqa: E402 - reads where its settings are

server = make_server("127.0.0.1", 0, application, handler_class=_Quiet)
url = f"http://127.0.0.1:{server.server_port}"
file.write_text(CONFIGURED.format(home=Path(pycsw.__file__).parent, url=url, database=database))
admin.setup_db(database, "records", str(HOME))
admin.load_records(config.StaticContext(), database, "records", str(RECORDS))
# The application prints the path of each request.
sys.stdout, told = sys.stderr, sys.stdout
told.write(f"{url}\n")
told.flush()
server.serve_forever()
