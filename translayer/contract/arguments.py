"""The arguments of an ``Api``, each by itself: what it may be, and what is said of one that makes no sense.

What follows from several of them together is found where it is derived.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, Literal, TypeAlias, get_args

from translayer.errors import DeclarationError

from .check import Unknown
from .limits import Limits
from .looking import check_looking
from .paging import check_paging
from .soundness import check_choices, check_error_docs, check_functions, check_prefix, check_templates, check_vendor
from .version import Scheme

Unversioned: TypeAlias = Literal["oldest", "latest", "required"]
"""Which version answers a request that names none."""

Undeclared: TypeAlias = Literal["relay", "refuse"]
"""What becomes of URLs that no version knows."""

_EITHER: Final = (True, False)
_CHOICES: Final[Mapping[str, tuple[Any, ...]]] = {
    "scheme": get_args(Scheme),
    "unversioned": get_args(Unversioned),
    "undeclared": get_args(Undeclared),
    "unknown": get_args(Unknown),
    "header": _EITHER,
    "bypass": _EITHER,
    "problems": _EITHER,
    "lenient": _EITHER,
}
"""What the arguments that choose may be."""


def check_arguments(given: Mapping[str, Any]) -> None:
    """Raises ``DeclarationError`` where one of the arguments, by their names, makes no sense."""
    check_vendor(given["vendor"])
    check_prefix(given["prefix"])
    check_error_docs(given["error_docs"])
    check_paging(given["paging"], "the Api")
    check_choices(_CHOICES, given)
    check_looking(given["replies"], "the Api", silent=False)
    if not isinstance(given["limits"], Limits):
        raise DeclarationError(f"limits are Limits(…), not {given['limits']!r}")
    check_templates(given["media_types"])
    check_functions(given["clock"], given["consumer"], given["app_errors"])
