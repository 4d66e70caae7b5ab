"""What the tests of the command line know by name: an API to call it for, and what colours look like."""

import re

BOOKINGS = "examples.bookings.api:api"
COLOUR = re.compile(r"\x1b\[[0-9;]*m")
