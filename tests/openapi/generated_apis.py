"""Whole APIs around generated histories."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

sys.path.append(str(Path(__file__).parent.parent / "contract"))
from generated import Case, case, case_of_lists

from translayer import Api, Query, Resource, Route, Version, VersionChange


def api_of(known: Case, **options: Any) -> Api:
    """An API whose one resource has a history of its own."""
    changes = [type(f"Change{at}", (VersionChange,), {"schemas": told}) for at, told in enumerate(known.changes)]
    numbers = range(len(changes) + 1, 1, -1)
    resource = Resource(
        "root",
        known.schemas[0],
        collection="/roots",
        item="/roots/<int(min=1):id>",
        routes=[
            Route("POST", "/roots/<any(one, two):which>/<path:rest>", known.schemas[1], known.schemas[2]),
            Route("GET", "/roots/<string(length=3):code>/<float:part>/photo"),
        ],
        query=Query(sort="sort", fields="fields", others=["q"]),
    )
    versions = [*(Version(number, change) for number, change in zip(numbers, changes, strict=True)), Version(1)]
    return Api("acme", [resource], versions, **options)


def generated_api(seed: int, wanted: int, *, lists: bool = False, **options: Any) -> tuple[Case, Api]:
    """A history of ``wanted`` operations, and the API that has it."""
    known = (case_of_lists if lists else case)(seed, wanted)
    return known, api_of(known, **options)
