"""Who calls the booking service. A real one would look keys up where it keeps them."""

from translayer import Consumer, Request

PARTNERS = {
    "early-bird": Consumer("Early Bird Travel", flags=["preview"]),
    "steady": Consumer("Steady Tours", pinned_version=2),
}
"""Consumers by their API key."""


def by_key(request: Request) -> Consumer | None:
    """The partner whose key stands in `X-Api-Key`; nobody in particular where it is none's."""
    return PARTNERS.get(request.headers.get("X-Api-Key", ""))
