"""What URLs could say better: their words, their joints, their variables, and what stands behind a GET.

Strategy: a rule is cut into its segments once; every convention is a function that looks at the rule, and says what is
wrong and what to write instead.

Border: declared rules, and their methods.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Final

from .english import CRUD, CRUD_IN_COMPOUNDS, DEEDS, ENDINGS, HARMLESS, NOUNS, PERHAPS_DEEDS, is_plural, plural
from .words import HUMP, words_of

if TYPE_CHECKING:
    from translayer.contract.api import Api

_SEGMENT: Final = re.compile(r"(?:<[^<>]*>|[^/<])+")
_VARIABLE: Final = re.compile(r"<(?:(?P<converter>[^<>]*):)?(?P<name>[^<>:]*)>")
_VERSION: Final = re.compile(r"v(?:[0-9]+(?:\.[0-9]+)*|<[^<>]*>)", re.ASCII | re.IGNORECASE)
_EXTENSION: Final = re.compile(r"\.(?:csv|html?|json|pdf|txt|xlsx?|xml|ya?ml|zip)\Z", re.ASCII | re.IGNORECASE)
_WELL_KNOWN: Final = re.compile(r"/(?:\.well-known/.*|favicon\.ico|openapi\.(?:json|yaml)|robots\.txt|sitemap\.xml)")
"""URLs whose names others have chosen (RFC 8615, RFC 9309 and the like)."""

_COORDINATES: Final = frozenset(
    ["date", "day", "lang", "language", "locale", "month", "path", "week", "x", "y", "year"]
)
"""Variables that do not tell one thing of a collection from others."""


@dataclass(frozen=True)
class Url:
    """One URL of one version: its methods there, and whether it is a resource's collection.

    ``renamed`` is a variable in it that has another name elsewhere, with the rule where it has, and the name there.
    """

    rule: str
    methods: frozenset[str]
    collection: bool
    renamed: tuple[str, str, str] | None = None

    @property
    def place(self) -> str:
        """Its rule."""
        return self.rule

    @cached_property
    def segments(self) -> tuple[str, ...]:
        """What stands between the slashes."""
        return tuple(_SEGMENT.findall(self.rule))

    @cached_property
    def texts(self) -> tuple[str, ...]:
        """What is literal in the segments, less the ends of names of files."""
        return tuple(
            text for segment in self.segments for text in _VARIABLE.split(_EXTENSION.sub("", segment))[::3] if text
        )

    @cached_property
    def phrases(self) -> tuple[tuple[str, ...], ...]:
        """The words of each of those."""
        return tuple(words for words in map(words_of, self.texts) if words)

    def without(self, words: tuple[str, ...]) -> str:
        """The rule without these words, where they are all that is literal in a segment."""
        kept = (
            "".join(found[0] for found in _variables(segment))
            if words_of(_VARIABLE.sub("", segment)) == words
            else segment
            for segment in self.segments
        )
        return "/" + "/".join(filter(None, kept))


def _joined(segment: str) -> str:
    """A segment in lower case, its words joined by hyphens; variables in it are as they were."""
    return re.sub(r"<[^<>]*>|[^<]+", lambda found: found[0] if found[0][0] == "<" else _kebab(found[0]), segment).strip(
        "-"
    )


def _kebab(text: str) -> str:
    return re.sub(r"[-_]+", "-", HUMP.sub("-", text)).lower()


def _variables(rule: str) -> list[re.Match[str]]:
    return list(_VARIABLE.finditer(rule))


def lower_case(url: Url) -> Iterator[str]:
    """What is said of segments with capitals."""
    for segment in url.segments:
        plain = _VARIABLE.sub("", segment)
        if plain.lower() != plain and not _is_badly_joined(plain):
            yield f"“{segment}” has capitals, which clients mistype: write “{_joined(segment)}”"


def hyphens(url: Url) -> Iterator[str]:
    """What is said of words that are joined otherwise than by hyphens."""
    for segment in url.segments:
        if _is_badly_joined(_VARIABLE.sub("", segment)):
            yield f"“{segment}” does not join its words by hyphens: write “{_joined(segment)}”"


def _is_badly_joined(text: str) -> bool:
    return "_" in text or HUMP.search(text) is not None


def plural_nouns(url: Url) -> Iterator[str]:
    """What is said of collections that are named by no plural."""
    for segment in _collections(url):
        words = words_of(segment)
        if words and words[0] != "by" and not is_plural(words[-1]) and _verb(words) is None:
            named = "-".join((*words[:-1], plural(words[-1])))
            yield f"“{segment}” names a collection, and is no plural: write “{named}”"


def _collections(url: Url) -> Iterator[str]:
    """The literal segments behind which one of several is named, and that of a resource's collection."""
    for segment, behind in zip(url.segments, url.segments[1:], strict=False):
        variable = _VARIABLE.fullmatch(behind)
        if variable is not None and "<" not in segment and not _is_coordinate(variable):
            yield segment
    if url.collection and url.segments and "<" not in url.segments[-1]:
        yield url.segments[-1]


def _is_coordinate(variable: re.Match[str]) -> bool:
    return variable["name"] in _COORDINATES or (variable["converter"] or "").startswith("path")


def _verb(words: tuple[str, ...]) -> str | None:
    """The verb that a segment is, or begins with."""
    if "-".join(words) in NOUNS:
        return None
    crud = CRUD if len(words) == 1 else CRUD_IN_COMPOUNDS
    return words[0] if words[0] in crud or words[0] in DEEDS or words[0] in ENDINGS else None


def crud_words(url: Url) -> Iterator[str]:
    """What is said of words that methods say already."""
    for words in url.phrases:
        verb = _verb(words)
        if verb is not None and verb in CRUD:
            noun = "-".join(words[1:])
            target = f"“{noun if is_plural(words[-1]) else plural(noun)}”" if noun else url.without(words)
            yield f"“{verb}” is what the method says: write {CRUD[verb]} {target}"


def verbs(url: Url) -> Iterator[str]:
    """What is said of verbs that are neither such a word nor a deed."""
    for words in url.phrases:
        verb = _verb(words)
        if verb is not None and verb not in CRUD and not _is_action(url, words):
            yield f"“{verb}” is a verb, and URLs name things: write {_thing(verb)}"


def actions(url: Url) -> Iterator[str]:
    """What is said of a deed at the end of the URL of a thing."""
    words = url.phrases[-1] if url.phrases else ()
    if not _is_action(url, words):
        return
    verb, there = words[0], url.without(words)
    if verb in ENDINGS:
        yield f"“{verb}” is an action: model what it ends as a resource, DELETE {_behind(there, ENDINGS[verb])}"
    else:
        yield f"“{verb}” is an action: model it as a resource, POST {_behind(there, _deed(verb))}"


def _behind(rule: str, noun: str) -> str:
    return f"{rule.rstrip('/')}/{noun}"


def _is_action(url: Url, words: tuple[str, ...]) -> bool:
    """Whether a URL does something, to be asked for by POST and nothing else, that ``words`` at its end say."""
    if url.methods != {"POST"} or not words or words_of(_VARIABLE.sub("", url.segments[-1])) != words:
        return False
    verb = _verb(words)
    if verb is None:
        return words[0] in PERHAPS_DEEDS and len(words) == 1 and len(url.segments) > 1 and "<" in url.segments[-2]
    return verb not in CRUD


def _deed(verb: str) -> str:
    return DEEDS.get(verb) or PERHAPS_DEEDS[verb]


def _thing(verb: str) -> str:
    return f"what it ends, “{ENDINGS[verb]}”" if verb in ENDINGS else f"what comes of it, “{DEEDS[verb]}”"


def trailing_slash(url: Url) -> Iterator[str]:
    """What is said of a slash at the end."""
    if url.rule.endswith("/") and url.segments:
        yield f"the slash at its end makes two URLs of one: write {url.rule.rstrip('/')}"


def extensions(url: Url) -> Iterator[str]:
    """What is said of segments that end like the names of files."""
    for segment in url.segments:
        if _EXTENSION.search(segment):
            yield f"“{segment}” ends like a file, and Accept says which form is wanted: write “{_stem(segment)}”"


def _stem(segment: str) -> str:
    return _EXTENSION.sub("", segment)


def version_segments(url: Url) -> Iterator[str]:
    """What is said of versions behind the one that every URL has in front."""
    for segment in url.segments:
        if _VERSION.fullmatch(segment):
            yield f"“{segment}” names a version, which stands in front of every rule already: leave it out"


def variable_names(url: Url) -> Iterator[str]:
    """What is said of variables that are not in snake_case."""
    for found in _variables(url.rule):
        snake = re.sub(r"_+", "_", HUMP.sub("_", found["name"]).lower())
        if snake != found["name"]:
            yield f"<{found['name']}> is not in snake_case: write <{snake}>"


def unsafe_reads(url: Url) -> Iterator[str]:
    """What is said of a GET whose URL reads like a change (RFC 9110, section 9.2.1)."""
    for words in url.phrases if "GET" in url.methods else ():
        verb = _verb(words)
        method = CRUD.get(verb or "", "DELETE" if verb in ENDINGS else "POST")
        if verb is not None and verb not in HARMLESS and method != "GET":
            yield f"GET of “{verb}” reads like a change, and browsers, caches and crawlers repeat GET: make it {method}"


def other_names(url: Url) -> Iterator[str]:
    """A variable that another URL calls otherwise."""
    if url.renamed is not None:
        name, rule, known = url.renamed
        yield f"<{name}> is what {rule} calls <{known}>: write one name in both"


def urls(api: Api, position: int) -> Iterator[Url]:
    """The URLs of a version, but those whose names others have chosen."""
    methods: dict[str, set[str]] = {}
    collections: set[str] = set()
    for path in api.tables[position]:
        if not _WELL_KNOWN.fullmatch(path.rule):
            methods.setdefault(path.rule, set()).add(path.route.method)
            if path.route.rule == api.owner(path.route).collection:
                collections.add(path.rule)
    others = dict(_other_names(methods))
    for rule, offered in methods.items():
        yield Url(rule, frozenset(offered), rule in collections, others.get(rule))


def _other_names(rules: Iterable[str]) -> Iterator[tuple[str, tuple[str, str, str]]]:
    """The rules that give a variable another name than the first rule that begins alike does, with both names."""
    names: dict[tuple[str, str], tuple[str, str]] = {}
    for rule in rules:
        for variable in _variables(rule):
            front = _VARIABLE.sub("<>", rule[: variable.start()]), variable["converter"] or "string"
            name, first = names.setdefault(front, (variable["name"], rule))
            if name != variable["name"]:
                yield rule, (variable["name"], first, name)
                break
