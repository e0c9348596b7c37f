"""Workspaces and members over HTTP."""

from typing import Any

from pydantic import Field
from starlette.responses import Response

from thalweg.core.principals import Principal, Rule
from thalweg.core.time import written
from thalweg.core.workspaces import Role, Workspace
from thalweg.web.answers import Json
from thalweg.web.asked import Asked
from thalweg.web.forms import JSON
from thalweg.web.links import link
from thalweg.web.parameters import Parameters
from thalweg.web.pool import in_pool
from thalweg.web.routes import Body, delete, get, post, put
from thalweg.workspaces.service import Workspaces


class NewWorkspace(Parameters):
    """What a new workspace is."""

    id: str
    title: str = Field("", max_length=300)
    readable_by: Rule = "member"


class Listed(Parameters):
    """Which page of the workspaces."""

    limit: int = Field(100, ge=1, le=1000, description="how many a page holds")
    token: str = Field("", max_length=63, description="where the page before ended")


class OneWorkspace(Parameters):
    """Which workspace."""

    workspace: str


class OneMember(Parameters):
    """Which member of which workspace."""

    workspace: str
    principal: str = Field(max_length=255)


class PutMember(OneMember):
    """Which member, in which role."""

    role: Role = "member"


class Spaces:
    """Lists, creates and shares workspaces."""

    def __init__(self, workspaces: Workspaces) -> None:
        self._workspaces = workspaces

    @get("/", tag="Workspaces")
    async def listed(self, asked: Asked[Listed]) -> Response:
        """List the workspaces that the caller may read, by id."""
        given = asked.parameters
        found = await in_pool(self._workspaces.workspaces, asked.who, given.token, given.limit + 1)
        shown, links = found[: given.limit], [link("self", asked.url, JSON.media_type)]
        if len(found) > len(shown):
            following = asked.request.url.include_query_params(token=shown[-1].id).query
            links.append(link("next", f"{asked.root}?{following}", JSON.media_type))
        return Json({"workspaces": [_written(one, asked.who) for one in shown], "links": links})

    @post("/", body=Body.MEMBERS, status=201, tag="Workspaces")
    async def create(self, asked: Asked[NewWorkspace]) -> Response:
        """Create a workspace that the caller owns."""
        new = asked.parameters
        made = await in_pool(self._workspaces.create, new.id, new.title, new.readable_by, asked.who)
        return Json(_written(made, asked.who), 201, headers={"location": f"{asked.root}/{made.id}"})

    @get("/{workspace}", tag="Workspaces")
    async def one(self, asked: Asked[OneWorkspace]) -> Response:
        """Say what a workspace is; its members see each other."""
        found = await in_pool(self._workspaces.workspace, asked.parameters.workspace, asked.who)
        members = [{"principal": member.principal, "role": member.role} for member in found.members]
        return Json(_written(found, asked.who) | ({"members": members} if members else {}))

    @put("/{workspace}/members/{principal}", body=Body.MEMBERS, forms=(), status=204, tag="Workspaces")
    async def put_member(self, asked: Asked[PutMember]) -> Response:
        """Make somebody a member, or an owner."""
        which = asked.parameters
        await in_pool(self._workspaces.put_member, which.workspace, which.principal, which.role, asked.who)
        return Response(status_code=204)

    @delete("/{workspace}/members/{principal}", forms=(), status=204, tag="Workspaces")
    async def remove_member(self, asked: Asked[OneMember]) -> Response:
        """Take a membership away, or leave."""
        await in_pool(self._workspaces.remove_member, asked.parameters.workspace, asked.parameters.principal, asked.who)
        return Response(status_code=204)


def _written(workspace: Workspace, who: Principal) -> dict[str, Any]:
    return {
        "id": workspace.id,
        "title": workspace.title,
        "role": workspace.role_of(who),
        "readable_by": workspace.readable_by,
        "created": written(workspace.created),
    }
