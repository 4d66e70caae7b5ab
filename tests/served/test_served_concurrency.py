"""Sixteen clients of three versions patch one booking at the same moment, also while workers are killed.

Every client has one leg of its own in the booking, and writes the number of its attempt into the leg's arrival. Half
of the clients only add that leg. The others count the price up by a cent, by test and replace, and do their leg in the
same patch. So the leg tells which attempt was done last, whatever became of the reply: a client that never got one
reads, and knows. What is there at the end is compared with what was acknowledged exactly, not within bounds.

A booking holds twenty legs; when all have done their share, the next booking is worked on.
"""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from http.client import HTTPException
from threading import Event
from typing import Any

import pytest

from tests.served.serving import BOOKINGS, FOUR, Answer, Caller, Server, running
from tests.served.spellings import LEGS, collection, new

JSON_PATCH = {"Content-Type": "application/json-patch+json"}

CLIENTS = 16

INCREMENTS = 4
"""How many cents each client that counts adds to one booking."""

KILLS = 5
"""How many workers are killed, one every second."""

ROUNDS = 1000
"""How often a client tries before it gives up; a handful is usual."""

PRICES = {1: ("cents",), 2: ("price", "cents"), 3: ("price", "amount")}
"""Where each version has the price; versions 1 and 2 in cents."""

UNSEEN = {
    "customer": {"first_name": "Ada", "last_name": "Lovelace", "emails": ["ada@example.com", "second@example.com"]},
    "notes": "By the window",
}
"""Members of which versions 1 and 2 see a part, or nothing."""

CONFLICTS = {"WRITE_CONFLICT", "PATCH_TEST_FAILED"}


@dataclass
class Client:
    """Somebody with one connection, which is made anew where it breaks."""

    number: int
    caller: Caller
    broken: int = 0

    @property
    def version(self) -> int:
        return self.number % 3 + 1

    @property
    def counts(self) -> bool:
        """Whether it counts, too; both kinds have clients of every version."""
        return self.number >= CLIENTS // 2

    @property
    def airport(self) -> str:
        """Where its legs begin, and nobody else's."""
        return f"{'ABCDEFGHIJKLMNOP'[self.number]}XX"

    def ask(self, method: str, url: str, sent: Any = None) -> Answer | None:
        """The reply, or None where the connection broke off: then the worker is dead, with or without having done it.

        A reply that does not come in time is an error: the worker lives, and could do it any moment.
        """
        try:
            return self.caller.ask(method, url, sent, JSON_PATCH if method == "PATCH" else None)
        except (HTTPException, ConnectionError):
            self.caller.connection.close()
            self.broken += 1
            return None

    def create(self) -> Any:
        """A new booking, with all that a client of version 3 can give it. One that broke off is left alone."""
        for _ in range(ROUNDS):
            if answer := self.ask("POST", collection(3), new(3, "AMS") | UNSEEN):
                assert answer.status == 201, answer.body
                return answer.json
        raise AssertionError("nobody answers")

    def read(self, url: str) -> Any:
        """The booking as it is now."""
        for _ in range(ROUNDS):
            if answer := self.ask("GET", url):
                assert answer.status == 200, answer.body
                return answer.json
        raise AssertionError("nobody answers")


@dataclass
class Share:
    """One client's part in one booking: the attempt that was done last, and how many cents were added."""

    client: Client
    booking: str
    tried: int = 0
    done: int = 0
    cents: int = 0

    @property
    def url(self) -> str:
        return f"{collection(self.client.version)}/{self.booking}"

    def work(self) -> Share:
        """All that the client wants to do to this booking."""
        for _ in range(INCREMENTS if self.client.counts else 1):
            self.change()
        return self

    def change(self) -> None:
        """One change, tried until it is done."""
        for _ in range(ROUNDS):
            seen = self.client.read(self.url)
            # What was acknowledged is still there, and what was answered 409 is not.
            assert self.done_in(seen) == self.done
            self.tried += 1
            if self.is_done(self.client.ask("PATCH", self.url, self.operations(seen))):
                self.done = self.tried
                self.cents += self.client.counts
                return
        raise AssertionError("a change never got its turn")

    def is_done(self, answer: Answer | None) -> bool:
        """Whether the last attempt was done; without an answer, the booking tells."""
        if answer is None:
            return self.done_in(self.client.read(self.url)) == self.tried
        assert answer.status == 200 or answer.json["error"]["error"] in CONFLICTS, answer.body
        return answer.status == 200

    def operations(self, seen: Any) -> list[dict[str, Any]]:
        """The patch of the last attempt."""
        return [*(self.counted(seen) if self.client.counts else ()), *self.noted(seen)]

    def counted(self, seen: Any) -> list[dict[str, Any]]:
        """One cent more, if the price is as it was seen."""
        price, path = seen, "/".join(["", *PRICES[self.client.version]])
        for name in PRICES[self.client.version]:
            price = price[name]
        more = str(Decimal(price) + Decimal("0.01")) if self.client.version == 3 else price + 1
        return [{"op": "test", "path": path, "value": price}, {"op": "replace", "path": path, "value": more}]

    def noted(self, seen: Any) -> list[dict[str, Any]]:
        """The client's own leg, with the number of the attempt."""
        leg = self.leg(self.client.version, self.tried)
        if not self.done:
            return [{"op": "add", "path": "/legs/-", "value": leg}]
        path = f"/legs/{[other['origin'] for other in seen['legs']].index(self.client.airport)}"
        return [
            {"op": "test", "path": path, "value": self.leg(self.client.version, self.done)},
            {"op": "replace", "path": f"{path}/arrival", "value": leg["arrival"]},
        ]

    def leg(self, version: int, attempt: int) -> dict[str, Any]:
        """The client's leg in the words of a version."""
        arrival = datetime.fromtimestamp(LEGS[1]["arrival"] + 60 * attempt, UTC)
        spelt = int(arrival.timestamp()) if version == 1 else arrival.strftime("%Y-%m-%dT%H:%M:%SZ")
        return {"origin": self.client.airport, **LEGS[version], "arrival": spelt}

    def done_in(self, seen: Any) -> int:
        """Which attempt the booking tells of: 0 is none, and no leg is there twice."""
        legs = [leg for leg in seen["legs"] if leg["origin"] == self.client.airport]
        attempts = [attempt for attempt in range(1, self.tried + 1) if self.leg(self.client.version, attempt) in legs]
        assert len(legs) == len(attempts) <= 1
        return sum(attempts)

    def leg_inside(self) -> dict[str, Any]:
        """The leg as version 3 must show it: only that version's clients chose a cabin."""
        return self.leg(3, self.done) | {"cabin": "business" if self.client.version == 3 else "economy"}


@dataclass
class Booking:
    """A booking of version 3, as it was before, and what was done to it."""

    before: dict[str, Any]
    shares: list[Share]

    def check(self, caller: Caller) -> None:
        """That every acknowledged change is there, exactly once, and all else is as it was."""
        final = caller.ask("GET", f"{collection(3)}/{self.before['id']}").json
        legs = [*self.before["legs"], *(share.leg_inside() for share in self.shares)]
        assert sorted(final["legs"], key=str) == sorted(legs, key=str)
        amount = Decimal(self.before["price"]["amount"]) + Decimal(sum(share.cents for share in self.shares)) / 100
        price = self.before["price"] | {"amount": str(amount)}
        assert final == self.before | {"price": price, "legs": final["legs"]}


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A service with four workers, and a new database."""
    database = tmp_path_factory.mktemp("concurrency") / "bookings.sqlite3"
    with running(BOOKINGS, FOUR, BOOKINGS_DB=database) as started:
        yield started


@contextmanager
def clients(server: Server) -> Iterator[list[Client]]:
    with ExitStack() as connections:
        yield [Client(number, connections.enter_context(Caller(server.port))) for number in range(CLIENTS)]


def work(working: Sequence[Client]) -> Booking:
    """All clients at once on a new booking, until each has done its share."""
    before = working[0].create()
    with ThreadPoolExecutor(len(working)) as threads:
        shares = threads.map(Share.work, [Share(client, before["id"]) for client in working])
        return Booking(before, list(shares))


def work_until(over: Event, working: Sequence[Client]) -> list[Booking]:
    """One booking after the other."""
    done = []
    while not over.is_set():
        done.append(work(working))
    return done


def test_WRT_2_3_of_concurrent_patches_in_three_versions_each_acknowledged_one_is_there_once(server: Server) -> None:
    with clients(server) as working, Caller(server.port) as caller:
        for _ in range(2):
            work(working).check(caller)
        assert not any(client.broken for client in working)


def test_WRT_2_3_no_acknowledged_patch_is_lost_or_done_twice_while_workers_are_killed(server: Server) -> None:
    over, killed = Event(), []
    with clients(server) as working, ThreadPoolExecutor(1) as aside:
        done = aside.submit(work_until, over, working)
        try:
            for _ in range(KILLS):
                time.sleep(1)
                killed.append(server.workers()[0])
                os.kill(killed[-1], signal.SIGKILL)
        finally:
            over.set()
        bookings = done.result()
        assert sum(client.broken for client in working) > 0
    # The service answers as if nothing had happened.
    with clients(server) as working, Caller(server.port) as caller:
        for booking in (*bookings, work(working)):
            booking.check(caller)
        assert not any(client.broken for client in working)
    assert len(set(server.workers()) - set(killed)) == 4
