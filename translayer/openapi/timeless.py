"""What a contract of the code says of its own version: by which name it is asked for, and how long it lives.

A version's name and its dates are its own. That one is called 3 and the other 2, or that an end was set, and put off
again, is no difference of what either promises; so it is taken out, or made alike, before two are compared.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Final, TypeVar

from translayer.contract.api import Api
from translayer.contract.notations import notations

from .model import Contract
from .parts import Operation, Reply

T = TypeVar("T")

LIFE_HEADERS: Final = frozenset({"deprecation", "sunset", "link"})
"""The headers by which replies tell of dates (RFC 9745, RFC 8594, RFC 8288)."""

LIFE_STATUSES: Final = frozenset({"301", "308", "410"})
"""The statuses by which a version answers once it is retired."""

VERSION_HEADER: Final = "x-api-version"


def timeless(contract: Contract) -> Contract:
    """A contract without what it says of the life of its version."""
    return replace(contract, operations=tuple(map(_timeless, contract.operations)))


def _timeless(operation: Operation) -> Operation:
    replies = {
        status: _without(reply, LIFE_HEADERS)
        for status, reply in operation.replies.items()
        if status not in LIFE_STATUSES
    }
    return replace(operation, replies=replies)


def _without(reply: Reply, names: frozenset[str]) -> Reply:
    return replace(reply, headers={name: header for name, header in reply.headers.items() if name not in names})


def nameless(contract: Contract, api: Api, position: int | None) -> Contract:
    """A contract without the name of its version, in media types and in a header, and without its deprecation.

    ``position`` is that of the version, where it is one of the API's.
    """
    types = {} if position is None else _types(api, position)
    return replace(contract, operations=tuple(_nameless(operation, types) for operation in contract.operations))


def _types(api: Api, position: int) -> Mapping[str, str]:
    """What the media types of a version are called where its name is left out."""
    version = api.versions[position]
    return {
        str(notation.media): f"the version's {index}"
        for resource in api.resources
        for index, notation in enumerate(notations(api, version, resource.name))
        if notation.names_version
    }


def _nameless(operation: Operation, types: Mapping[str, str]) -> Operation:
    body = operation.body
    replies = {
        status: replace(_without(reply, frozenset({VERSION_HEADER})), content=_renamed(reply.content, types))
        for status, reply in operation.replies.items()
    }
    return replace(
        operation,
        parameters=tuple(one for one in operation.parameters if one.name.lower() != VERSION_HEADER),
        body=None if body is None else replace(body, content=_renamed(body.content, types)),
        replies=replies,
        deprecated=False,
        sunset=None,
    )


def _renamed(content: Mapping[str, T], types: Mapping[str, str]) -> dict[str, T]:
    return {types.get(media, media): schema for media, schema in content.items()}
