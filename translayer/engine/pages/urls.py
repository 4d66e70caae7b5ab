"""URLs: which page stands where, beside the app's own.

Strategy: one table, made at construction, that is asked after no declared route has been found. URLs of a version stand
behind it, so that they are closed with it; those of a native version are the app's.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from importlib.util import find_spec
from typing import Final, Literal, NamedTuple, TypeAlias

from translayer.contract.api import Api

from .assets import assets

Kind: TypeAlias = Literal["discovery", "specification", "documentation", "slash", "compare", "asset"]

SPECIFICATIONS: Final[Mapping[str, str]] = {"openapi": "3.1", "swagger": "2.0"}
"""What a specification is called in its URL, and of which OpenAPI it is."""


class Page(NamedTuple):
    """One URL of ours: of the version at ``position``, or of all.

    ``form`` is the one that its suffix says, if any; ``name`` is that of an asset, or which specification it is.
    """

    kind: Kind
    position: int | None = None
    form: str | None = None
    name: str = ""


def has_yaml() -> bool:
    """Whether the extra for YAML is installed."""
    return find_spec("yaml") is not None


def urls(api: Api) -> Mapping[str, Page]:
    """The pages by their URLs, unquoted; none where the API leaves them to the app."""
    if api.discovery is None:
        return {}
    found = dict(_of_discovery(api))
    if api.discovery.pages:
        found.update(_of_versions(api))
        found.update(_of_assets(api))
    return found


def fronts(api: Api) -> Iterator[tuple[str, int]]:
    """What stands before the URLs of each version that is not native, whose URLs are all the app's, its root too."""
    for position, version in enumerate(api.versions):
        if not version.native:
            yield f"{api.prefix}/v{version.text}", position


def _of_discovery(api: Api) -> Iterator[tuple[str, Page]]:
    forms = ("json", "html", *(form.name for form in api.forms))
    for front, position in [(api.prefix, None), *fronts(api)]:
        yield f"{front}/", Page("discovery", position)
        for form in forms:
            yield f"{front}/index.{form}", Page("discovery", position, form)


def _of_versions(api: Api) -> Iterator[tuple[str, Page]]:
    forms = ("json", "yaml") if has_yaml() else ("json",)
    for front, position in fronts(api):
        for name in SPECIFICATIONS:
            yield f"{front}/{name}", Page("specification", position, name=name)
            for form in forms:
                yield f"{front}/{name}.{form}", Page("specification", position, form, name)
        yield f"{front}/docs", Page("slash", position)
        yield f"{front}/docs/", Page("documentation", position)
        yield f"{front}/compare", Page("compare", position)


def _of_assets(api: Api) -> Iterator[tuple[str, Page]]:
    found = assets()
    if found is not None:
        for name in found.files:
            yield f"{api.prefix}/docs/{found.segment}/{name}", Page("asset", name=name)
