"""Bodies of very many values, which take far more room and time than their bytes say."""

from __future__ import annotations

from typing import Any

import pytest
from things import JSON, JSON_PATCH, MERGE_PATCH, Said, Script, make_api

from translayer import Limits

API = make_api()
SMALL = make_api(limits=Limits(values=5))
WRITES = (
    ("POST", "/api/v1/notes", JSON),
    ("PUT", "/api/v1/notes/x", JSON),
    ("PATCH", "/api/v1/notes/x", JSON_PATCH),
    ("PATCH", "/api/v1/notes/x", MERGE_PATCH),
)


@pytest.mark.parametrize(("method", "path", "kind"), WRITES)
def test_ROB_2_7_a_body_beyond_the_limit_of_values_is_400_and_nothing_reaches_the_app(
    serve: Any, method: str, path: str, kind: str
) -> None:
    app = Script()
    for api, body in ((SMALL, b"[1,2,3,4,5]"), (API, b"[" + b"[{},0]," * 50_000 + b"0]")):
        reply = serve(app, api).open(path, method=method, data=body, content_type=kind)
        assert (reply.status_code, reply.json["error"]["error"], app.asked) == (400, "TOO_MANY_VALUES", [])


def test_ROB_2_7_a_body_at_the_limit_is_taken_and_replies_may_hold_more(serve: Any) -> None:
    app = Script(Said(body={"id": 1, "value": [0] * 100}))
    reply = serve(app, SMALL).post("/api/v1/notes", data=b'{"value": ["[,,,,", "{", 3]}', content_type=JSON)
    assert (reply.status_code, len(reply.json["value"])) == (200, 100)
    assert app.last.json == {"value": ["[,,,,", "{", 3]}
