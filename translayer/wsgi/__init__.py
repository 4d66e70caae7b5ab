"""The WSGI boundary: the only room that knows ``environ`` and ``start_response`` (PEP 3333).

It drives one exchange per request: reads the client's body when asked, calls the wrapped app, and sends what comes
out; plain reads, which are most, go without one. What is relayed is handed through: the app's ``start_response`` is
answered with the server's own ``write``, its iterable is returned as it is, file wrappers and all, and not one byte is
held.
"""

from .environs import CONSUMER_KEY, VERSION_KEY
from .middleware import Translayer

__all__ = ["CONSUMER_KEY", "VERSION_KEY", "Translayer"]
