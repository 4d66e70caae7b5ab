"""What all tests share: every app is watched by two WSGI checkers, inside and outside of the layer."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from hypothesis import settings
from watching import Caller, watched
from werkzeug.test import Client

from translayer import Api, Translayer

settings.register_profile("translayer", deadline=None)
settings.load_profile("translayer")


@pytest.fixture(autouse=True)
def lint_is_wrong_about_204() -> Iterator[None]:
    """Lint asks for an empty Content-Length on 204, which RFC 9110 (section 8.6) forbids."""
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="204 responses must have an empty content length")
        yield


@pytest.fixture
def lint_is_wrong_about_head() -> Iterator[None]:
    """Lint wants as many bytes as Content-Length says, on HEAD too, where there are none (RFC 9110, section 9.3.2)."""
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="Content-Length and the number of bytes sent")
        yield


@pytest.fixture
def lint_is_wrong_about_location() -> Iterator[None]:
    """Lint wants an absolute URL, as RFC 2616 did; a reference will do (RFC 9110, section 10.2.2)."""
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="Absolute URLs required")
        yield


@pytest.fixture
def serve() -> Callable[..., Client]:
    """Makes a client of an app, wrapped for an API, with both checkers on both sides.

    Exceptions come through, those of the checkers too, unless a test says ``debug=False``.
    """

    def wrap(app: Any, api: Api, *, debug: bool = True) -> Client:
        return Caller(watched(Translayer(watched(app), api, debug=debug)))

    return wrap


@pytest.fixture
def bare() -> Callable[..., Client]:
    """As ``serve``, for apps that break the rules themselves: only the layer's outer side is watched."""

    def wrap(app: Any, api: Api, *, debug: bool = True) -> Client:
        return Caller(watched(Translayer(app, api, debug=debug)))

    return wrap
