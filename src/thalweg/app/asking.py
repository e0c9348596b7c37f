"""``thalweg get``: one answer of a platform, of a running one or straight from its folder."""

import asyncio
from pathlib import Path

import httpx

from thalweg.app.compose import Platform
from thalweg.app.preparing import check_there
from thalweg.app.settings import read_settings
from thalweg.core.errors import InvalidParameter, Unavailable


def ask(path: str, url: str | None, token: str | None, home: Path | None) -> tuple[int, bytes]:
    """Return status and body of one GET.

    Raises:
        InvalidParameter: the path does not begin with a slash.
        NotFound: there is no platform in the folder.
        Unavailable: nobody answers at the address.
    """
    if not path.startswith("/"):
        raise InvalidParameter("PATH", "begins with a slash: /api/collections")
    headers = {"authorization": f"Bearer {token}"} if token else {}
    if url is None:
        return asyncio.run(_within(path, headers, home))
    try:
        answer = httpx.get(url.rstrip("/") + path, headers=headers, timeout=60)
    except httpx.TransportError as error:
        raise Unavailable(f"no platform answers at {url}: {error}") from error
    return answer.status_code, answer.content


async def _within(path: str, headers: dict[str, str], home: Path | None) -> tuple[int, bytes]:
    settings = read_settings(home=home)
    check_there(settings)
    platform = Platform(settings)
    platform.migrate()
    base = platform.settings.address or f"http://{platform.settings.host}:{platform.settings.port}"
    async with httpx.AsyncClient(transport=httpx.ASGITransport(platform.web()), base_url=base) as client:
        answer = await client.get(path, headers=headers)
        return answer.status_code, answer.content
