"""The booking service at work in three versions: `python -m examples.bookings.demo`.

Starts gunicorn over a database that is thrown away afterwards, sends it requests as a client of each version would,
prints what is asked and answered, and checks every answer. Exit status 1 if one is not as it should be.
Standard library only, as any client might be written.
"""

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from email.message import Message
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

REPOSITORY = Path(__file__).parents[2]
MERGE_PATCH = "application/merge-patch+json"
JSON_PATCH = "application/json-patch+json"
TOLD = ("X-Api-Version", "Deprecation", "Sunset", "Link", "Location", "Retry-After")
"""Headers that tell of a version and its end."""

PATIENCE = 30.0
"""Seconds for the server to start, to answer, or to stop."""

NEW_IN_V1 = {
    "reference": "BK-1001",
    "pax": 2,
    "status": "open",
    "cents": 12050,
    "currency": "EUR",
    "customer": {"name": "Ada Lovelace", "email": "ada@example.com", "fax": None},
    "legs": [{"origin": "AMS", "destination": "LHR", "departure": 1796117400, "arrival": 1796121600}],
}


class Unexpected(Exception):
    """The service did not answer as it should; the message says what was expected."""


def expect(holds: bool, sentence: str) -> None:
    """Print what was found to hold, or raise `Unexpected`."""
    if not holds:
        raise Unexpected(f"expected: {sentence}")
    print(f"  => {sentence}\n")


@dataclass(frozen=True)
class Client:
    """Someone on the same machine who asks one thing at a time."""

    port: int

    def ask(
        self,
        method: str,
        path: str,
        sent: Any = None,
        media_type: str = "application/json",
        status: int = 200,
        key: str = "",
    ) -> Any:
        """Send a request, print it and its reply, and answer the reply's JSON; raise `Unexpected` on another status."""
        print(f"{method} {path}")
        if key:
            print(f"X-Api-Key: {key}")
        if sent is not None:
            print(f"Content-Type: {media_type}\n{json.dumps(sent, ensure_ascii=False)}")
        got, reason, _, body = self.exchange(method, path, sent, media_type, key)
        print(f"\n{got} {reason}")
        try:
            reply = json.loads(body)
        except ValueError as error:
            raise Unexpected(f"expected: JSON; got {body[:200]!r}") from error
        print(json.dumps(reply, indent=2, ensure_ascii=False), end="\n\n")
        if got != status:
            raise Unexpected(f"expected: status {status} for {method} {path}; got {got}")
        return reply

    def headers(self, method: str, path: str, status: int = 200) -> Message:
        """Send a request, print it and what its reply says of the version; answer the headers."""
        print(f"{method} {path}")
        got, reason, headers, _ = self.exchange(method, path)
        print(f"\n{got} {reason}")
        for name in TOLD:
            if name in headers:
                print(f"{name}: {headers[name]}")
        print()
        if got != status:
            raise Unexpected(f"expected: status {status} for {method} {path}; got {got}")
        return headers

    def exchange(
        self, method: str, path: str, sent: Any = None, media_type: str = "", key: str = ""
    ) -> tuple[int, str, Message, bytes]:
        """Send one request on a connection of its own; answer status, reason, headers and body."""
        connection = HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE)
        body, headers = (None, {}) if sent is None else (json.dumps(sent), {"Content-Type": media_type})
        if key:
            headers["X-Api-Key"] = key
        try:
            connection.request(method, path, body, headers)
            reply = connection.getresponse()
            return reply.status, reply.reason, reply.headers, reply.read()
        finally:
            connection.close()


def set_clock(clock: Path, told: str) -> None:
    """Set the service's clock; whoever looks at it meanwhile sees the old time or the new one."""
    new = clock.with_suffix(".new")
    new.write_text(told, encoding="ascii")
    new.replace(clock)


def heading(text: str) -> None:
    """Print a heading."""
    print(f"{text}\n{'=' * len(text)}\n", flush=True)


# The story, chapter by chapter


def create_as_v1(client: Client) -> str:
    """Create the booking that the story is about; answer its id."""
    heading("A client of v1 makes a reservation")
    created = client.ask("POST", "/api/v1/reservations", NEW_IN_V1, status=201)
    expect(created.items() >= NEW_IN_V1.items(), "the reply says what was sent, in v1's words")
    return str(created["id"])


def read_in_every_version(client: Client, booking: str) -> None:
    """Read the one booking three times."""
    heading("The same booking, as each version tells it")
    first = client.ask("GET", f"/api/v1/reservations/{booking}")
    expect((first["pax"], first["cents"]) == (2, 12050), "v1 has pax and cents")
    second = client.ask("GET", f"/api/v2/reservations/{booking}")
    expect(second["price"] == {"cents": 12050, "currency": "EUR"}, "v2 has a price in cents")
    expect(second["legs"][0]["departure"] == "2026-12-01T09:30:00Z", "v2 tells the time as text")
    third = client.ask("GET", f"/api/v3/bookings/{booking}")
    expect(third["price"] == {"amount": "120.50", "currency": "EUR"}, "v3 has a price with a decimal amount")
    expect("margin" not in third, "the app's margin, which no version publishes, stays inside")


def list_as_v2(client: Client) -> None:
    """Read a page of the list."""
    heading("A list, in v2: the sixth page with one booking to the page")
    listed = client.ask("GET", "/api/v2/reservations?page=6&per_page=1")
    references = [item["reference"] for item in listed["items"]]
    expect((references, listed["total"]) == (["BK-1001"], 6), "the new booking is the sixth and last")
    expect("passengers" in listed["items"][0], "and is told in v2's words")


def search_as_v1(client: Client) -> None:
    """Filter and sort, in the words of the version."""
    heading("A search, in v1: open reservations for two, by reference")
    listed = client.ask("GET", "/api/v1/reservations?status=open&pax=2&sort=-reference")
    expect({(item["status"], item["pax"]) for item in listed["items"]} == {("open", 2)}, "all are open, and for two")
    expect(listed["items"][0]["reference"] == "BK-1001", "the new booking has the last reference")


def patch_as_v3(client: Client, booking: str) -> None:
    """Set what only v3 knows."""
    heading("A client of v3 sets what only v3 has, by JSON Patch")
    operations = [
        {"op": "add", "path": "/customer/emails/-", "value": "countess@example.org"},
        {"op": "replace", "path": "/legs/0/cabin", "value": "business"},
        {"op": "replace", "path": "/notes", "value": "Window seat, please."},
    ]
    patched = client.ask("PATCH", f"/api/v3/bookings/{booking}", operations, JSON_PATCH)
    _expect_v3_only_fields(patched, "a second e-mail address, a cabin and notes are set")


def merge_as_v1(client: Client, booking: str) -> None:
    """Change, as v1, what stands beside fields that v1 cannot see."""
    heading("A client of v1 changes what it knows, by merge patch")
    patched = client.ask("PATCH", f"/api/v1/reservations/{booking}", {"customer": {"name": "Ada King"}}, MERGE_PATCH)
    expect(patched["customer"]["name"] == "Ada King", "v1 sees its own change")
    seen = client.ask("GET", f"/api/v3/bookings/{booking}")
    expect(seen["customer"]["last_name"] == "King", "v3 sees it too")
    _expect_v3_only_fields(seen, "second e-mail address, cabin and notes have survived")


def patch_as_v1(client: Client, booking: str) -> None:
    """The same on condition, and in a list whose elements have parts that v1 cannot see."""
    heading("A client of v1 changes more, on condition, by JSON Patch")
    operations = [
        {"op": "test", "path": "/pax", "value": 2},
        {"op": "replace", "path": "/pax", "value": 3},
        {"op": "replace", "path": "/legs/0/departure", "value": 1796119200},
    ]
    patched = client.ask("PATCH", f"/api/v1/reservations/{booking}", operations, JSON_PATCH)
    expect((patched["pax"], patched["legs"][0]["departure"]) == (3, 1796119200), "v1 sees its own changes")
    seen = client.ask("GET", f"/api/v3/bookings/{booking}")
    expect((seen["passengers"], seen["legs"][0]["departure"]) == (3, "2026-12-01T10:00:00Z"), "v3 sees them too")
    _expect_v3_only_fields(seen, "and nothing that only v3 has is lost this time either")


def patch_as_v2(client: Client, booking: str) -> None:
    """Change on condition, as v2."""
    heading("A client of v2 changes a value on condition, by JSON Patch")
    operations = [
        {"op": "test", "path": "/passengers", "value": 3},
        {"op": "replace", "path": "/passengers", "value": 4},
    ]
    patched = client.ask("PATCH", f"/api/v2/reservations/{booking}", operations, JSON_PATCH)
    expect(patched["passengers"] == 4, "the test held and the value is replaced")
    client.ask("PATCH", f"/api/v2/reservations/{booking}", operations, JSON_PATCH, status=409)
    expect(True, "the second time the test does not hold, and nothing is changed")


def put_as_v2(client: Client, booking: str) -> None:
    """Write the whole object, as v2 sees it."""
    heading("A client of v2 writes the whole object")
    read = client.ask("GET", f"/api/v2/reservations/{booking}")
    written = {name: value for name, value in read.items() if name not in ("id", "created_at")}
    written |= {"status": "done", "price": {"cents": 13000, "currency": "EUR"}}
    replaced = client.ask("PUT", f"/api/v2/reservations/{booking}", written)
    expect(replaced["status"] == "done", "v2's done")
    seen = client.ask("GET", f"/api/v3/bookings/{booking}")
    expect(seen["status"] == "confirmed", "is v3's confirmed")
    expect(seen["price"]["amount"] == "130.00", "13000 cents are 130.00")
    _expect_v3_only_fields(seen, "what v2 does not have has survived a whole-object write by v2")


def refuse_as_v1(client: Client) -> None:
    """Send nonsense, as v1, which is told off in v1's names."""
    heading("A client of v1 sends nonsense, and is told so in v1's names")
    schema_broken = NEW_IN_V1 | {"reference": "BK-1002", "pax": 0, "status": "lost"}
    refused = client.ask("POST", "/api/v1/reservations", schema_broken, status=422)
    _expect_details(refused, {"/pax", "/status"}, "v1's own schema refuses pax and status, both at once")
    rule_broken = NEW_IN_V1 | {"reference": "BK-1002", "status": "done", "legs": []}
    refused = client.ask("POST", "/api/v1/reservations", rule_broken, status=422)
    _expect_details(refused, {"/legs"}, "the app's own rule, which no schema tells, points into v1's document too")


def look_at_the_end_of_v1(client: Client, booking: str, clock: Path) -> None:
    """Let a year pass, in which v1 is deprecated, off for ten minutes, and retired."""
    heading("The first of December 2026: v1 is deprecated, and says so")
    told = client.headers("GET", f"/api/v1/reservations/{booking}")
    expect(told["Deprecation"] == "@1788220800", "since the first of September 2026")
    expect(told["Sunset"] == "Wed, 01 Sep 2027 00:00:00 GMT", "and for nine months more")
    expect(f'</api/v2/reservations/{booking}>; rel="successor-version"' in told["Link"], "v2 has the same booking")

    heading("Monday, the second of August 2027, five past nine: v1 is off for ten minutes")
    set_clock(clock, "2027-08-02T09:05:00+00:00")
    told = client.headers("GET", f"/api/v1/reservations/{booking}", status=301)
    expect(told["Retry-After"] == "300", "and is back in five minutes")

    heading("The first of October 2027: v1 is retired, v2 deprecated, v3 stable and v4 a preview")
    set_clock(clock, "2027-10-01T00:00:00+00:00")
    told = client.headers("GET", f"/api/v1/reservations/{booking}", status=301)
    expect(told["Location"] == f"/api/v2/reservations/{booking}", "v1 leads to v2, and nobody has restarted anything")
    described = client.ask("GET", "/api/")
    states = {version["version"]: version["state"] for version in described["versions"]}
    expect(states == {"1": "retired", "2": "deprecated", "3": "stable"}, "the service says so of itself")
    client.ask("GET", f"/api/v4/bookings/{booking}", status=404)
    expect(True, "of v4 it says nothing")
    seen = client.ask("GET", f"/api/v4/bookings/{booking}", key="early-bird")
    expect(seen["remarks"] == "Window seat, please.", "but to a partner who has the flag")


def _expect_v3_only_fields(booking: Any, sentence: str) -> None:
    found = (booking["customer"]["emails"], booking["legs"][0]["cabin"], booking["notes"])
    expect(found == (["ada@example.com", "countess@example.org"], "business", "Window seat, please."), sentence)


def _expect_details(refused: Any, pointers: set[str], sentence: str) -> None:
    expect({detail["pointer"] for detail in refused["error"]["details"]} == pointers, sentence)


def tell(client: Client, clock: Path) -> None:
    """Tell the whole story; raise `Unexpected` where the service departs from it."""
    booking = create_as_v1(client)
    read_in_every_version(client, booking)
    list_as_v2(client)
    search_as_v1(client)
    patch_as_v3(client, booking)
    merge_as_v1(client, booking)
    patch_as_v1(client, booking)
    patch_as_v2(client, booking)
    put_as_v2(client, booking)
    refuse_as_v1(client)
    look_at_the_end_of_v1(client, booking, clock)


# The server


@contextmanager
def served() -> Iterator[tuple[int, Path]]:
    """Run gunicorn on a free loopback port over a temporary database, and stop it in any case.

    Answer the port, and the file that says what time it is for the service.
    """
    with TemporaryDirectory() as directory:
        clock = Path(directory) / "clock"
        set_clock(clock, "2026-12-01T12:00:00+00:00")
        server, port = _start(Path(directory) / "bookings.sqlite3", clock)
        try:
            _await_answer(server, port)
            yield port, clock
        finally:
            _stop(server)


def _start(database: Path, clock: Path) -> tuple[subprocess.Popen[bytes], int]:
    # The port is bound here and handed over open, so that nobody else can take it in between.
    with socket.create_server(("127.0.0.1", 0)) as listener:
        command = [
            *(sys.executable, "-m", "gunicorn", "--log-level", "warning"),
            *("--config", "python:examples.bookings.server", "--bind", f"fd://{listener.fileno()}"),
            "examples.bookings.wsgi:app",
        ]
        environment = os.environ | {"BOOKINGS_DB": str(database), "BOOKINGS_CLOCK": str(clock)}
        server = subprocess.Popen(command, cwd=REPOSITORY, env=environment, pass_fds=(listener.fileno(),))
        port: int = listener.getsockname()[1]
    return server, port


def _await_answer(server: subprocess.Popen[bytes], port: int) -> None:
    deadline = time.monotonic() + PATIENCE
    while server.poll() is None and time.monotonic() < deadline:
        try:
            if Client(port).exchange("GET", "/status")[0] == 200:
                return
        except (OSError, HTTPException):
            pass  # not there yet: the next round finds out whether it ever will be
        time.sleep(0.1)
    raise Unexpected("expected: a server that answers GET /status")


def _stop(server: subprocess.Popen[bytes]) -> None:
    server.terminate()
    try:
        server.wait(PATIENCE)
    except subprocess.TimeoutExpired:
        server.kill()
        server.wait()


def main() -> int:
    """Run the demonstration; answer the exit status."""
    # Being terminated must not leave the server behind: let the `finally` run.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))
    try:
        with served() as (port, clock):
            tell(Client(port), clock)
    except (Unexpected, KeyError, IndexError, TypeError, OSError, HTTPException) as error:
        print(f"\nNot as it should be: {type(error).__name__}: {error}", file=sys.stderr)
        return 1
    print("Everything was as it should be.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
