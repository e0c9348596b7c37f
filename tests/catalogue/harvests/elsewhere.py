"""Servers of others, as harvests find them: real HTTP over what a test says."""

import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import anyio
import httpx

XML, JSON = "application/xml", "application/geo+json"


class Elsewhere:
    """A server whose answers are functions of the path with its query, and of what is posted."""

    def __init__(self, port):
        self.url = f"http://127.0.0.1:{port}"
        self.answers = {}
        self.asked = []
        self.over = threading.Event()

    def answer(self, handler, body=b""):
        """Answer a request, by the longest address that is known."""
        self.asked.append(handler.path)
        known = [one for one in self.answers if handler.path.startswith(one)]
        if not known:
            return handler.send_error(404)
        found = self.answers[max(known, key=len)]
        if callable(found):
            found = found(handler, body)
        if found is None:
            return None
        status, kind, content = found
        handler.send_response(status)
        handler.send_header("location" if 300 <= status < 400 else "content-type", kind)
        handler.send_header("content-length", str(len(content)))
        handler.end_headers()
        return handler.wfile.write(content)

    def serve(self, application):
        """Answer everything by an application of ours."""

        def answer(handler, body):
            found = anyio.run(self._through, application, handler, body)
            return found.status_code, found.headers.get("content-type", XML), found.content

        self.answers["/"] = answer

    async def _through(self, application, handler, body):
        transport = httpx.ASGITransport(application)
        async with httpx.AsyncClient(transport=transport, base_url=self.url) as client:
            headers = {"content-type": handler.headers.get("content-type", "")} if body else {}
            return await client.request(handler.command, handler.path, content=body, headers=headers)


@contextmanager
def running():
    """Run one on a free port."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            self._answer()

        def do_POST(self):
            self._answer(self.rfile.read(int(self.headers["content-length"])))

        def _answer(self, body=b""):
            try:
                here.answer(self, body)
            except OSError:
                self.close_connection = True  # who harvests hung up

        def log_message(self, *_):
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        here = Elsewhere(server.server_port)
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        try:
            yield here
        finally:
            here.over.set()
            server.shutdown()
            thread.join()
