"""The booking service in every version: `gunicorn examples.bookings.wsgi:app`."""

from translayer import Translayer

from .api import api
from .app import app as flask_app

app = Translayer(flask_app, api)
