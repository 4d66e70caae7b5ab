"""The booking service under gunicorn, over real HTTP and a real database, for clients of three versions at once."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from examples.bookings.samples import SAMPLES
from examples.bookings.ticket import draw_ticket
from tests.served.serving import WORKERS, Answer, Caller, bookings
from tests.served.spellings import CUSTOMERS, DOCUMENTS, NAMES, collection, created, new

FIRST = SAMPLES[0]["id"]
MERGE_PATCH = {"Content-Type": "application/merge-patch+json"}

BROKEN = {
    1: ({"pax": 0, "status": "lost"}, {"/pax", "/status"}),
    2: ({"passengers": 0, "price": {"cents": "many", "currency": "EUR"}}, {"/passengers", "/price/cents"}),
    3: ({"passengers": 0, "customer": {"last_name": "Lovelace"}}, {"/passengers", "/customer/first_name"}),
}
"""Members that break rules of each version, and where the refusal must point."""

CONFIRMED = {1: "done", 2: "done", 3: "confirmed"}

every_version = pytest.mark.parametrize("version", NAMES)


@pytest.fixture(scope="module", params=WORKERS)
def service(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, int]]:
    """The kind of workers, and the port, of a service with a new database."""
    with bookings(tmp_path_factory.mktemp("served"), request.param) as port:
        yield request.param, port


@pytest.fixture
def caller(service: tuple[str, int]) -> Iterator[Caller]:
    with Caller(service[1]) as opened:
        yield opened


def pointers(answer: Answer) -> set[str]:
    return {detail["pointer"] for detail in answer.json["error"]["details"]}


@every_version
def test_OPS_2_1_a_booking_made_in_one_version_is_read_in_every(caller, version):
    sent = new(version, "AMS")
    made = caller.ask("POST", collection(version), sent)
    assert made.status == 201
    assert made.json.items() >= sent.items()
    assert made.headers["Location"].endswith(f"{collection(version)}/{made.json['id']}")
    for other, document in DOCUMENTS.items():
        read = caller.ask("GET", f"{collection(other)}/{made.json['id']}")
        assert (read.status, read.headers["X-Api-Version"]) == (200, str(other))
        assert read.json.items() >= document.items()


@every_version
def test_OPS_2_1_a_page_is_told_in_the_clients_version(caller, version):
    listed = caller.ask("GET", f"{collection(version)}?per_page=3")
    assert [item["reference"] for item in listed.json["items"]] == ["BK-0001", "BK-0002", "BK-0003"]
    names = {*DOCUMENTS[version], "id", "reference", "legs", "created_at"}
    assert all(item.keys() == names for item in listed.json["items"])
    assert listed.json["per_page"] == 3


@every_version
def test_OPS_2_1_a_refusal_speaks_the_clients_names(caller, version):
    members, places = BROKEN[version]
    refused = caller.ask("POST", collection(version), new(version) | members)
    assert (refused.status, refused.json["error"]["error"]) == (422, "INVALID")
    assert pointers(refused) == places
    by_the_app = caller.ask("POST", collection(version), new(version) | {"status": CONFIRMED[version]})
    assert (by_the_app.status, pointers(by_the_app)) == (422, {"/legs"})


@every_version
def test_OPS_2_1_a_patch_changes_what_it_says_and_nothing_else(caller, version):
    booking = created(caller, 3, "AMS")
    unseen = {
        "customer": CUSTOMERS[3] | {"emails": ["ada@example.com", "second@example.com"]},
        "notes": "By the window",
    }
    before = caller.ask("PATCH", f"{collection(3)}/{booking}", unseen, MERGE_PATCH)
    assert before.status == 200, before.body
    name = "pax" if version == 1 else "passengers"
    patched = caller.ask("PATCH", f"{collection(version)}/{booking}", {name: 5}, MERGE_PATCH)
    assert (patched.status, patched.json[name]) == (200, 5)
    assert caller.ask("GET", f"{collection(3)}/{booking}").json == before.json | {"passengers": 5}


@every_version
def test_OPS_2_1_head_is_get_without_a_body(caller, version):
    url = f"{collection(version)}/{FIRST}"
    got, head = caller.ask("GET", url), caller.ask("HEAD", url)
    for answer in (got, head):
        del answer.headers["Date"]
    assert (head.status, head.body) == (200, b"")
    assert head.headers.items() == got.headers.items()
    assert int(head.headers["Content-Length"]) == len(got.body)


def test_OPS_2_1_what_a_client_has_is_304_in_its_version_only(caller):
    urls = {version: f"{collection(version)}/{FIRST}" for version in NAMES}
    tags = {version: caller.ask("GET", url).headers["ETag"] for version, url in urls.items()}
    for version, url in urls.items():
        statuses = {of: caller.ask("GET", url, headers={"If-None-Match": tag}).status for of, tag in tags.items()}
        assert statuses == {of: 304 if of == version else 200 for of in tags}


@pytest.mark.parametrize("front", ("", "/api/v1", "/api/v2", "/api/v3"))
def test_OPS_2_1_a_ticket_is_the_same_bytes_everywhere(caller, front):
    ticket = caller.ask("GET", f"{front}/bookings/{FIRST}/ticket.pdf")
    assert (ticket.status, ticket.headers["Content-Type"]) == (200, "application/pdf")
    assert ticket.body == draw_ticket(SAMPLES[0])


@pytest.mark.parametrize("front", ("", "/api/v2"))
def test_OPS_2_1_events_come_chunk_by_chunk(caller, front):
    caller.connection.request("GET", f"{front}/events")
    with caller.connection.getresponse() as reply:
        assert reply.headers["Transfer-Encoding"] == "chunked"
        # Within a chunked reply, each read1() stops where a chunk of the server's does.
        chunks = list(iter(reply.read1, b""))
    events = [chunk.decode() for chunk in chunks]
    assert all(event.startswith("event: booking\n") and event.endswith("\n\n") for event in events)
    assert all(event.count("\n\n") == 1 for event in events)
    assert [sample["id"] in event for sample, event in zip(SAMPLES, events, strict=False)] == [True] * len(SAMPLES)


def test_OPS_2_1_connections_stay_open_where_the_worker_keeps_them(service, caller):
    workers, _ = service
    caller.ask("GET", collection(1))
    kept = caller.connection.sock
    for version in NAMES:
        caller.ask("GET", f"{collection(version)}/{FIRST}")
        caller.ask("HEAD", f"{collection(version)}/{FIRST}")
        caller.ask("GET", f"{collection(version)}/{FIRST}", headers={"If-None-Match": f'"1.v{version}"'})
        caller.ask("POST", collection(version), text="{not JSON", headers={"Content-Type": "application/json"})
        caller.ask("POST", collection(version), text="a body that nobody reads", headers={"Content-Type": "text/plain"})
    # gunicorn's sync workers close after every reply, as its documentation says.
    assert (caller.connection.sock is kept and kept is not None) == (workers == "gthread")
