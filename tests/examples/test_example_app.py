"""The example app by itself: what it promises its clients, and that its store loses nothing.

Every request goes through the standard library's WSGI validator and werkzeug's, whose warnings are errors here.
"""

import json
import re
import sqlite3
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from copy import deepcopy
from pathlib import Path
from uuid import UUID, uuid4
from wsgiref.validate import validator

import pytest
from werkzeug.middleware.lint import LintMiddleware
from werkzeug.test import Client

from examples.bookings import store as storage
from examples.bookings.app import create_app
from examples.bookings.samples import SAMPLES
from examples.bookings.store import BookingNotFound, ReferenceTaken, RevisionRefused, Store
from examples.bookings.ticket import draw_ticket

REPOSITORY = Path(__file__).parents[2]
FIRST = SAMPLES[0]["id"]
NOBODY = "11111111-1111-4111-8111-111111111111"
MINIMAL = {
    "reference": "BK-1001",
    "pax_count": 2,
    "price": {"amount": "120.50", "currency": "EUR"},
    "customer": {"first_name": "Ada", "last_name": "Lovelace"},
}
LEG = {
    "origin": "AMS",
    "destination": "LHR",
    "departure": "2026-12-01T09:30:00Z",
    "arrival": "2026-12-01T10:40:00Z",
}

# Where werkzeug's linter asks for what HTTP forbids: the length of HEAD is that of GET (RFC 9110, section 9.3.2), and
# 204 has no Content-Length (section 8.6).
head = pytest.mark.filterwarnings("ignore:Content-Length and the number of bytes")
no_content = pytest.mark.filterwarnings("ignore:204 responses must have an empty content length")


@pytest.fixture
def database(tmp_path):
    return str(tmp_path / "bookings.sqlite3")


@pytest.fixture
def ask(database):
    app = create_app(database)
    client = Client(validator(LintMiddleware(app)))
    yield lambda method, url, **request: client.open(url, method=method, buffered=True, **request)
    app.extensions["bookings"].close()


@pytest.fixture
def store(database):
    opened = Store(database)
    yield opened
    opened.close()


def changed(body, **members):
    """A copy of a body with other values at dotted paths; ``None`` stays a value."""
    copy = deepcopy(body)
    for path, value in members.items():
        *parents, name = path.split("__")
        target = copy
        for parent in parents:
            target = target[int(parent) if parent.isdigit() else parent]
        target[name] = value
    return copy


# Reading


def test_health(ask):
    assert ask("GET", "/status").json == {"ok": True}


def test_a_new_database_holds_the_samples_in_order(ask):
    reply = ask("GET", "/bookings")
    assert reply.status_code == 200
    assert reply.json == {"items": list(SAMPLES), "total": 5, "page": 1, "per_page": 20}


@pytest.mark.parametrize(
    "query, references, total",
    (
        ("page=1&per_page=2", ["BK-0001", "BK-0002"], 5),
        ("page=3&per_page=2", ["BK-0005"], 5),
        ("page=4&per_page=2", [], 5),
        ("page=1000000&per_page=100", [], 5),
        ("status=confirmed", ["BK-0001", "BK-0004"], 2),
        ("status=confirmed&per_page=1&page=2", ["BK-0004"], 2),
        ("pax_count=4", ["BK-0003"], 1),
        ("pax_count=0", [], 0),
        ("status=pending&pax_count=1", ["BK-0002"], 1),
        ("sort=pax_count", ["BK-0002", "BK-0001", "BK-0005", "BK-0003", "BK-0004"], 5),
        ("sort=-status,pax_count&page=1&per_page=3", ["BK-0002", "BK-0005", "BK-0001"], 5),
        ("sort=status", ["BK-0003", "BK-0001", "BK-0004", "BK-0002", "BK-0005"], 5),
        ("sort=status,-status", ["BK-0003", "BK-0001", "BK-0004", "BK-0002", "BK-0005"], 5),
        ("pax_count=-1", [], 0),
        ("pax_count=99999999999999999999", [], 0),
        ("sort=", ["BK-0001", "BK-0002", "BK-0003", "BK-0004", "BK-0005"], 5),
        ("unheard=of", ["BK-0001", "BK-0002", "BK-0003", "BK-0004", "BK-0005"], 5),
    ),
)
def test_a_list_is_paged_and_filtered(ask, query, references, total):
    listed = ask("GET", f"/bookings?{query}").json
    assert ([item["reference"] for item in listed["items"]], listed["total"]) == (references, total)


@pytest.mark.parametrize(
    "query, names",
    (
        ("page=0", {"page"}),
        ("page=-1&per_page=0", {"page", "per_page"}),
        ("page=two", {"page"}),
        ("page=", {"page"}),
        ("page=99999999999999999999", {"page"}),
        ("per_page=101", {"per_page"}),
        ("status=lost", {"status"}),
        ("pax_count=two", {"pax_count"}),
        ("sort=margin", {"sort"}),
    ),
)
def test_bad_list_parameters_are_400(ask, query, names):
    reply = ask("GET", f"/bookings?{query}")
    assert (reply.status_code, reply.json["errors"].keys()) == (400, names)


@pytest.mark.parametrize(
    "query, link",
    (
        ("", None),
        ("per_page=5", None),
        ("per_page=2&page=3", None),
        ("per_page=2", '</bookings?per_page=2&page=2>; rel="next"'),
        ("endpoint=x&page=2&per_page=2&sort=status", '</bookings?page=3&per_page=2&sort=status>; rel="next"'),
    ),
)
def test_a_page_links_to_the_next(ask, query, link):
    assert ask("GET", f"/bookings?{query}").headers.get("Link") == link


def test_a_booking_is_read_with_a_strong_etag(ask):
    reply = ask("GET", f"/bookings/{FIRST}")
    assert (reply.status_code, reply.json, reply.headers["ETag"]) == (200, SAMPLES[0], '"1"')


@pytest.mark.parametrize(
    "tags, status",
    (('"1"', 304), ('W/"1"', 304), ('"7", "1"', 304), ("*", 304), ('"2"', 200)),
)
def test_if_none_match(ask, tags, status):
    reply = ask("GET", f"/bookings/{FIRST}", headers={"If-None-Match": tags})
    assert (reply.status_code, reply.headers["ETag"]) == (status, '"1"')
    assert bool(reply.get_data()) is (status == 200)


@head
def test_head_is_get_without_a_body(ask):
    got, head = (ask(method, f"/bookings/{FIRST}") for method in ("GET", "HEAD"))
    assert (head.status_code, head.get_data()) == (200, b"")
    assert sorted(head.headers) == sorted(got.headers)


@pytest.mark.parametrize("url", ("/", "/nothing", "/bookings/", "/bookings/1", f"/bookings/{FIRST}/ticket"))
def test_an_unknown_url_is_a_404_in_html(ask, url):
    reply = ask("GET", url)
    assert (reply.status_code, reply.mimetype) == (404, "text/html")


@pytest.mark.parametrize(
    "method, url", (("GET", ""), ("HEAD", ""), ("PUT", ""), ("DELETE", ""), ("GET", "/ticket.pdf"))
)
@head
def test_an_unknown_booking_is_a_404_in_json(ask, method, url):
    reply = ask(method, f"/bookings/{NOBODY}{url}", **({"json": MINIMAL} if method == "PUT" else {}))
    assert (reply.status_code, reply.mimetype) == (404, "application/json")
    assert method == "HEAD" or reply.json["error"] == "NOT_FOUND"


# Writing


def test_a_booking_is_created_with_defaults_and_can_be_read_at_its_location(ask):
    reply = ask("POST", "/bookings", json=MINIMAL)
    created = reply.json
    assert (reply.status_code, reply.headers["ETag"]) == (201, '"1"')
    assert reply.headers["Location"] == f"http://localhost/bookings/{created['id']}"
    assert UUID(created.pop("id")).version == 4
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", created.pop("created_at"))
    customer = MINIMAL["customer"] | {"emails": []}
    assert created == MINIMAL | {
        "customer": customer,
        "status": "pending",
        "legs": [],
        "notes": None,
        "margin": "0.10",
    }
    assert ask("GET", reply.headers["Location"]).json == reply.json
    assert ask("GET", "/bookings").json["items"][-1] == reply.json


def test_the_location_stands_under_the_prefix_that_the_app_is_mounted_at(ask):
    reply = ask("POST", "/bookings", json=MINIMAL, base_url="https://api.example.com/v3/")
    assert reply.headers["Location"] == f"https://api.example.com/v3/bookings/{reply.json['id']}"


def test_what_the_app_sets_is_ignored_in_bodies(ask):
    sent = MINIMAL | {"id": NOBODY, "created_at": "1999-12-31T23:59:59Z", "margin": "0.99"}
    created = ask("POST", "/bookings", json=sent).json
    assert created["id"] != NOBODY
    put = ask("PUT", f"/bookings/{FIRST}", json=sent | {"reference": "BK-1002"}).json
    assert [put[name] for name in ("id", "created_at", "margin")] == [FIRST, "2026-11-20T08:00:00Z", "0.12"]


def test_put_replaces_all_that_clients_may_set(ask):
    reply = ask("PUT", f"/bookings/{FIRST}", json=MINIMAL)
    assert (reply.status_code, reply.headers["ETag"]) == (200, '"2"')
    assert (reply.json["legs"], reply.json["notes"], reply.json["status"]) == ([], None, "pending")
    assert reply.json["customer"]["emails"] == []
    assert ask("GET", f"/bookings/{FIRST}").json == reply.json


def test_put_of_what_was_read_changes_nothing_but_the_revision(ask):
    for sample in SAMPLES:
        assert ask("PUT", f"/bookings/{sample['id']}", json=sample).json == sample


def test_times_are_kept_in_utc_and_cabins_have_a_default(ask):
    leg = LEG | {"departure": "2026-12-01T10:30:00+01:00", "arrival": "2026-12-01T10:40:00.250Z"}
    reply = ask("POST", "/bookings", json=MINIMAL | {"status": "confirmed", "legs": [leg]})
    kept = LEG | {"arrival": "2026-12-01T10:40:00.250000Z", "cabin": "economy"}
    assert (reply.status_code, reply.json["legs"]) == (201, [kept])


@pytest.mark.parametrize(
    "condition, status",
    (
        ({"If-Match": '"1"'}, 200),
        ({"If-Match": '"9", "1"'}, 200),
        ({"If-Match": "*"}, 200),
        ({"If-None-Match": '"2"'}, 200),
        ({"If-Match": '"2"'}, 412),
        ({"If-Match": 'W/"1"'}, 412),
        ({"If-Match": ""}, 412),
        ({"If-None-Match": "*"}, 412),
        ({"If-None-Match": '"1"'}, 412),
    ),
)
@pytest.mark.parametrize("method", ("PUT", "DELETE"))
@no_content
def test_writes_heed_conditions(ask, method, condition, status):
    body = {"json": MINIMAL} if method == "PUT" else {}
    reply = ask(method, f"/bookings/{FIRST}", headers=condition, **body)
    assert reply.status_code == (204 if (method, status) == ("DELETE", 200) else status)
    if status == 412:
        assert reply.json["error"] == "PRECONDITION_FAILED"
        assert ask("GET", f"/bookings/{FIRST}").json == SAMPLES[0]


@no_content
def test_delete_removes_a_booking(ask):
    reply = ask("DELETE", f"/bookings/{FIRST}")
    assert (reply.status_code, reply.get_data(), "Content-Type" in reply.headers) == (204, b"", False)
    assert ask("DELETE", f"/bookings/{FIRST}").status_code == 404
    assert ask("GET", "/bookings").json["total"] == 4


@pytest.mark.parametrize(
    "body, errors",
    (
        ({}, {name: ["Missing data for required field."] for name in MINIMAL}),
        ([], {"_schema": ["Invalid input type."]}),
        (None, {"_schema": ["Invalid input type."]}),
        (changed(MINIMAL, reference="B" * 21), {"reference": ["Length must be between 1 and 20."]}),
        (changed(MINIMAL, reference="\ud800"), {"reference": ["Not a valid string."]}),
        (changed(MINIMAL, pax_count=0), {"pax_count": ["Must be between 1 and 9."]}),
        (changed(MINIMAL, pax_count=10), {"pax_count": ["Must be between 1 and 9."]}),
        (changed(MINIMAL, pax_count="2"), {"pax_count": ["Not a valid integer."]}),
        (changed(MINIMAL, pax_count=True), {"pax_count": ["Not a valid integer."]}),
        (changed(MINIMAL, pax_count=2.5), {"pax_count": ["Not a valid integer."]}),
        (
            changed(MINIMAL, status="lost"),
            {"status": ["Must be one of: pending, confirmed, cancelled."]},
        ),
        (
            changed(MINIMAL, price__amount="120.5\n", price__currency="eur"),
            {
                "price": {
                    "amount": ["Must be an amount such as 120.50."],
                    "currency": ["Must be a currency's three capital letters."],
                }
            },
        ),
        (
            changed(MINIMAL, customer__first_name="", customer__emails=["a@example.com", "nowhere"]),
            {
                "customer": {
                    "first_name": ["Length must be between 1 and 80."],
                    "emails": {"1": ["Not a valid email address."]},
                }
            },
        ),
        (
            changed(MINIMAL, legs=[LEG, LEG | {"origin": "ams", "cabin": "roof"}]),
            {
                "legs": {
                    "1": {
                        "origin": ["Must be an airport's three capital letters."],
                        "cabin": ["Must be one of: economy, premium, business."],
                    }
                }
            },
        ),
        (changed(MINIMAL, status="confirmed"), {"legs": ["A confirmed booking needs a leg."]}),
        (changed(MINIMAL, passengers=2, margins=0), {"passengers": ["Unknown field."], "margins": ["Unknown field."]}),
    ),
)
@pytest.mark.parametrize("method, url", (("POST", "/bookings"), ("PUT", f"/bookings/{FIRST}")))
def test_invalid_bookings_are_422_with_every_error_by_field(ask, method, url, body, errors):
    reply = ask(method, url, data=json.dumps(body), content_type="application/json")
    assert (reply.status_code, reply.json) == (422, {"errors": errors})
    assert ask("GET", "/bookings").json["items"] == list(SAMPLES)


@pytest.mark.parametrize(
    "time",
    (
        "2026-12-01T09:30:00",
        "2026-12-01",
        "soon",
        "2026-13-01T09:30:00Z",
        "0001-01-01T00:00:00+14:00",
        "9999-12-31T23:59:59-01:00",
        1796117400,
        None,
    ),
)
def test_times_without_offset_or_out_of_range_are_422(ask, time):
    reply = ask("POST", "/bookings", json=changed(MINIMAL, legs=[LEG | {"departure": time}]))
    assert (reply.status_code, reply.json["errors"]["legs"]["0"].keys()) == (422, {"departure"})


@pytest.mark.parametrize("method, url", (("POST", "/bookings"), ("PUT", f"/bookings/{FIRST}")))
def test_a_taken_reference_is_409(ask, method, url):
    reply = ask(method, url, json=MINIMAL | {"reference": "BK-0002"})
    assert (reply.status_code, reply.json["error"]) == (409, "REFERENCE_TAKEN")
    assert ask("GET", "/bookings").json["items"] == list(SAMPLES)


@pytest.mark.parametrize(
    "body, content_type, status",
    (
        (b"{", "application/json", 400),
        (b"", "application/json", 400),
        (b"\xff", "application/json", 400),
        (b"[" * 100_000, "application/json", 400),
        (b'{"pax_count": 1}', "text/plain", 415),
        (b" " * 1_000_001, "application/json", 413),
    ),
)
def test_bodies_that_are_no_json(ask, body, content_type, status):
    assert ask("POST", "/bookings", data=body, content_type=content_type).status_code == status


# What is not JSON


def test_the_ticket_is_a_pdf_whose_table_leads_to_its_objects(ask):
    reply = ask("GET", f"/bookings/{FIRST}/ticket.pdf")
    pdf = reply.get_data()
    assert (reply.mimetype, reply.content_length) == ("application/pdf", len(pdf))
    assert pdf.startswith(b"%PDF-1.4\n")
    start = int(re.search(rb"startxref\n(\d+)\n%%EOF\n$", pdf)[1])
    table = re.match(rb"xref\n0 6\n((?:\d{10} \d{5} [fn] \n){6})trailer", pdf[start:])[1]
    offsets = [int(line[:10]) for line in table.splitlines()]
    assert all(pdf[offset:].startswith(b"%d 0 obj\n" % number) for number, offset in enumerate(offsets) if number)
    length, content = re.search(rb"/Length (\d+) >>\nstream\n(.*)\nendstream", pdf, re.DOTALL).groups()
    assert len(content) == int(length)
    assert b"(Ada Lovelace, party of 2) Tj" in content


def test_a_ticket_shows_any_name():
    ticket = draw_ticket(changed(SAMPLES[3], customer__last_name="(Ñ) \\ 名\n"))
    assert rb"(Jos" + "é".encode("cp1252") + rb" \(" + "Ñ".encode("cp1252") + rb"\) \\ ?, party of 9) Tj" in ticket


def test_events_come_one_to_a_chunk(ask):
    reply = ask("GET", "/events")
    assert (reply.status_code, reply.mimetype, reply.content_length) == (200, "text/event-stream", None)
    chunks = list(reply.response)
    assert len(chunks) == len(SAMPLES)
    for chunk, sample in zip(chunks, SAMPLES, strict=True):
        event, number, news, *rest = chunk.decode().split("\n")
        assert (event, number, rest) == ("event: booking", f"id: {sample['id']}:1", ["", ""])
        assert json.loads(news.removeprefix("data: ")).items() < sample.items()


# The store


def test_the_environment_names_the_database(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("BOOKINGS_DB", "elsewhere.sqlite3")
    assert create_app().extensions["bookings"].path == "elsewhere.sqlite3"
    monkeypatch.delenv("BOOKINGS_DB")
    assert create_app().extensions["bookings"].path == "bookings.sqlite3"
    assert not list(tmp_path.iterdir()), "nothing is opened before the first request"


def test_a_store_is_filled_once_and_kept(database):
    first = Store(database)
    first.delete(UUID(FIRST))
    first.close()
    assert first.page(1, 20)[1] == 4
    first.close()
    again = Store(database)
    assert again.page(1, 20)[1] == 4
    again.close()


def test_a_store_that_is_dropped_closes_its_connections(database):
    store = Store(database)
    store.page(1, 20)
    (connection,) = store._idle
    del store
    with pytest.raises(sqlite3.ProgrammingError, match="closed"):
        connection.execute("SELECT 1")


def test_a_file_that_is_no_database_is_reported_and_let_go(tmp_path):
    path = tmp_path / "notes.txt"
    path.write_text("not a database, but long enough to be taken for one " * 10)
    with pytest.raises(sqlite3.DatabaseError):
        Store(str(path)).page(1, 20)


def test_a_database_that_stays_locked_is_reported(store, database, monkeypatch):
    monkeypatch.setattr(storage, "PATIENCE", 0.05)
    other = sqlite3.connect(database, isolation_level=None)
    other.execute("CREATE TABLE other (id)")
    other.execute("BEGIN EXCLUSIVE")
    with pytest.raises(sqlite3.OperationalError, match="locked"):
        store.page(1, 20)
    other.execute("ROLLBACK")
    other.close()
    assert store.page(1, 20)[1] == 5


def test_a_starter_waits_for_another_that_is_at_it(store, database):
    other = sqlite3.connect(database, isolation_level=None, check_same_thread=False)
    other.execute("BEGIN IMMEDIATE")
    release = threading.Timer(0.1, other.execute, ["ROLLBACK"])
    release.start()
    assert store.page(1, 20) == (list(SAMPLES), 5)
    release.join()
    other.close()


@pytest.mark.parametrize(
    "write, failure",
    (
        (lambda store: store.get(uuid4()), BookingNotFound),
        (lambda store: store.replace(uuid4(), MINIMAL), BookingNotFound),
        (lambda store: store.delete(uuid4()), BookingNotFound),
        (lambda store: store.replace(UUID(FIRST), MINIMAL, lambda revision: revision == 2), RevisionRefused),
        (lambda store: store.delete(UUID(FIRST), lambda revision: revision == 2), RevisionRefused),
        (lambda store: store.create(MINIMAL | {"reference": "BK-0003", "status": "pending"}), ReferenceTaken),
        (lambda store: store.replace(UUID(FIRST), {"reference": "BK-0003"}), ReferenceTaken),
    ),
)
def test_a_failed_write_leaves_nothing_behind(store, write, failure):
    with pytest.raises(failure):
        write(store)
    assert store.page(1, 20) == (list(SAMPLES), 5)
    assert store.get(UUID(FIRST)).revision == 1


def test_each_reads_in_batches_and_sees_what_is_added_meanwhile(store):
    stream = store.each(batch=2)
    seen = [next(stream)]
    store.create(MINIMAL | {"status": "pending"})
    seen += stream
    assert [stored.booking["reference"] for stored in seen][-2:] == ["BK-0005", "BK-1001"]
    assert len(seen) == 6


def count_up(store, times):
    """Increment a number in the first booking by reading it and writing it back on condition."""
    for _ in range(times):
        while True:
            seen = store.get(UUID(FIRST))
            raised = {"notes": str(int(seen.booking["notes"]) + 1)}
            try:
                store.replace(UUID(FIRST), raised, lambda revision, seen=seen: revision == seen.revision)
                break
            except RevisionRefused:
                continue


def test_concurrent_conditional_writes_lose_nothing(store):
    store.replace(UUID(FIRST), {"notes": "0"})
    threads = [threading.Thread(target=count_up, args=(store, 25)) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    final = store.get(UUID(FIRST))
    assert (final.booking["notes"], final.revision) == ("200", 202)


def test_threads_that_come_first_together_fill_the_store_once(store):
    barrier = threading.Barrier(8)

    def first_use(_):
        barrier.wait()
        return store.page(1, 20)

    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(first_use, range(8))) == [(list(SAMPLES), 5)] * 8


def test_processes_that_start_together_fill_the_database_once_and_lose_no_write(database):
    program = (
        "import sys; from examples.bookings.store import Store; store = Store(sys.argv[1])\n"
        "for number in range(10):\n"
        "    store.create({'reference': f'P{sys.argv[2]}-{number}', 'status': 'pending'})\n"
        "print(store.page(1, 1)[1] > 5)"
    )
    workers = [
        subprocess.Popen(
            [sys.executable, "-W", "error", "-c", program, database, str(number)],
            cwd=REPOSITORY,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for number in range(6)
    ]
    assert [(*worker.communicate(), worker.returncode) for worker in workers] == [("True\n", "", 0)] * 6
    store = Store(database)
    items, total = store.page(1, 100)
    store.close()
    assert total == len({item["reference"] for item in items}) == 5 + 6 * 10
