"""Servers: whether the URLs of all operations begin as they were promised.

A document names its servers apart from its operations, so that a path that is another there moves all of them at once.
Only contracts of the same version are compared so: the paths of two versions differ by their names.
"""

from __future__ import annotations

from collections.abc import Iterator

from .difference_table import Difference, difference
from .model import Contract, server_urls


def server_differences(promised: Contract, actual: Contract) -> Iterator[Difference]:
    """The difference of the paths of servers, where both contracts name one, and none is the same."""
    if not promised.prefixes or not actual.prefixes:
        return
    is_mounted = _names_a_host(promised)
    for path in promised.prefixes:
        if any(path == other or (is_mounted and path.endswith(other)) for other in actual.prefixes):
            return
    place = "/basePath" if promised.version == "2.0" else "/servers"
    yield difference("server-changed", "the server", place, list(promised.prefixes), list(actual.prefixes))


def _names_a_host(contract: Contract) -> bool:
    """Whether a contract says where it is served: what the app is mounted below may be in its paths then."""
    return "host" in contract.document or any("//" in url for url in server_urls(contract.document))
