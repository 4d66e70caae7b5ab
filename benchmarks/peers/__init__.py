"""Peers: what people use for the same work, one module each, which says what is compared and what is not.

A peer that is not installed is told as that, and nothing fails. No peer's module is imported but by `found`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from importlib.util import find_spec
from typing import Any, Final

Turn = Callable[[bytes], bytes]
"""From the bytes of one body to the bytes of another; raises for a body that it refuses."""

HOT: Final = {
    "msgspec_structs": ("msgspec typed", "msgspec"),
    "pydantic_models": ("pydantic", "pydantic"),
    "marshmallow_schemas": ("marshmallow load + dump", "marshmallow"),
    "deep_fried_marshmallow": ("DeepFriedMarshmallow load + dump", "deepfriedmarshmallow"),
    "cadwyn_migration": ("Cadwyn migration", "cadwyn"),
    "json_schema_rust": ("jsonschema-rs", "jsonschema_rs"),
    "json_schema_fast": ("fastjsonschema", "fastjsonschema"),
    "json_schema_python": ("jsonschema", "jsonschema"),
}
"""The peers of the hot path, by module: the name that is told, and what must be installed."""

HAND: Final = ("by hand on dicts", "by hand + jsonschema-rs")
"""What peers do not do but people do: `by_hand`."""


@dataclass(frozen=True, slots=True)
class Contestant:
    """One peer on the hot path.

    ``downgrade`` takes the JSON of a list of today's bookings, ``upgrade`` one booking of version 1 as a client sends
    it. ``translates`` says whether they answer in the other version, or in the same; ``checks`` whether they
    refuse what breaks a rule of the schema. Both claims are tried before anything is timed.
    """

    downgrade: Turn
    upgrade: Turn
    translates: bool
    checks: bool


ABSENT: Final = "not installed"
"""What is told of a peer that is not there."""


def installed(distribution: str) -> bool:
    """Whether a peer can be imported."""
    return find_spec(distribution) is not None


def found(module: str) -> Any:
    """The module of a peer that is installed."""
    return import_module(f"{__name__}.{module}")
