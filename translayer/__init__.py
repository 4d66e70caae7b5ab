"""WSGI middleware that serves every API version an app ever published.

Write the app once, for today's business objects; declare what each version changed; wrap the app. Every client
reads, writes, patches and is refused in its own version's shape.
"""

from .contract.api import Api
from .contract.app_errors import AppError, Extractor
from .contract.consumer import Consumer
from .contract.deprecation import Deprecation
from .contract.discovery import Discovery
from .contract.envelope import Envelope, Page
from .contract.info import Info
from .contract.life import Brownout
from .contract.limits import Limits
from .contract.looking import Sample
from .contract.paging import PageExtractor, Paging
from .contract.query import Query
from .contract.resource import Resource
from .contract.routes import CachePolicy, Route
from .contract.translator import Translator
from .contract.version import Version, VersionChange
from .http.message import Request
from .wsgi import Translayer

__all__ = [
    "Api",
    "AppError",
    "Brownout",
    "CachePolicy",
    "Consumer",
    "Deprecation",
    "Discovery",
    "Envelope",
    "Extractor",
    "Info",
    "Limits",
    "Page",
    "PageExtractor",
    "Paging",
    "Query",
    "Request",
    "Resource",
    "Route",
    "Sample",
    "Translator",
    "Translayer",
    "Version",
    "VersionChange",
]
