"""OpenAPI 2.0 documents, read into the parts of a contract: what that version writes otherwise than 3.x.

Bodies are parameters there, parameters and headers are schemas themselves, and media types are said apart from them.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

from translayer.document.values import Object
from translayer.errors import Path, pointer
from translayer.openapi.parts import Body, Reply
from translayer.openapi.reading import Reader
from translayer.openapi.reading_schemas import Schema

_JSON: Final = ("application/json",)
"""What bodies are where the document does not say it."""

_FORM: Final = "application/x-www-form-urlencoded"
_MULTIPART: Final = "multipart/form-data"

_NO_KEYWORDS: Final = frozenset({"in", "name", "required", "description", "collectionFormat", "allowEmptyValue"})
"""What a parameter says beside its schema (OpenAPI 2.0, Parameter Object)."""


class SwaggerReader(Reader):
    """Reads the operations of an OpenAPI 2.0 document."""

    def __init__(self, document: Object) -> None:
        super().__init__(document, "openapi-2.0")

    def parameter_schema(self, path: Path) -> Schema | None:
        """What a parameter or header may be: all that it says of it itself."""
        return self.schemas.read_as(self._schema_in(path), path)

    def style(self, said: Object, where: str) -> str:
        """How lists are written."""
        return _STYLES.get((where, said.get("collectionFormat", "csv")), str(said.get("collectionFormat")))

    def body(self, path: Path, parameters: Iterable[Path]) -> Body | None:
        """The body that an operation takes: one parameter, or a form of several."""
        places = list(parameters)
        for place in places:
            if (said := self.object(place))["in"] == "body":
                schema = self.schemas.read((*place, "schema")) if "schema" in said else None
                return Body(
                    said.get("required") is True, dict.fromkeys(self._types(path, "consumes"), schema), pointer(place)
                )
        fields = [place for place in places if self.object(place)["in"] == "formData"]
        return self._form(path, fields) if fields else None

    def _form(self, path: Path, fields: list[Path]) -> Body:
        said = {place: self.object(place) for place in fields}
        required = [field["name"] for field in said.values() if field.get("required") is True]
        properties = {field["name"]: self._schema_in(place) for place, field in said.items()}
        schema = self.schemas.read_as({"type": "object", "properties": properties, "required": required}, path)
        files = any(field.get("type") == "file" for field in said.values())
        types = [name for name in self._types(path, "consumes") if name in (_FORM, _MULTIPART)]
        return Body(
            bool(required),
            dict.fromkeys(types or [_MULTIPART if files else _FORM], schema),
            f"{pointer(path)}/parameters",
        )

    def reply(self, status: str, path: Path, operation: Path) -> Reply:
        """The reply at a place, in each of the media types of its operation."""
        said = self.object(path)
        schema = self._file_or_schema((*path, "schema")) if "schema" in said else None
        content = dict.fromkeys(self._types(operation, "produces"), schema) if "schema" in said else {}
        return Reply(status, content, self._headers((*path, "headers")) if "headers" in said else {}, pointer(path))

    def _types(self, path: Path, member: str) -> tuple[str, ...]:
        """The media types that an operation says, or else the document, or else JSON."""
        said: Any = self.object(path).get(member, self.document.get(member))
        return tuple(str(name).lower() for name in said) if isinstance(said, list) and said else _JSON

    def _file_or_schema(self, path: Path) -> Schema:
        if self.object(path).get("type") == "file":
            return self.schemas.read_as(_FILE, path)
        return self.schemas.read(path)

    def _schema_in(self, path: Path) -> Object:
        said = self.object(path)
        if said.get("type") == "file":
            return _FILE
        return {keyword: value for keyword, value in said.items() if _is_of_schema(keyword)}


def _is_of_schema(member: str) -> bool:
    """Whether a member of a parameter is a keyword of its schema; extensions are about the parameter, but for one."""
    return member == "x-nullable" or not (member in _NO_KEYWORDS or member.startswith("x-"))


_FILE: Final[Object] = {"type": "string", "format": "binary"}
"""What 3.x says of a file."""

_STYLES: Final = {
    ("query", "csv"): "form",
    ("query", "multi"): "form, exploded",
    ("query", "ssv"): "spaceDelimited",
    ("query", "pipes"): "pipeDelimited",
    ("path", "csv"): "simple",
    ("header", "csv"): "simple",
}
"""Where a parameter is sent and its collectionFormat, as a style of 3.x; others are named as they are."""
