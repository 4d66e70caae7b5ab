"""What an author says of a contract that is written already: which files, or documents, hold it.

They are read when the API is served, where that is known which reads them.
"""

from __future__ import annotations

from collections.abc import Mapping
from os import PathLike
from typing import Any, TypeAlias

from translayer.document.values import Json
from translayer.errors import DeclarationError

ContractFile: TypeAlias = str | PathLike[str] | Mapping[str, Json]
"""A document by its path, or as JSON values."""

ContractFiles: TypeAlias = ContractFile | Mapping[str, ContractFile]
"""An OpenAPI document, or a JSON Schema for each of some resources, by their names."""


def check_contract(contract: Any, where: str) -> None:
    """Raises ``DeclarationError`` for what names no documents."""
    if contract is None or _is_file(contract):
        return
    if not isinstance(contract, Mapping) or not contract:
        raise DeclarationError(
            f"{where}: contract={contract!r} is neither the path of an OpenAPI document nor a mapping of resources to "
            f"JSON Schemas, as in contract={{'booking': 'schemas/booking.json'}}"
        )
    if is_openapi(contract):
        return
    for name, file in contract.items():
        if not _is_file(file) and not isinstance(file, Mapping | bool):
            raise DeclarationError(f"{where}: the contract of {name!r} is {file!r}: give the path of a JSON Schema")


def is_openapi(contract: Mapping[str, Any]) -> bool:
    """Whether a mapping is an OpenAPI document, and not one of resources."""
    return "openapi" in contract or "swagger" in contract


def _is_file(contract: Any) -> bool:
    return isinstance(contract, str | PathLike)
