"""``translayer versions``: every version that there is, what state it is in, and which of its dates are to come."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Final, NamedTuple

import click

from translayer.contract.api import Api
from translayer.contract.life import Brownout, Life
from translayer.contract.version import Version
from translayer.document.values import Object

from .loading import takes_api
from .printing import examples, show, show_json, table, takes_json

_HEADER: Final = ("version", "state", "stable", "deprecated", "sunset", "in days", "brownout", "changes", "resources")

_STYLES: Final[Mapping[str, str]] = {"preview": "cyan", "deprecated": "yellow", "retired": "dim", "withdrawn": "dim"}
"""The style of a version by its state."""

_DAY: Final = timedelta(days=1)


@click.command(
    epilog=examples(
        "translayer versions",
        "translayer versions --at 2027-08-02T09:05",
        "translayer versions --json | jq '.[] | select(.days_left != null and .days_left < 90) | .version'",
    )
)
@click.option(
    "--at",
    "moment",
    type=click.DateTime(["%Y-%m-%d", "%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S"]),
    help="A day, or a time in UTC, to tell it for; now, by the Api's own clock, unless it is said.",
)
@takes_api
@takes_json
def versions(api: Api, moment: datetime | None, as_json: bool) -> None:
    """List the versions, newest first, with their states and dates.

    A day begins at midnight UTC, and dates are printed so. "in days" are those until the version's sunset; "brownout"
    is the next one, or that which is on. A version that was withdrawn has no documents any more.
    """
    found = list(told(api, api.clock() if moment is None else moment.replace(tzinfo=UTC)))
    if as_json:
        show_json([_as_json(one) for one in found])
    else:
        show(table([_HEADER, *map(_row, found)], [_STYLES.get(one.state, "") for one in found]))


class Told(NamedTuple):
    """What is told of a version at a moment; of one that was withdrawn nobody knows its changes any more."""

    version: Version
    at: datetime
    state: str
    changes: int | None
    resources: Sequence[str]

    @property
    def life(self) -> Life:
        """The version's dates."""
        return self.version.life

    @property
    def days_left(self) -> int | None:
        """Days until the sunset, begun ones too; negative behind it."""
        return None if self.life.sunset is None else -((self.at - self.life.sunset) // _DAY)

    @property
    def brownout(self) -> tuple[datetime, datetime | None] | None:
        """When the brownout begins, or has begun, that comes next; and when it is over, where it is on."""
        windows = (self.life.next_window(one, self.at) for one in self.life.brownouts)
        begin = min(filter(None, windows), default=None)
        return None if begin is None else (begin, self.life.brownout(self.at))


def told(api: Api, at: datetime) -> Iterator[Told]:
    """Every version at a moment, newest first, those that were withdrawn last."""
    for version, paths in zip(api.versions, api.tables, strict=True):
        served = {api.owner(path.route).name for path in paths}
        names = [resource.name for resource in api.resources if resource.name in served]
        yield Told(version, at, version.life.state(at), len(version.changes), names)
    for version in api.withdrawn:
        yield Told(version, at, "withdrawn", None, ())


def _as_json(one: Told) -> Object:
    """A version as a JSON object: moments are ISO 8601 in UTC, and null where there are none."""
    life, deprecation, brownout = one.life, one.life.deprecation, one.brownout
    return {
        "version": one.version.text,
        "state": one.state,
        "flag": life.flag,
        "stable": _moment(life.stable),
        "deprecated": _moment(None if deprecation is None else deprecation.since),
        "deprecation_link": None if deprecation is None else deprecation.link,
        "sunset": _moment(life.sunset),
        "sunset_link": life.sunset_link,
        "days_left": one.days_left,
        "retired": life.retired,
        "brownout": None if brownout is None else {"start": _moment(brownout[0]), "until": _moment(brownout[1])},
        "brownouts": list(map(_brownout_as_json, life.brownouts)),
        "native": one.version.native,
        "changes": one.changes,
        "resources": list(one.resources),
    }


def _brownout_as_json(brownout: Brownout) -> Object:
    every = None if brownout.every is None else brownout.every.total_seconds() / 60
    return {"start": _moment(brownout.start), "minutes": brownout.minutes, "every": every}


def _moment(moment: datetime | None) -> str | None:
    return None if moment is None else moment.astimezone(UTC).isoformat().replace("+00:00", "Z")


def _row(one: Told) -> tuple[str, ...]:
    deprecation = one.life.deprecation
    return (
        one.version.text,
        one.state,
        _day(one.life.stable),
        _day(None if deprecation is None else deprecation.since),
        _day(one.life.sunset),
        _dash(one.days_left),
        _window(one.brownout),
        _dash(one.changes),
        ", ".join(one.resources) or "-",
    )


def _dash(value: object) -> str:
    return "-" if value is None else str(value)


def _day(moment: datetime | None) -> str:
    return "-" if moment is None else f"{moment:%Y-%m-%d}"


def _window(brownout: tuple[datetime, datetime | None] | None) -> str:
    if brownout is None:
        return "-"
    begin, until = brownout
    return f"{begin:%Y-%m-%d %H:%M}" if until is None else f"on, until {until:%Y-%m-%d %H:%M}"
