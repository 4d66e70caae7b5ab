"""APIs with long histories: any number of resources and versions, with documents of one size in all of them.

Versions take turns in what they change: eight renames, new words of an enumeration, two fields put under an object,
eight renames, new words, and the two fields taken out again. Run as a program, it makes such an API and tells what
that cost, as JSON: ``python -m benchmarks.long_history VERSIONS RESOURCES EVERY``.
"""

from __future__ import annotations

import gc
import json
import resource
import sys
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from time import perf_counter
from typing import Any, Final

from marshmallow import Schema, fields, validate

from translayer import Api, Resource, Translayer, Version, VersionChange
from translayer.operations import flatten, map_values, nest, rename

RENAMED: Final = tuple(f"field_{number}" for number in range(8))
WORDS: Final = ("small", "medium", "large")
PERIOD: Final = len(RENAMED) + 2
"""After so many versions, the kinds of change start anew."""


class SizeSchema(Schema):
    """What two of the fields are put under, today."""

    width = fields.Integer(required=True)
    height = fields.Integer(required=True)


def schema(number: int) -> type[Schema]:
    """A resource's schema of today."""
    short = validate.Length(max=40)
    declared: dict[str, Any] = {name: fields.String(required=True, validate=short) for name in RENAMED}
    declared["kind"] = fields.String(required=True, validate=validate.OneOf(WORDS))
    declared["size"] = fields.Nested(SizeSchema, required=True)
    return type(f"Thing{number}Schema", (Schema,), {"__doc__": "A thing.", **declared})


def operations() -> Iterator[Any]:
    """What each version changed of one resource, the newest version first, and on for ever."""
    names, words, nested = list(RENAMED), list(WORDS), True
    version = 0
    while True:
        place = version % PERIOD
        if place < len(RENAMED):
            older = f"{RENAMED[place]}_{version}"
            yield rename(older, names[place])
            names[place] = older
        elif place == len(RENAMED):
            older_words = [f"{word}-{version}" for word in WORDS]
            yield map_values("kind", dict(zip(older_words, words, strict=True)))
            words = older_words
        else:
            yield nest("width", "height", under="size") if nested else flatten("size", "width", "height")
            nested = not nested
        version += 1


def published(versions: int, resources: int, *, every: bool) -> Api:
    """An API in which every version changed every resource, or each version one resource, in turn."""
    schemas = [schema(number) for number in range(resources)]
    histories = [operations() for _ in schemas]
    changes = []
    for version in range(versions, 1, -1):
        changed = [number for number in range(resources) if every or version % resources == number]
        changes.append(Version(version, _change({schemas[number]: [next(histories[number])] for number in changed})))
    return Api("acme", list(_resources(schemas)), [*changes, Version(1)])


def _change(schemas: dict[type[Schema], list[Any]]) -> type[VersionChange]:
    return type("Changed", (VersionChange,), {"__doc__": "Something was changed.", "schemas": schemas})


def _resources(schemas: Sequence[type[Schema]]) -> Iterator[Resource]:
    for number, each in enumerate(schemas):
        yield Resource(f"thing-{number}", each, collection=f"/things-{number}", item=f"/things-{number}/<id>")


def document(number: int) -> dict[str, Any]:
    """A thing of today."""
    texts = {name: f"the text of {name} in thing {number}" for name in RENAMED}
    return {**texts, "kind": WORDS[number % 3], "size": {"width": number, "height": 2 * number}}


def nothing(environ: object, start_response: Any) -> Iterable[bytes]:
    """A WSGI app that is never called."""
    raise NotImplementedError


def resident() -> float:
    """The bytes of this process in memory: now, on Linux, and elsewhere the most there were."""
    try:
        return int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1]) * resource.getpagesize()
    except OSError:
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)


def main(versions: int, resources: int, every: bool) -> None:
    """Make an API and its middleware; print ``{"seconds", "bytes"}``."""
    gc.collect()
    before, start = resident(), perf_counter()
    made = Translayer(nothing, published(versions, resources, every=every))
    took = perf_counter() - start
    gc.collect()
    print(json.dumps({"seconds": took, "bytes": resident() - before}))
    del made


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]), bool(int(sys.argv[3])))
