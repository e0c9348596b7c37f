"""``thalweg get``: one answer of a platform, of a running one or straight from its folder."""

import asyncio
from pathlib import Path

import httpx

from thalweg.app.adding import own_token, token_of
from thalweg.app.compose import Platform
from thalweg.app.preparing import check_there
from thalweg.app.settings import read_settings
from thalweg.core.errors import InvalidParameter, Unavailable


def ask(path: str, url: str | None, token: str | None, home: Path | None) -> tuple[int, bytes]:
    """Return status and body of one GET.

    Without a token who may read the platform's folder asks as its administrator, as with ``thalweg add``; an empty
    token asks as nobody.

    Raises:
        InvalidParameter: the path does not begin with a slash.
        NotFound: there is no platform in the folder.
        Unavailable: nobody answers at the address.
    """
    if not path.startswith("/"):
        raise InvalidParameter("PATH", "begins with a slash: /api/collections")
    if url is None:
        return asyncio.run(_within(path, token, home))
    shown = token_of(url, home) if token is None else token
    try:
        answer = httpx.get(url.rstrip("/") + path, headers=_headers(shown), timeout=60)
    except httpx.TransportError as error:
        raise Unavailable(f"no platform answers at {url}: {error}") from error
    return answer.status_code, answer.content


async def _within(path: str, token: str | None, home: Path | None) -> tuple[int, bytes]:
    settings = read_settings(home=home)
    check_there(settings)
    platform = Platform(settings)
    platform.migrate()
    shown = own_token(platform) if token is None else token
    base = platform.settings.address or f"http://{platform.settings.host}:{platform.settings.port}"
    async with httpx.AsyncClient(transport=httpx.ASGITransport(platform.web()), base_url=base) as client:
        answer = await client.get(path, headers=_headers(shown))
        return answer.status_code, answer.content


def _headers(token: str | None) -> dict[str, str]:
    return {"authorization": f"Bearer {token}"} if token else {}
