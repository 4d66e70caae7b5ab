"""FastAPI: the same small app, with pydantic's models for what comes in and what goes out.

Compared: one request through FastAPI in process, by today's URLs. It checks requests and replies, which the bare
Flask app does not, and has a PATCH of its own, which merges fields and knows neither conditions nor JSON Patch. Not
compared: Flask with FastAPI; what counts is what a layer adds to each. Endpoints are coroutines, so that no thread
is waited for.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from fastapi import APIRouter, FastAPI, Response
from pydantic import BaseModel, ConfigDict

from benchmarks.workloads import SET_BY_THE_APP

from .asgi import App
from .pydantic_models import Booking, NewBooking, Notes, Passengers


class BookingPage(BaseModel):
    """What a list replies with."""

    items: list[Booking]
    total: int
    page: int
    per_page: int


class BookingPatch(BaseModel):
    """Fields of a booking that a client may change alone."""

    model_config = ConfigDict(extra="forbid")

    passengers: Passengers = 1
    notes: Notes = None


def declare(router: APIRouter, kept: Sequence[Mapping[str, Any]]) -> None:
    """Add the app's endpoints, for these bookings, to a router."""
    stored = {booking["id"]: dict(booking) for booking in kept}
    set_by_the_app = {name: value for name, value in kept[0].items() if name in SET_BY_THE_APP}

    def changed(booking_id: str, sent: BaseModel) -> dict[str, Any]:
        stored[booking_id] = {**stored[booking_id], **sent.model_dump(mode="json", exclude_unset=True)}
        return stored[booking_id]

    @router.get("/bookings", response_model=BookingPage)
    async def list_bookings() -> Any:
        items = list(stored.values())
        return {"items": items, "total": len(items), "page": 1, "per_page": 100}

    @router.post("/bookings", response_model=Booking, status_code=201)
    async def create_booking(sent: NewBooking, response: Response) -> Any:
        made = {**set_by_the_app, **sent.model_dump(mode="json")}
        response.headers["location"] = f"/bookings/{made['id']}"
        return made

    @router.get("/bookings/{booking_id}", response_model=Booking)
    async def read_booking(booking_id: str) -> Any:
        return stored[booking_id]

    @router.put("/bookings/{booking_id}", response_model=Booking)
    async def replace_booking(booking_id: str, sent: NewBooking) -> Any:
        return changed(booking_id, sent)

    @router.patch("/bookings/{booking_id}", response_model=Booking)
    async def patch_booking(booking_id: str, sent: BookingPatch) -> Any:
        return changed(booking_id, sent)


def make(kept: Sequence[Mapping[str, Any]]) -> App:
    """The app without versions."""
    app, router = FastAPI(), APIRouter()
    declare(router, kept)
    app.include_router(router)
    return app
