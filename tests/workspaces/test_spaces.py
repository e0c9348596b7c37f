"""Workspaces over HTTP."""

import httpx
import pytest

from thalweg.web.application import Application
from thalweg.web.roots import mounted
from thalweg.web.routes import operations
from thalweg.web.site import Site
from thalweg.workspaces.api.spaces import Spaces


@pytest.mark.anyio
async def test_the_next_page_is_a_link_until_there_is_none(workspaces, anna):
    for number in range(3):
        workspaces.create(f"lake-{number}", "", "anyone", anna)
    app = Application(mounted("/workspaces", list(operations(Spaces(workspaces))), Site()))
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://eo.example") as client:
        found, address = [], "/workspaces?limit=2"
        while address:
            answer = (await client.get(address)).json()
            found.append([one["id"] for one in answer["workspaces"]])
            address = next((one["href"] for one in answer["links"] if one["rel"] == "next"), None)
        assert found == [["lake-0", "lake-1"], ["lake-2"]]
        assert (await client.get("/workspaces?limit=0")).status_code == 400
