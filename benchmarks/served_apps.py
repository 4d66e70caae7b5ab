"""The apps that are served: ``gunicorn benchmarks.served_apps:bare`` and ``benchmarks.served_apps:wrapped``."""

from __future__ import annotations

from translayer import Translayer

from .api import api
from .flask_app import in_memory
from .workloads import bookings

KEPT = 100
"""Bookings in the app, all of which a list has."""

bare = in_memory(bookings(KEPT))
wrapped = Translayer(in_memory(bookings(KEPT)), api)
