"""Conventions: what the URLs of an API could say better. Nothing here refuses anything.

Strategy: a URL rule is cut into its segments once; every convention is a row of a table, with a function that looks at
the rule and says what is wrong, and what to write instead. All versions are looked at, the oldest too: what is found in
several is told once, with all of them.

Border: declared rules and methods. English is known in ``english``, as far as it is known at all.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from types import MappingProxyType
from typing import TYPE_CHECKING, Final, Literal, NamedTuple, TypeAlias

from .english import CRUD, CRUD_IN_COMPOUNDS, DEEDS, ENDINGS, HARMLESS, NOUNS, PERHAPS_DEEDS, is_plural, plural

if TYPE_CHECKING:
    from .api import Api

Level: TypeAlias = Literal["warning", "hint"]
"""How much a convention weighs: a ``hint`` is a matter of taste, where good APIs do otherwise."""

_SEGMENT: Final = re.compile(r"(?:<[^<>]*>|[^/<])+")
_VARIABLE: Final = re.compile(r"<(?:(?P<converter>[^<>]*):)?(?P<name>[^<>:]*)>")
_HUMP: Final = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z]{2})")
_VERSION: Final = re.compile(r"v(?:[0-9]+(?:\.[0-9]+)*|<[^<>]*>)", re.ASCII | re.IGNORECASE)
_EXTENSION: Final = re.compile(r"\.(?:csv|html?|json|pdf|txt|xlsx?|xml|ya?ml|zip)\Z", re.ASCII | re.IGNORECASE)
_WELL_KNOWN: Final = re.compile(r"/(?:\.well-known/.*|favicon\.ico|openapi\.(?:json|yaml)|robots\.txt|sitemap\.xml)")
"""URLs whose names others have chosen (RFC 8615, RFC 9309 and the like)."""

_COORDINATES: Final = frozenset(
    ["date", "day", "lang", "language", "locale", "month", "path", "week", "x", "y", "year"]
)
"""Variables that do not tell one thing of a collection from others."""


@dataclass(frozen=True, slots=True)
class Advice:
    """What a convention says of one URL: the ``rule``, and the ``versions`` in which it stands, newest first.

    ``id`` is a key of ``CONVENTIONS``; ``sentence`` says what is wrong, and what to write instead.
    """

    id: str
    rule: str
    versions: tuple[str, ...]
    sentence: str

    @property
    def level(self) -> Level:
        """How much the convention weighs."""
        return CONVENTIONS[self.id].level


@dataclass(frozen=True)
class _Url:
    """One URL of one version: its methods there, and whether it is a resource's collection."""

    rule: str
    methods: frozenset[str]
    collection: bool

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
        return tuple(words for words in map(_words, self.texts) if words)

    def without(self, words: tuple[str, ...]) -> str:
        """The rule without these words, where they are all that is literal in a segment."""
        kept = (
            "".join(found[0] for found in _variables(segment))
            if _words(_VARIABLE.sub("", segment)) == words
            else segment
            for segment in self.segments
        )
        return "/" + "/".join(filter(None, kept))


def _words(text: str) -> tuple[str, ...]:
    """The words of a literal text, in lower case, however they are joined."""
    return tuple(word for word in re.split(r"[\W_]+", _HUMP.sub("-", text).lower()) if word)


def _joined(segment: str) -> str:
    """A segment in lower case, its words joined by hyphens; variables in it are as they were."""
    return re.sub(r"<[^<>]*>|[^<]+", lambda found: found[0] if found[0][0] == "<" else _kebab(found[0]), segment).strip(
        "-"
    )


def _kebab(text: str) -> str:
    return re.sub(r"[-_]+", "-", _HUMP.sub("-", text)).lower()


def _variables(rule: str) -> list[re.Match[str]]:
    return list(_VARIABLE.finditer(rule))


def _lower_case(url: _Url) -> Iterator[str]:
    for segment in url.segments:
        plain = _VARIABLE.sub("", segment)
        if plain.lower() != plain and not _is_badly_joined(plain):
            yield f"“{segment}” has capitals, which clients mistype: write “{_joined(segment)}”"


def _hyphens(url: _Url) -> Iterator[str]:
    for segment in url.segments:
        if _is_badly_joined(_VARIABLE.sub("", segment)):
            yield f"“{segment}” does not join its words by hyphens: write “{_joined(segment)}”"


def _is_badly_joined(text: str) -> bool:
    return "_" in text or _HUMP.search(text) is not None


def _plural_nouns(url: _Url) -> Iterator[str]:
    for segment in _collections(url):
        words = _words(segment)
        if words and words[0] != "by" and not is_plural(words[-1]) and _verb(words) is None:
            named = "-".join((*words[:-1], plural(words[-1])))
            yield f"“{segment}” names a collection, and is no plural: write “{named}”"


def _collections(url: _Url) -> Iterator[str]:
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


def _crud_words(url: _Url) -> Iterator[str]:
    for words in url.phrases:
        verb = _verb(words)
        if verb is not None and verb in CRUD:
            noun = "-".join(words[1:])
            target = f"“{noun if is_plural(words[-1]) else plural(noun)}”" if noun else url.without(words)
            yield f"“{verb}” is what the method says: write {CRUD[verb]} {target}"


def _verbs(url: _Url) -> Iterator[str]:
    for words in url.phrases:
        verb = _verb(words)
        if verb is not None and verb not in CRUD and not _is_action(url, words):
            yield f"“{verb}” is a verb, and URLs name things: write {_thing(verb)}"


def _actions(url: _Url) -> Iterator[str]:
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


def _is_action(url: _Url, words: tuple[str, ...]) -> bool:
    """Whether a URL does something, to be asked for by POST and nothing else, that ``words`` at its end say."""
    if url.methods != {"POST"} or not words or _words(_VARIABLE.sub("", url.segments[-1])) != words:
        return False
    verb = _verb(words)
    if verb is None:
        return words[0] in PERHAPS_DEEDS and len(words) == 1 and len(url.segments) > 1 and "<" in url.segments[-2]
    return verb not in CRUD


def _deed(verb: str) -> str:
    return DEEDS.get(verb) or PERHAPS_DEEDS[verb]


def _thing(verb: str) -> str:
    return f"what it ends, “{ENDINGS[verb]}”" if verb in ENDINGS else f"what comes of it, “{DEEDS[verb]}”"


def _trailing_slash(url: _Url) -> Iterator[str]:
    if url.rule.endswith("/") and url.segments:
        yield f"the slash at its end makes two URLs of one: write {url.rule.rstrip('/')}"


def _extensions(url: _Url) -> Iterator[str]:
    for segment in url.segments:
        if _EXTENSION.search(segment):
            yield f"“{segment}” ends like a file, and Accept says which form is wanted: write “{_stem(segment)}”"


def _stem(segment: str) -> str:
    return _EXTENSION.sub("", segment)


def _versions(url: _Url) -> Iterator[str]:
    for segment in url.segments:
        if _VERSION.fullmatch(segment):
            yield f"“{segment}” names a version, which stands in front of every rule already: leave it out"


def _variable_names(url: _Url) -> Iterator[str]:
    for found in _variables(url.rule):
        snake = re.sub(r"_+", "_", _HUMP.sub("_", found["name"]).lower())
        if snake != found["name"]:
            yield f"<{found['name']}> is not in snake_case: write <{snake}>"


def _unsafe_reads(url: _Url) -> Iterator[str]:
    for words in url.phrases if "GET" in url.methods else ():
        verb = _verb(words)
        method = CRUD.get(verb or "", "DELETE" if verb in ENDINGS else "POST")
        if verb is not None and verb not in HARMLESS and method != "GET":
            yield f"GET of “{verb}” reads like a change, and browsers, caches and crawlers repeat GET: make it {method}"


class Convention(NamedTuple):
    """One row: how much it weighs, what it asks for, and what finds where it is not kept, in one URL."""

    level: Level
    meaning: str
    look: Callable[[_Url], Iterable[str]] = lambda url: ()


CONVENTIONS: Final[Mapping[str, Convention]] = MappingProxyType(
    {
        "LOWER_CASE": Convention("warning", "Segments are in lower case.", _lower_case),
        "HYPHENS": Convention("warning", "Words are joined by hyphens.", _hyphens),
        "PLURAL_NOUNS": Convention("warning", "Collections are named by plural nouns.", _plural_nouns),
        "NO_VERBS": Convention("warning", "URLs name things; verbs are no part of them.", _verbs),
        "NO_ACTIONS": Convention("hint", "What is done to a thing is a resource of its own.", _actions),
        "NO_CRUD_WORDS": Convention("warning", "What the method says does not stand in the URL.", _crud_words),
        "NO_TRAILING_SLASH": Convention("warning", "URLs do not end with a slash.", _trailing_slash),
        "NO_EXTENSIONS": Convention("warning", "URLs do not end like files.", _extensions),
        "NO_VERSION": Convention("warning", "Rules do not name versions.", _versions),
        "SNAKE_CASE_VARIABLES": Convention("warning", "Variables are in snake_case.", _variable_names),
        "ONE_NAME_PER_VARIABLE": Convention("hint", "A variable has the same name in all URLs behind one collection."),
        "SAFE_READS": Convention("warning", "GET stands on nothing that reads like a change.", _unsafe_reads),
    }
)
"""Every convention, by its stable id; ``docs/conventions.md`` has the same table."""


def lint(api: Api) -> tuple[Advice, ...]:
    """What the URLs of an API could say better, in every version: the first rule first, each finding once.

    Nothing is refused for it. URLs whose names others have chosen, such as ``/.well-known/…``, are left out.
    """
    found: dict[tuple[str, str, str], list[str]] = {}
    for position, version in enumerate(api.versions):
        for key in dict.fromkeys(_findings(_urls(api, position))):
            found.setdefault(key, []).append(version.text)
    return tuple(Advice(id, rule, tuple(texts), f"{rule}: {said}.") for (id, rule, said), texts in found.items())


def _urls(api: Api, position: int) -> list[_Url]:
    methods: dict[str, set[str]] = {}
    collections: set[str] = set()
    for path in api.tables[position]:
        methods.setdefault(path.rule, set()).add(path.route.method)
        if path.route.rule == api.owner(path.route).collection:
            collections.add(path.rule)
    return [
        _Url(rule, frozenset(offered), rule in collections)
        for rule, offered in methods.items()
        if not _WELL_KNOWN.fullmatch(rule)
    ]


def _findings(urls: list[_Url]) -> Iterator[tuple[str, str, str]]:
    """The id of a convention, a rule that does not keep it, and what is to be said of that."""
    others = dict(_other_names(urls))
    for url in urls:
        for id, convention in CONVENTIONS.items():
            yield from ((id, url.rule, said) for said in convention.look(url))
        if url.rule in others:
            yield "ONE_NAME_PER_VARIABLE", url.rule, others[url.rule]


def _other_names(urls: Iterable[_Url]) -> Iterator[tuple[str, str]]:
    """The rules that give a variable another name than the first rule that begins alike does, and what to say."""
    names: dict[tuple[str, str], tuple[str, str]] = {}
    for url in urls:
        for variable in _variables(url.rule):
            front = _VARIABLE.sub("<>", url.rule[: variable.start()]), variable["converter"] or "string"
            name, rule = names.setdefault(front, (variable["name"], url.rule))
            if name != variable["name"]:
                yield url.rule, f"<{variable['name']}> is what {rule} calls <{name}>: write one name in both"
                break
