"""OpenAPI 3.0 and 3.1 from what the operations declare; self-contained, so that validators need no net."""

from collections.abc import Iterable, Mapping
from typing import Any

from thalweg.web.answers import PROBLEM
from thalweg.web.binder import names_in, negotiates
from thalweg.web.forms import Form
from thalweg.web.routes import Body, Operation

Schema = dict[str, Any]
_SCHEMAS = "#/components/schemas/{model}"
_PROBLEM: Schema = {
    "type": "object",
    "required": ["type", "title", "status", "detail"],
    "properties": {
        "type": {"type": "string", "format": "uri-reference"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "parameter": {"type": "string", "description": "the parameter or member that is wrong"},
        "instance": {"type": "string"},
        "id": {"type": "string"},
    },
}


def document(operations: Iterable[Operation], version: str, info: Mapping[str, Any], server: str) -> Schema:
    """Return the OpenAPI document, ``version`` being ``3.0`` or ``3.1``."""
    described = _Described()
    for operation in operations:
        described.add(operation)
    whole: Schema = {
        "openapi": {"3.0": "3.0.3", "3.1": "3.1.0"}[version],
        "info": dict(info),
        "servers": [{"url": server}],
        "paths": described.paths,
        "components": {
            "schemas": {"Problem": _PROBLEM, **described.schemas},
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
        },
        "security": [{}, {"token": []}],
    }
    return whole if version == "3.1" else _as_30(whole)


_FREE: Schema = {
    "name": "queryables",
    "in": "query",
    "required": False,
    "description": "any queryable by its own name, with the value that it must have",
    "style": "form",
    "explode": True,
    "schema": {"type": "object", "additionalProperties": {"type": ["string", "number", "boolean"]}},
}


def _together(first: Schema, second: Schema) -> Schema:
    """Return one description of two operations that only the media types of their bodies tell apart."""
    known = {parameter["name"] for parameter in first["parameters"]}
    content = {**first["requestBody"]["content"], **second["requestBody"]["content"]}
    return {
        **first,
        "description": f"{first.get('description', first['summary'])}\n\n{second['summary']}",
        "parameters": [*first["parameters"], *(one for one in second["parameters"] if one["name"] not in known)],
        "requestBody": {**first["requestBody"], "content": content},
        "responses": {**second["responses"], **first["responses"]},
    }


class _Described:
    """Paths and schemas, growing by one operation at a time."""

    def __init__(self) -> None:
        self.paths: dict[str, Schema] = {}
        self.schemas: dict[str, Schema] = {}

    def add(self, operation: Operation) -> None:
        declared = operation.declared
        path = declared.path
        for name in names_in(path):
            path = path.replace(f"{{{name}:path}}", f"{{{name}}}")
        members = self._members(operation)
        there = self.paths.setdefault(path or "/", {})
        described = {
            "operationId": _operation_id(operation, path),
            "summary": operation.summary,
            **({"description": operation.description} if operation.description else {}),
            **({"tags": [declared.tag]} if declared.tag else {}),
            "parameters": self._parameters(operation, members),
            **self._body(operation, members),
            "responses": _responses(operation),
        }
        method = declared.method.lower()
        there[method] = _together(there[method], described) if method in there else described

    def _members(self, operation: Operation) -> Schema:
        schema = operation.parameters.model_json_schema(mode="validation", ref_template=_SCHEMAS)
        self.schemas.update(schema.pop("$defs", {}))
        return schema

    @staticmethod
    def _parameters(operation: Operation, members: Schema) -> list[Schema]:
        in_path = names_in(operation.declared.path)
        listed = [
            _parameter(name, schema, where="path" if name in in_path else "query", required=members.get("required", ()))
            for name, schema in members.get("properties", {}).items()
            if name in in_path or operation.declared.body is not Body.MEMBERS
        ]
        if members.get("additionalProperties") is True:
            listed.append(_FREE)
        if negotiates(operation):
            forms = [form.name for form in operation.declared.forms]
            listed.append(_parameter("f", {"type": "string", "enum": forms, "description": "the form of the answer"}))
        return listed

    @staticmethod
    def _body(operation: Operation, members: Schema) -> Schema:
        declared = operation.declared
        if declared.body is Body.NONE:
            return {}
        schema: Schema = dict(declared.takes or {})
        if declared.body is Body.MEMBERS:
            in_path = names_in(declared.path)
            properties = {name: s for name, s in members.get("properties", {}).items() if name not in in_path}
            schema = {"type": "object", "properties": properties, "additionalProperties": False}
        elif declared.body is Body.BYTES:
            schema = {"type": "string", "format": "binary"}
        media = declared.media or ("application/octet-stream",)
        return {"requestBody": {"required": True, "content": {kind: {"schema": schema} for kind in media}}}


def _operation_id(operation: Operation, path: str) -> str:
    place = path.translate(str.maketrans("/", "-", "{}")).strip("-")
    return "-".join(part for part in (operation.declared.method.lower(), operation.name, place) if part)


def _parameter(name: str, schema: Schema, where: str = "query", required: Iterable[str] = ()) -> Schema:
    schema = {
        key: value
        for key, value in _said(schema).items()
        if key != "title" and not (key == "default" and value is None)
    }
    described = {"description": schema.pop("description")} if "description" in schema else {}
    return {
        "name": name,
        "in": where,
        "required": where == "path" or name in required,
        **described,
        # Features asks for both to be written, of scalars too, where they make no difference.
        **({"style": "form", "explode": False} if where == "query" else {}),
        "schema": schema,
    }


def _said(schema: Schema) -> Schema:
    """Return the schema without null: a query that says nothing of a parameter leaves it out."""
    choices = [choice for choice in schema.get("anyOf", ()) if choice != {"type": "null"}]
    if len(choices) != 1:
        return schema
    return {**choices[0], **{key: value for key, value in schema.items() if key != "anyOf"}}


def _responses(operation: Operation) -> Schema:
    declared = operation.declared
    good: Schema = {"description": operation.summary}
    if declared.forms and declared.status not in (204, 304):
        good["content"] = {form.media_type.partition(";")[0]: _content(operation, form) for form in declared.forms}
    refused = {
        "description": "refused; says why",
        "content": {
            PROBLEM: {"schema": {"$ref": "#/components/schemas/Problem"}},
            "text/html": {"schema": {"type": "string"}},  # for who asks for a page
        },
    }
    others = {str(status): {"description": what} for status, what in declared.answers.items() if status < 400}  # noqa: PLR2004
    return {str(declared.status): good, **others, "default": refused}


def _content(operation: Operation, form: Form) -> Schema:
    if "json" not in form.media_type:
        return {"schema": {"type": "string"}}
    return {"schema": dict(operation.declared.schema or {"type": "object"})}


def _as_30(value: Any) -> Any:  # noqa: ANN401 - JSON
    """Say in OpenAPI 3.0 what was said in 3.1 (JSON Schema 2020-12)."""
    if isinstance(value, list):
        return [_as_30(part) for part in value]
    if not isinstance(value, dict):
        return value
    said = {key: _as_30(part) for key, part in value.items()}
    return _without_null(_plain(said))


def _plain(said: Schema) -> Schema:
    if "const" in said and not isinstance(said["const"], dict):
        said["enum"] = [said.pop("const")]
    if isinstance(said.get("prefixItems"), list):
        said["items"] = {"oneOf": said.pop("prefixItems")}
    if isinstance(said.get("examples"), list):
        said["example"] = said.pop("examples")[0]
    for end in ("Minimum", "Maximum"):
        bound = said.get(f"exclusive{end}")
        if isinstance(bound, int | float) and not isinstance(bound, bool):
            said |= {end.lower(): bound, f"exclusive{end}": True}
    return said


def _without_null(said: Schema) -> Schema:
    """Say ``nullable`` instead of naming null among the types or the choices."""
    kinds, choices = said.get("type"), said.get("anyOf")
    if isinstance(kinds, list):
        said.pop("type")
        return said | _nullable([{"type": kind} for kind in kinds], {"type": "null"})
    if isinstance(choices, list) and {"type": "null"} in choices:
        said.pop("anyOf")
        return said | _nullable(choices, {"type": "null"})
    return said


def _nullable(choices: list[Schema], null: Schema) -> Schema:
    rest = [choice for choice in choices if choice != null]
    nullable: Schema = {"nullable": True} if len(rest) < len(choices) else {}
    # Beside a $ref nothing else is read, so a reference stays one of the choices.
    return nullable | (rest[0] if len(rest) == 1 and "$ref" not in rest[0] else {"anyOf": rest})
