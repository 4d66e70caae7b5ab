"""Servers: whether all URLs begin as they were promised."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.openapi.shop import shop
from translayer.openapi.comparison import compare, side
from translayer.openapi.conformance import verdicts
from translayer.openapi.folder import Folder
from translayer.openapi.freezing import freeze
from translayer.openapi.model import Contract
from translayer.openapi.servers import server_differences

ACTUAL = {"openapi": "3.1.0", "paths": {}, "servers": [{"url": "/api/v1"}]}

CASES: tuple[tuple[dict[str, Any], str | None], ...] = (
    ({"openapi": "3.1.0", "servers": [{"url": "/api/v1"}]}, None),
    ({"openapi": "3.1.0", "servers": [{"url": "/other"}, {"url": "/api/v1/"}]}, None),
    ({"openapi": "3.1.0"}, None),  # it names none
    ({"openapi": "3.1.0", "servers": [{}]}, None),
    ({"openapi": "3.1.0", "servers": [5, {"url": "/lib/v1"}]}, "/servers"),
    ({"openapi": "3.1.0", "servers": [{"url": "//[/api/v1"}, {"url": "/lib/v1"}]}, "/servers"),
    ({"openapi": "3.1.0", "servers": [{"url": "/lib/v1"}]}, "/servers"),
    ({"openapi": "3.1.0", "servers": [{"url": "/mounted/api/v1"}]}, "/servers"),
    ({"openapi": "3.1.0", "servers": [{"url": "https://example.com/mounted/api/v1"}]}, None),
    ({"openapi": "3.1.0", "servers": [{"url": "https://example.com/api/v2"}]}, "/servers"),
    ({"swagger": "2.0", "basePath": "/api/v1"}, None),
    ({"swagger": "2.0", "basePath": "/v1"}, "/basePath"),
    ({"swagger": "2.0", "host": "example.com", "basePath": "/mounted/api/v1"}, None),
)


@pytest.mark.parametrize("promised, pointer", CASES)
def test_the_paths_of_servers_are_compared(promised: dict[str, Any], pointer: str | None) -> None:
    found = [one.pointer for one in server_differences(Contract.of({"paths": {}, **promised}), Contract.of(ACTUAL))]
    assert found == ([] if pointer is None else [pointer])
    assert list(server_differences(Contract.of(ACTUAL), Contract.of({"openapi": "3.1.0", "paths": {}}))) == []


def test_CON_5_14_a_prefix_that_is_another_breaks_every_version(tmp_path: Path) -> None:
    freeze(shop(), Folder(tmp_path))
    other = shop(prefix="/shop")
    for verdict in verdicts(other, Folder(tmp_path)):
        (breach,) = verdict.breaches
        assert breach.difference.id == "server-changed"
        assert breach.causes[0].text == "no version tells of it: Api(prefix='/shop') is so today"
        assert f"was /api/v{verdict.version}, and is /shop/v{verdict.version}" in breach.difference.sentence


def test_CON_5_19_the_names_of_two_versions_in_their_urls_are_no_difference(tmp_path: Path) -> None:
    freeze(shop(), Folder(tmp_path))

    def ids(old: str, new: str, prefix: str) -> set[str]:
        api, folder = shop(prefix=prefix), Folder(tmp_path)
        return {one.difference.id for one in compare(api, side(api, folder, old), side(api, folder, new)).findings}

    assert "server-changed" not in ids("1", "2", "/api")
    assert ids("frozen:1", "1", "/api") == set()
    assert ids("frozen:1", "1", "/shop") == {"server-changed"}
