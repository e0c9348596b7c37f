"""A server of this machine that plays DataCite's REST API: it keeps what it is told, refuses what DataCite would."""

import base64
import json
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

REPOSITORY, PASSWORD = "EO.RIVERS", "secret"
_AUTH = "Basic " + base64.b64encode(f"{REPOSITORY}:{PASSWORD}".encode()).decode()
_NEEDED = ("doi", "creators", "titles", "publisher", "publicationYear", "types", "url")


class _Player(BaseHTTPRequestHandler):
    def do_POST(self):
        told = self._told()
        if told is not None:
            taken = told["doi"] in self.server.dois
            self._keep(told, 201) if not taken else self._say(422, "This DOI has already been taken")

    def do_PUT(self):
        told = self._told()
        if told is not None:
            self._keep(told, 200)

    def _told(self):
        body = self.rfile.read(int(self.headers["content-length"]))
        if self.headers["authorization"] != _AUTH:
            self._say(401, "Bad credentials.")
            return None
        told = json.loads(body)["data"]["attributes"]
        missing = [name for name in _NEEDED if not told.get(name)]
        if missing or self.headers["content-type"] != "application/vnd.api+json":
            self._say(422, f"Can't be blank: {missing}")
            return None
        return told

    def _keep(self, told, status):
        self.server.dois[told["doi"]] = told
        self._answer(status, {"data": {"id": told["doi"], "type": "dois", "attributes": told}})

    def _say(self, status, title):
        self._answer(status, {"errors": [{"status": str(status), "title": title}]})

    def _answer(self, status, document):
        body = json.dumps(document).encode()
        self.send_response(status)
        self.send_header("content-type", "application/vnd.api+json")
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        """Say nothing."""


@contextmanager
def playing():
    """Yield a server: its address is ``url``, and what it was told by DOI is ``dois``."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Player)
    server.dois, server.url = {}, f"http://127.0.0.1:{server.server_port}"
    thread = Thread(target=server.serve_forever)
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
