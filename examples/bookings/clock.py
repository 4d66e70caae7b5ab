"""What time it is for the booking service, so that its demonstration can let a year pass."""

import os
from datetime import UTC, datetime
from pathlib import Path


def now() -> datetime:
    """The time in UTC, or what the file named by `$BOOKINGS_CLOCK` says: an ISO 8601 time with its zone."""
    told = os.environ.get("BOOKINGS_CLOCK")
    return datetime.now(UTC) if told is None else datetime.fromisoformat(Path(told).read_text(encoding="ascii").strip())
