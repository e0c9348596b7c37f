"""Two tenants of the running platform, neither of whom may see the other's things."""

import secrets
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import httpx
import pytest
from promises import collection

from thalweg.app.compose import Platform
from thalweg.app.settings import read_settings
from thalweg.core.principals import Principal
from thalweg.identity.stores.sql import SqlStore


@dataclass(frozen=True)
class Tenant:
    """Somebody with a token, a workspace of the same name, and a client that bears the token."""

    id: str
    token: str
    client: httpx.Client

    @property
    def images(self) -> str:
        """Return the id of the tenant's Collection."""
        return f"{self.id}.images"


@pytest.fixture(scope="session")
def tenant(platform):
    """Return what makes a tenant of the running platform, with a Collection."""
    composed = Platform(read_settings(home=platform.home))
    clients = []

    def made(name):
        who = Principal(f"{name}-{secrets.token_hex(3)}", name.title())
        SqlStore(composed.control).put_principal(who, datetime.now(UTC))
        token = composed.identity.bearer_token(who, timedelta(hours=1))
        client = httpx.Client(base_url=platform.url, headers={"authorization": f"Bearer {token}"}, timeout=30)
        clients.append(client)
        assert composed.workspaces.personal(who).id == who.id
        assert client.post("/api/collections", json=collection(f"{who.id}.images")).status_code == 201
        return Tenant(who.id, token, client)

    yield made
    for client in clients:
        client.close()


@pytest.fixture(scope="session")
def ben(tenant):
    """Return a tenant."""
    return tenant("ben")


@pytest.fixture(scope="session")
def eve(tenant):
    """Return another."""
    return tenant("eve")


@pytest.fixture
def anyone(platform):
    """Return a client that shows nothing."""
    with platform.client(admin=False) as client:
        yield client
