"""Bookings in SQLite: each is a row with its revision, and every change is one immediate transaction.

Strategy: the whole booking is one JSON text, beside the few columns that are searched. A connection is borrowed for
one operation and belongs to one thread meanwhile. Whoever comes first creates and fills the file, and any number of
threads and processes may come first together. Nothing is opened before the first operation, so that a server may
fork after it has loaded the app (SQLite's connections do not survive a fork).

No HTTP here: what a caller wants of the revision comes in as a function.
"""

import json
import sqlite3
import threading
import time
import weakref
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

from .samples import SAMPLES

PATIENCE = 10.0
"""Seconds to wait for another writer before an operation fails. A write takes milliseconds."""
_DEFAULT_MARGIN = "0.10"
_SCHEMA = """
CREATE TABLE booking (
    number INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    reference TEXT NOT NULL UNIQUE,
    status TEXT NOT NULL,
    revision INTEGER NOT NULL,
    document TEXT NOT NULL
)
"""
_CURRENT_SCHEMA = 1
_CONDITIONS = {"status": "status = :status", "pax_count": "json_extract(document, '$.pax_count') = :pax_count"}
"""What each filter of a list asks of a row."""


class BookingNotFound(LookupError):
    """No booking has this id."""


class ReferenceTaken(ValueError):
    """Another booking has this reference already."""


class RevisionRefused(RuntimeError):
    """The booking is at a revision that the caller did not mean to change."""


@dataclass(frozen=True, slots=True)
class Stored:
    """A booking as JSON, and how often it was written: 1 when it is new."""

    booking: dict[str, Any]
    revision: int


def any_revision(_: int) -> bool:
    """Permit a change whatever the revision."""
    return True


class Store:
    """The bookings in one file. Threads share a store; each process opens its own."""

    def __init__(self, path: str) -> None:
        self.path = path
        self._idle: deque[sqlite3.Connection] = deque()
        self._first_use = threading.Lock()
        self._ready = False
        # Closes what is open when the store goes, at the latest when the interpreter does.
        self._finalizer = weakref.finalize(self, _close_all, self._idle)

    def close(self) -> None:
        """Close the connections. The store opens new ones when it is used again."""
        _close_all(self._idle)

    def get(self, booking_id: UUID) -> Stored:
        """Answer one booking; raise `BookingNotFound`."""
        with self._connection() as connection:
            return _find(connection, booking_id)

    def page(
        self,
        page: int,
        per_page: int,
        status: str | None = None,
        pax_count: int | None = None,
        sort: Sequence[str] = (),
    ) -> tuple[list[dict[str, Any]], int]:
        """Answer a page of bookings, and how many there are; pages count from 1.

        ``sort`` are members of bookings that are texts or numbers, with a minus in front where the last comes first;
        what they leave open comes oldest first.
        """
        values = {"status": status, "pax_count": pax_count, "limit": per_page, "offset": (page - 1) * per_page}
        chosen = " AND ".join(condition for name, condition in _CONDITIONS.items() if values[name] is not None)
        chosen = f"WHERE {chosen}" if chosen else ""
        order = {f"sort{number}": f"$.{name.removeprefix('-')}" for number, name in enumerate(sort)}
        ways = [
            f"json_extract(document, :{key}){' DESC' if name.startswith('-') else ''}"
            for key, name in zip(order, sort, strict=True)
        ]
        with self._connection() as connection, _transaction(connection, "DEFERRED"):
            (total,) = connection.execute(f"SELECT count(*) FROM booking {chosen}", values).fetchone()
            rows = connection.execute(
                f"SELECT document FROM booking {chosen} ORDER BY {', '.join([*ways, 'number'])} "
                "LIMIT :limit OFFSET :offset",
                values | order,
            ).fetchall()
        return [json.loads(document) for (document,) in rows], total

    def each(self, batch: int = 50) -> Iterator[Stored]:
        """Yield every booking, oldest first. No connection is held while the caller takes its time."""
        last = 0
        while True:
            with self._connection() as connection:
                rows = connection.execute(
                    "SELECT number, document, revision FROM booking WHERE number > ? ORDER BY number LIMIT ?",
                    (last, batch),
                ).fetchall()
            if not rows:
                return
            for _, document, revision in rows:
                yield Stored(json.loads(document), revision)
            last = rows[-1][0]

    def create(self, fields: Mapping[str, Any]) -> Stored:
        """Add a booking with these fields and a new id; raise `ReferenceTaken`."""
        now = datetime.now(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
        booking = {"id": str(uuid4()), **fields, "created_at": now, "margin": _DEFAULT_MARGIN}
        with self._connection() as connection, _transaction(connection):
            _insert(connection, booking)
        return Stored(booking, 1)

    def replace(
        self, booking_id: UUID, fields: Mapping[str, Any], permits: Callable[[int], bool] = any_revision
    ) -> Stored:
        """Set these fields if ``permits(revision)``, the revision being the one that would be overwritten.

        Raises `BookingNotFound`, `RevisionRefused`, `ReferenceTaken`; then nothing has changed.
        """
        with self._connection() as connection, _transaction(connection):
            current = _find_permitted(connection, booking_id, permits)
            changed = Stored({**current.booking, **fields}, current.revision + 1)
            with _unique_references():
                connection.execute(
                    "UPDATE booking SET reference = ?, status = ?, revision = ?, document = ? WHERE id = ?",
                    (
                        changed.booking["reference"],
                        changed.booking["status"],
                        changed.revision,
                        json.dumps(changed.booking),
                        str(booking_id),
                    ),
                )
        return changed

    def delete(self, booking_id: UUID, permits: Callable[[int], bool] = any_revision) -> None:
        """Remove a booking if ``permits(revision)``; raise `BookingNotFound` or `RevisionRefused`."""
        with self._connection() as connection, _transaction(connection):
            _find_permitted(connection, booking_id, permits)
            connection.execute("DELETE FROM booking WHERE id = ?", (str(booking_id),))

    @contextmanager
    def _connection(self) -> Iterator[sqlite3.Connection]:
        """Lend an idle connection, or a new one where there is none, for one operation of one thread."""
        self._prepare()
        try:
            connection = self._idle.pop()
        except IndexError:
            connection = _connect(self.path)
        try:
            yield connection
        finally:
            self._idle.append(connection)

    def _prepare(self) -> None:
        if self._ready:
            return
        with self._first_use:
            if not self._ready:
                self._idle.append(_prepared(_connect(self.path)))
                self._ready = True


def _close_all(connections: deque[sqlite3.Connection]) -> None:
    while connections:
        connections.pop().close()


def _connect(path: str) -> sqlite3.Connection:
    # isolation_level None: transactions begin where this module says so. Threads take turns with a connection.
    return sqlite3.connect(path, timeout=PATIENCE, isolation_level=None, check_same_thread=False)


def _prepared(connection: sqlite3.Connection) -> sqlite3.Connection:
    """Create and fill the database where that has not been done; close the connection if it cannot be."""
    try:
        _use_write_ahead_log(connection)
        with _transaction(connection):
            (schema,) = connection.execute("PRAGMA user_version").fetchone()
            if schema < _CURRENT_SCHEMA:
                _fill(connection)
    except BaseException:
        connection.close()
        raise
    return connection


def _use_write_ahead_log(connection: sqlite3.Connection) -> None:
    """Let readers read while one writes. The file remembers this.

    For this one statement SQLite does not wait by itself: where another process is at it, it gives up at once.
    """
    deadline = time.monotonic() + PATIENCE
    while True:
        try:
            connection.execute("PRAGMA journal_mode = WAL")
            return
        except sqlite3.OperationalError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.01)


def _fill(connection: sqlite3.Connection) -> None:
    connection.execute(_SCHEMA)
    for booking in SAMPLES:
        _insert(connection, booking)
    connection.execute(f"PRAGMA user_version = {_CURRENT_SCHEMA}")


@contextmanager
def _transaction(connection: sqlite3.Connection, kind: str = "IMMEDIATE") -> Iterator[None]:
    """Commit what happens inside, or none of it. IMMEDIATE waits for other writers before it reads."""
    connection.execute(f"BEGIN {kind}")
    try:
        yield
    except BaseException:
        connection.execute("ROLLBACK")
        raise
    connection.execute("COMMIT")


@contextmanager
def _unique_references() -> Iterator[None]:
    """Tell SQLite's word for a reference used twice in ours. Nothing else that clients set is unique."""
    try:
        yield
    except sqlite3.IntegrityError as error:
        raise ReferenceTaken from error


def _find(connection: sqlite3.Connection, booking_id: UUID) -> Stored:
    row = connection.execute("SELECT document, revision FROM booking WHERE id = ?", (str(booking_id),)).fetchone()
    if row is None:
        raise BookingNotFound(str(booking_id))
    return Stored(json.loads(row[0]), row[1])


def _find_permitted(connection: sqlite3.Connection, booking_id: UUID, permits: Callable[[int], bool]) -> Stored:
    current = _find(connection, booking_id)
    if not permits(current.revision):
        raise RevisionRefused(str(booking_id))
    return current


def _insert(connection: sqlite3.Connection, booking: Mapping[str, Any]) -> None:
    with _unique_references():
        connection.execute(
            "INSERT INTO booking (id, reference, status, revision, document) VALUES (?, ?, ?, 1, ?)",
            (booking["id"], booking["reference"], booking["status"], json.dumps(booking)),
        )
