"""The Flask door: an extension that puts the layer in front of an app's ``wsgi_app``."""

from __future__ import annotations

from flask import Flask

from .contract.api import Api
from .wsgi import Translayer


class FlaskTranslayer:
    """Serves every version of an API from a Flask app; its test client speaks them too.

    >>> from examples.bookings.api import api
    >>> app = Flask("bookings")
    >>> FlaskTranslayer(api, app).api is api
    True
    """

    def __init__(self, api: Api, app: Flask | None = None) -> None:
        self.api = api
        if app is not None:
            self.init_app(app)

    def init_app(self, app: Flask) -> None:
        """Wraps the app; its exceptions are shown by its debugger where it is in debug mode.

        Raises ``RuntimeError`` where the app is wrapped already.
        """
        if "translayer" in app.extensions:
            raise RuntimeError("this app is wrapped already; one Api serves all its versions")
        app.extensions["translayer"] = self
        app.wsgi_app = Translayer(app.wsgi_app, self.api, debug=app.debug)  # type: ignore[method-assign]  # Flask's documented place for middleware
