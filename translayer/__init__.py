"""WSGI middleware that serves every API version an app ever published.

Write the app once, for today's business objects; declare what each version changed; wrap the app. Every client
reads, writes, patches and is refused in its own version's shape.
"""

from .contract.api import Api
from .contract.envelope import Envelope
from .contract.limits import Limits
from .contract.resource import Resource
from .contract.routes import Route
from .contract.translator import Translator
from .contract.version import Version, VersionChange
from .wsgi import Translayer

__all__ = [
    "Api",
    "Envelope",
    "Limits",
    "Resource",
    "Route",
    "Translator",
    "Translayer",
    "Version",
    "VersionChange",
]
