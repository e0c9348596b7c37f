"""``thalweg serve``: the web, in one process or several, on a socket of its own or its starter's."""

import errno
import logging
import os
import socket
from contextlib import suppress
from typing import TYPE_CHECKING

import uvicorn
from uvicorn.supervisors import Multiprocess

from thalweg.app.compose import Platform
from thalweg.app.lifeline import bind_to_parent
from thalweg.app.preparing import furnish
from thalweg.app.settings import Settings, read_settings
from thalweg.blobs.scratch import sweep
from thalweg.core.errors import Conflict, InvalidParameter
from thalweg.web.spelling import Spelling

if TYPE_CHECKING:
    from thalweg.identity.service import Identity

_GRACE_SECONDS = 5
_LAST_PORT = 65535


def application() -> Spelling:
    """Return the ASGI application of the settings in the environment: what each web process calls."""
    bind_to_parent()
    logging.getLogger("uvicorn.access").addFilter(without_query)
    platform = Platform(read_settings())
    platform.migrate()
    return Spelling(platform.web())


def without_query(record: logging.LogRecord) -> bool:
    """Take the query from a line of the access log: a login link carries its secret there."""
    if isinstance(record.args, tuple):
        record.args = tuple(part.partition("?")[0] if isinstance(part, str) else part for part in record.args)
    return True


def listen(host: str, port: int, command: str = "serve") -> socket.socket:
    """Return a bound socket; ``command`` is the one that another port is advised for.

    Raises:
        Conflict: the port is taken.
        InvalidParameter: the host is not ours, or the port not for us.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    bound = socket.socket(family, socket.SOCK_STREAM)
    bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        bound.bind((host, port))
        bound.listen(1024)
    except OSError as error:
        bound.close()
        if error.errno == errno.EADDRINUSE:
            other = port + 1 if port < _LAST_PORT else 8001
            raise Conflict(f"port {port} on {host} is taken; try: thalweg {command} --port {other}") from error
        raise InvalidParameter("host", f"cannot listen on port {port} of {host}: {error.strerror}") from error
    return bound


def address_of(listening: socket.socket) -> str:
    """Return where a socket is reached from this machine."""
    host, port = listening.getsockname()[:2]
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def make_ready(settings: Settings) -> None:
    """Bring the stores up to date, and let the administrator in by the token of the settings.

    Raises:
        InvalidRequest: the token is too short to be a secret.
    """
    platform = Platform(settings)
    platform.migrate()
    sweep(platform.scratch)
    furnish(platform)
    if settings.admin_token is not None:
        _admit(platform.identity, settings.admin_token.get_secret_value())
    platform.control.dispose()


def _admit(identity: "Identity", token: str) -> None:
    """Let the administrator in by a token, unless it does already: to admit it anew takes every other away."""
    if identity.whose(token, "bearer") is None:
        with suppress(Conflict):  # a server beside this one was faster
            identity.admit_admin(token)


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
