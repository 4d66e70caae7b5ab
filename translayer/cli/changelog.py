"""``translayer changelog``: what every version did, as Markdown for its readers, or as JSON for programs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import NamedTuple

import click

from translayer.contract.api import Api
from translayer.contract.changelog import ChangelogEntry
from translayer.contract.version import Version
from translayer.document.values import Object

from .loading import check_version, takes_api, version_texts
from .printing import Line, examples, show, show_json, takes_json


@click.command(
    epilog=examples(
        "translayer changelog > CHANGELOG.md",
        "translayer changelog --from 1 --to 3   # what a client of version 1 finds in version 3",
        "translayer changelog --json",
    )
)
@click.option("--from", "source", shell_complete=version_texts, help="Leave out this version, and all before it.")
@click.option("--to", "target", shell_complete=version_texts, help="Leave out all that came after this version.")
@takes_api
@takes_json
def changelog(api: Api, source: str | None, target: str | None, as_json: bool) -> None:
    """Print what every version did, newest first.

    It is Markdown: a heading for each version with its dates, another for each of its changes, with the title from
    its docstring, and a sentence for each thing that it did. --from 1 --to 3 tells all that happened on the way from
    version 1 to version 3.
    """
    chapters = told(api, source, target)
    if as_json:
        show_json([_as_json(chapter) for chapter in chapters])
    else:
        show(markdown(api, chapters))


class Chapter(NamedTuple):
    """A version, and what it did."""

    version: Version
    entries: Sequence[ChangelogEntry]


def told(api: Api, source: str | None, target: str | None) -> list[Chapter]:
    """The chapters of the versions after ``source``, up to ``target``, newest first."""
    first = 0 if target is None else check_version(api, target)
    last = len(api.versions) if source is None else check_version(api, source)
    if last < first:
        raise click.UsageError(f"version {source} is newer than version {target}: swap --from and --to")
    entries = api.changelog()
    return [
        Chapter(version, [entry for entry in entries if entry.version is version])
        for version in api.versions[first:last]
    ]


def _as_json(chapter: Chapter) -> Object:
    """A chapter as a JSON object; its dates are days in UTC, null where it has none."""
    life = chapter.version.life
    return {
        "version": chapter.version.text,
        "preview": life.flag is not None,
        "stable": _day(life.stable),
        "deprecated": _day(None if life.deprecation is None else life.deprecation.since),
        "sunset": _day(life.sunset),
        "changes": [{"title": entry.title, "sentences": list(entry.sentences)} for entry in chapter.entries],
    }


def _day(moment: datetime | None) -> str | None:
    return None if moment is None else f"{moment.astimezone(UTC):%Y-%m-%d}"


def markdown(api: Api, chapters: Sequence[Chapter]) -> Iterator[Line]:
    """The lines of the changelog."""
    yield Line(f"# Changelog of {api.info.title}", "bold")
    for chapter in chapters:
        yield from (Line(""), Line(f"## Version {chapter.version.text}", "bold"))
        dates = _dates(chapter.version)
        if dates:
            yield from (Line(""), Line(dates, "dim", hang=0))
        for entry in chapter.entries:
            yield from (Line(""), Line(f"### {entry.title}", "bold", hang=4))
            yield from [Line("")] * bool(entry.sentences)
            yield from (Line(f"- {sentence}", hang=2) for sentence in entry.sentences)
        if not chapter.entries:
            yield from (Line(""), Line(_nothing(api, chapter.version)))


def _nothing(api: Api, version: Version) -> str:
    return "The first version." if version is api.versions[-1] else "Nothing has changed."


def _dates(version: Version) -> str:
    """The dates of a version, in a sentence; empty where it has none."""
    life = version.life
    said = {
        "a preview": life.flag is not None and life.stable is None,
        f"stable from {_day(life.stable)}": life.stable is not None,
        f"deprecated from {_day(life.deprecation.since)}" if life.deprecation else "": life.deprecation is not None,
        f"retired on {_day(life.sunset)}": life.sunset is not None,
    }
    text = ", ".join(words for words, is_so in said.items() if is_so)
    return f"{text[:1].upper()}{text[1:]}." if text else ""
