"""``thalweg serve``: the web, in one process or several, on a socket of its own or its starter's."""

import logging
import os
import socket

import uvicorn
from uvicorn.supervisors import Multiprocess

from thalweg.app.compose import Platform
from thalweg.app.lifeline import bind_to_parent
from thalweg.app.settings import Settings, read_settings
from thalweg.web.application import Application

_GRACE_SECONDS = 5


def application() -> Application:
    """Return the ASGI application of the settings in the environment: what each web process calls."""
    bind_to_parent()
    logging.getLogger("uvicorn.access").addFilter(without_query)
    platform = Platform(read_settings())
    platform.migrate()
    return platform.web()


def without_query(record: logging.LogRecord) -> bool:
    """Take the query from a line of the access log: a login link carries its secret there."""
    if isinstance(record.args, tuple):
        record.args = tuple(part.partition("?")[0] if isinstance(part, str) else part for part in record.args)
    return True


def listen(host: str, port: int) -> socket.socket:
    """Return a bound socket.

    Raises:
        OSError: the port is taken, or the host is not ours.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    bound = socket.socket(family, socket.SOCK_STREAM)
    bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    bound.bind((host, port))
    bound.listen(1024)
    return bound


def serve(settings: Settings, listening: socket.socket, *, quiet: bool) -> None:
    """Answer requests until SIGTERM; what has begun is finished first."""
    bind_to_parent()
    os.environ["THALWEG_HOME"] = str(settings.folder)
    config = uvicorn.Config(
        f"{__name__}:application",
        factory=True,
        loop="uvloop",
        http="httptools",
        ws="none",
        workers=settings.web_processes,
        log_level="warning" if quiet else "info",
        access_log=not quiet,
        server_header=False,
        proxy_headers=settings.address is not None,
        timeout_graceful_shutdown=_GRACE_SECONDS,
    )
    if settings.web_processes > 1:
        Multiprocess(config, [listening]).run()
    else:
        uvicorn.Server(config).run(sockets=[listening])
