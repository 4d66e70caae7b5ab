"""YAML, as far as it says what JSON can say: the core schema of YAML 1.2 (section 10.3), and no more of the language.

Strategy: PyYAML reads and prints the characters, by libyaml where that is there; what they mean is decided here.
PyYAML's own answers are those of YAML 1.1, where ``no`` is false and ``12:30`` is 750. So values are made of the
parser's events, one by one, with an end at the first thing that is refused: no tags, anchors, aliases or merge keys,
one document, texts as names. What is printed is in block style. Each text stands in quotes that any reader of either
version could take for something else.

The parser is one of YAML 1.1 too. What it takes for a line break and YAML 1.2 for a character is refused as it is, and
taken escaped.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any, Final

import yaml

from translayer.document.codec import MAX_DEPTH, encode, place, reread, shorten
from translayer.document.values import ABSENT, Absent, Json
from translayer.errors import DecodeError

_PARSER: Final = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_EMITTER: Final = getattr(yaml, "CSafeDumper", yaml.SafeDumper)
_WIDTH: Final = 2**31 - 1
"""Characters of a line: no text is folded."""

# Reading

_NO_CHARACTER: Final = re.compile("[^\t\n\r -~\xa0-\u2027\u202a-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010ffff]")
"""What stands in no YAML text (section 5.1), what is a line break in version 1.1 alone, and the mark of an order of
bytes, which libyaml passes over where a line begins."""

_DIRECTIVE: Final = re.compile(r"^%", re.MULTILINE)
_NO_ESCAPE: Final = re.compile(r"\\U(?!000|0010)")
_SURROGATE: Final = re.compile("[\ud800-\udfff]")
_WORDS: Final[Mapping[str, Json]] = {
    **dict.fromkeys(("", "~", "null", "Null", "NULL")),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
}
_INTEGER: Final = re.compile(r"(?P<sign>[-+]?)(?P<digits>[0-9]++)|0o(?P<octal>[0-7]++)|0x(?P<hex>[0-9a-fA-F]++)")
_FLOAT: Final = re.compile(r"[-+]?(?:\.[0-9]++|[0-9]++(?:\.[0-9]*+)?)(?:[eE][-+]?[0-9]++)?")
_NO_NUMBER: Final = re.compile(r"[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN)")
_MOST_DIGITS: Final = 309
"""Those of the largest double."""


def to_json(body: bytes, most: int, *, spelt_names: bool = False) -> bytes:
    """The JSON text of a YAML document with at most so many values, counted as ``codec.decode`` does.

    With ``spelt_names`` any scalar can be the name of a member, and is the text that is written: ``200`` as much as
    ``"200"``. So people write the statuses of OpenAPI documents; from a client it is refused.

    Raises ``DecodeError`` with ``EMPTY_BODY``, ``NESTED_TOO_DEEPLY``, ``TOO_MANY_VALUES``, ``INVALID_UNICODE``,
    ``NUMBER_OUT_OF_RANGE``, ``DUPLICATE_KEY`` or ``MALFORMED_YAML``; of several faults any one is named.
    """
    text = _text(body)
    reader = _Reader(text, most, spelt_names)
    try:
        for event in yaml.parse(text, Loader=_PARSER):
            reader.take(event)
    except yaml.MarkedYAMLError as fault:
        raise _malformed(_mark(fault.problem_mark), str(fault.problem)) from None
    except (OverflowError, ValueError):  # PyYAML's own parser, at an escape that libyaml refuses
        found = _NO_ESCAPE.search(text)
        raise _malformed(place(text, found.start() if found else 0), "it cannot be read") from None
    if reader.found is ABSENT:
        raise DecodeError("EMPTY_BODY", "The body is empty.")
    return encode(reader.found)


def _text(body: bytes) -> str:
    """The characters of a body, of which each may stand in a YAML text; a mark of their order is none of them."""
    try:
        text = body.decode("utf-8-sig")
    except UnicodeDecodeError as fault:
        description = f"The body is not UTF-8: the byte at offset {fault.start} begins no character."
        raise DecodeError("INVALID_UNICODE", description) from None
    if odd := _NO_CHARACTER.search(text):
        raise _malformed(place(text, odd.start()), f"the character U+{ord(odd[0]):04X} has to be escaped")
    directives = list(_DIRECTIVE.finditer(text))
    if len(directives) > 1:  # parsers compare each with each
        raise _malformed(place(text, directives[1].start()), "only one line may begin with %")
    return text


def _mark(mark: Any) -> str:
    """A place that the parser tells of."""
    return f"line {mark.line + 1}, column {mark.column + 1}"


def _malformed(where: str, reason: str) -> DecodeError:
    return DecodeError("MALFORMED_YAML", f"The body is not the YAML taken here at {where}: {reason}.")


class _Reader:
    """Makes a value of events; ``found`` is what it has become."""

    def __init__(self, text: str, most: int, spelt_names: bool) -> None:
        self.found: Json | Absent = ABSENT
        self._text = text
        self._most = most
        self._left = most
        self._spelt_names = spelt_names
        self._open: list[list[Json] | dict[str, Json]] = []
        self._names: list[str | None] = []
        """For each that is open, the name of the member that comes next, where that is known."""

    def take(self, event: Any) -> None:
        """The next event; those not known here say nothing."""
        if type(event) in _TAKES:
            _TAKES[type(event)](self, event)

    def document(self, event: Any) -> None:
        """A document begins."""
        if self.found is not ABSENT:
            raise _refused(event, "only one document is taken")

    def alias(self, event: Any) -> None:
        """Something stands here that was said elsewhere."""
        raise _refused(event, "aliases are not taken")

    def scalar(self, event: Any) -> None:
        """A name or a value."""
        self._refuse_properties(event)
        as_spelt = event.style or (self._spelt_names and self._awaits_name)
        value = event.value if as_spelt else _resolved(event)
        if isinstance(value, str) and _SURROGATE.search(value):
            raise _refused(event, "an escape is half of a surrogate pair")
        if self._awaits_name:
            self._name(event, value)
        else:
            self._count()
            self._put(value)

    def array(self, event: Any) -> None:
        """An array begins."""
        self._enter(event, [])

    def object(self, event: Any) -> None:
        """An object begins."""
        self._enter(event, {})

    def end(self, event: Any) -> None:
        """The innermost array or object ends."""
        if not self._open.pop():
            self._count()
        self._names.pop()

    @property
    def _awaits_name(self) -> bool:
        return bool(self._open) and isinstance(self._open[-1], dict) and self._names[-1] is None

    def _refuse_properties(self, event: Any) -> None:
        if event.anchor is not None:
            raise _refused(event, "anchors are not taken")
        # libyaml keeps quiet about the tag that is a mere exclamation mark.
        if event.tag is not None or self._text.startswith("!", event.start_mark.index):
            raise _refused(event, "tags are not taken")

    def _enter(self, event: Any, container: list[Json] | dict[str, Json]) -> None:
        self._refuse_properties(event)
        if self._awaits_name:
            raise _refused(event, "the name of a member is no text")
        if len(self._open) == MAX_DEPTH:
            raise DecodeError("NESTED_TOO_DEEPLY", f"The body nests more than {MAX_DEPTH} levels.")
        self._count()
        self._put(container)
        self._open.append(container)
        self._names.append(None)

    def _name(self, event: Any, name: Json) -> None:
        if not isinstance(name, str):
            raise _refused(event, "the name of a member is no text, but would be one in quotes")
        if name == "<<" and not event.style:
            raise _refused(event, "merge keys are not taken")
        if name in self._open[-1]:
            shown = encode(shorten(name)).decode()
            where = _mark(event.start_mark)
            raise DecodeError("DUPLICATE_KEY", f"The member {shown} at {where} is named twice.")
        self._names[-1] = name

    def _count(self) -> None:
        self._left -= 1
        if self._left < 0:
            raise DecodeError("TOO_MANY_VALUES", f"The body holds more than {self._most} values.")

    def _put(self, value: Json) -> None:
        if not self._open:
            self.found = value
        elif isinstance(container := self._open[-1], list):
            container.append(value)
        else:
            name = self._names[-1]
            assert name is not None  # a value without a name has been taken for one
            container[name], self._names[-1] = value, None


_TAKES: Final[Mapping[type, Callable[[_Reader, Any], None]]] = {
    yaml.DocumentStartEvent: _Reader.document,
    yaml.AliasEvent: _Reader.alias,
    yaml.ScalarEvent: _Reader.scalar,
    yaml.SequenceStartEvent: _Reader.array,
    yaml.SequenceEndEvent: _Reader.end,
    yaml.MappingStartEvent: _Reader.object,
    yaml.MappingEndEvent: _Reader.end,
}


def _refused(event: Any, reason: str) -> DecodeError:
    return _malformed(_mark(event.start_mark), reason)


def _resolved(event: Any) -> Json:
    """What a scalar without quotes means (section 10.3.2)."""
    text = event.value
    if text in _WORDS:
        return _WORDS[text]
    if _NO_NUMBER.fullmatch(text):
        raise _refused(event, f"{text} is not a JSON number")
    try:
        if found := _INTEGER.fullmatch(text):
            return _integer(found)
        return _float(text) if _FLOAT.fullmatch(text) else text
    except OverflowError:
        where = _mark(event.start_mark)
        raise DecodeError("NUMBER_OUT_OF_RANGE", f"The number at {where} is beyond the range of a double.") from None


def _integer(found: re.Match[str]) -> int:
    """An integer; raises ``OverflowError`` for one beyond the range of a double."""
    if found["digits"] is None:
        number = int(found["octal"] or found["hex"], 8 if found["octal"] else 16)
    elif len(digits := found["digits"].lstrip("0")) > _MOST_DIGITS:
        raise OverflowError
    else:
        number = int(found["sign"] + (digits or "0"))
    float(number)
    return number


def _float(text: str) -> float:
    number = float(text)
    if number in (float("inf"), float("-inf")):
        raise OverflowError
    return number


# Printing

_PLAIN: Final = re.compile(r"[A-Za-z_](?:[A-Za-z0-9_./@+ -]*[A-Za-z0-9_./@+-])?")
"""Texts that can stand without quotes, and are texts to every reader, unless they are such a word:"""

_TAKEN_FOR_ELSE: Final = frozenset({"n", "no", "null", "off", "on", "true", "false", "y", "yes", "nan", "inf"})
_QUOTED: Final = (False, True)
_UNQUOTED: Final = (True, False)


def from_json(text: bytes) -> bytes:
    """The YAML of a JSON text that was printed here, in block style; members keep their order."""
    events: list[Any] = [yaml.StreamStartEvent(), yaml.DocumentStartEvent(explicit=False)]
    _add(reread(text), events.append)
    events += [yaml.DocumentEndEvent(explicit=False), yaml.StreamEndEvent()]
    printed: str = yaml.emit(events, Dumper=_EMITTER, allow_unicode=True, width=_WIDTH)
    return printed.encode()


def _add(value: Json, add: Callable[[Any], None]) -> None:
    """The events of a value, each handed to ``add``."""
    if isinstance(value, dict):
        add(yaml.MappingStartEvent(None, None, implicit=True, flow_style=False))
        for name, member in value.items():
            add(_scalar(name))
            _add(member, add)
        add(yaml.MappingEndEvent())
    elif isinstance(value, list):
        add(yaml.SequenceStartEvent(None, None, implicit=True, flow_style=False))
        for element in value:
            _add(element, add)
        add(yaml.SequenceEndEvent())
    else:
        add(_scalar(value))


def _scalar(value: str | float | bool | None) -> Any:
    if not isinstance(value, str):
        return yaml.ScalarEvent(None, None, _UNQUOTED, _spelt(value))
    if _PLAIN.fullmatch(value) and value.lower() not in _TAKEN_FOR_ELSE:
        return yaml.ScalarEvent(None, None, _UNQUOTED, value)
    return yaml.ScalarEvent(None, None, _QUOTED, value, style='"')


def _spelt(value: float | bool | None) -> str:
    """A number or a word as both versions read it: a float of YAML 1.1 has a point, even before an exponent."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    text = repr(value)
    return text.replace("e", ".0e") if "e" in text and "." not in text else text
