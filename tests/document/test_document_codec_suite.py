"""JSONTestSuite: all that must be accepted is, all that must be refused is, and what is left open is decided here."""

from __future__ import annotations

from pathlib import Path

import pytest
from suites import files

from translayer.document.codec import decode, encode, skim
from translayer.errors import DecodeError

BY_DECISION = {
    # A number below the smallest double is zero, and integers are exact as long as a double could hold them.
    "i_number_double_huge_neg_exp": None,
    "i_number_real_underflow": None,
    "i_number_too_big_neg_int": None,
    "i_number_too_big_pos_int": None,
    "i_number_very_big_negative_int": None,
    # Beyond the largest double there is no number that another reader would agree on.
    "i_number_huge_exp": "NUMBER_OUT_OF_RANGE",
    "i_number_neg_int_huge_exp": "NUMBER_OUT_OF_RANGE",
    "i_number_pos_double_huge_exp": "NUMBER_OUT_OF_RANGE",
    "i_number_real_neg_overflow": "NUMBER_OUT_OF_RANGE",
    "i_number_real_pos_overflow": "NUMBER_OUT_OF_RANGE",
    # Strings are Unicode: no halves of pairs, and no encoding but UTF-8 (RFC 8259, section 8.1).
    "i_object_key_lone_2nd_surrogate": "INVALID_UNICODE",
    "i_string_1st_surrogate_but_2nd_missing": "INVALID_UNICODE",
    "i_string_1st_valid_surrogate_2nd_invalid": "INVALID_UNICODE",
    "i_string_UTF-16LE_with_BOM": "INVALID_UNICODE",
    "i_string_UTF-8_invalid_sequence": "INVALID_UNICODE",
    "i_string_UTF8_surrogate_U+D800": "INVALID_UNICODE",
    "i_string_incomplete_surrogate_and_escape_valid": "INVALID_UNICODE",
    "i_string_incomplete_surrogate_pair": "INVALID_UNICODE",
    "i_string_incomplete_surrogates_escape_valid": "INVALID_UNICODE",
    "i_string_invalid_lonely_surrogate": "INVALID_UNICODE",
    "i_string_invalid_surrogate": "INVALID_UNICODE",
    "i_string_invalid_utf-8": "INVALID_UNICODE",
    "i_string_inverted_surrogates_U+1D11E": "INVALID_UNICODE",
    "i_string_iso_latin_1": "INVALID_UNICODE",
    "i_string_lone_second_surrogate": "INVALID_UNICODE",
    "i_string_lone_utf8_continuation_byte": "INVALID_UNICODE",
    "i_string_not_in_unicode_range": "INVALID_UNICODE",
    "i_string_overlong_sequence_2_bytes": "INVALID_UNICODE",
    "i_string_overlong_sequence_6_bytes": "INVALID_UNICODE",
    "i_string_overlong_sequence_6_bytes_null": "INVALID_UNICODE",
    "i_string_truncated-utf-8": "INVALID_UNICODE",
    "i_string_utf16BE_no_BOM": "INVALID_UNICODE",
    "i_string_utf16LE_no_BOM": "INVALID_UNICODE",
    # The bound of depth, and no byte order mark (RFC 8259, section 8.1).
    "i_structure_500_nested_arrays": "NESTED_TOO_DEEPLY",
    "i_structure_UTF-8_BOM_empty_object": "MALFORMED_JSON",
    # Of test_transform: what parsers are known to read differently.
    "object_same_key_different_values": "DUPLICATE_KEY",
    "object_same_key_same_value": "DUPLICATE_KEY",
    "object_same_key_unclear_values": "DUPLICATE_KEY",
    "string_1_escaped_invalid_codepoint": "INVALID_UNICODE",
    "string_1_invalid_codepoint": "INVALID_UNICODE",
    "string_2_escaped_invalid_codepoints": "INVALID_UNICODE",
    "string_2_invalid_codepoints": "INVALID_UNICODE",
    "string_3_escaped_invalid_codepoints": "INVALID_UNICODE",
    "string_3_invalid_codepoints": "INVALID_UNICODE",
}
"""The code of each refusal, ``None`` for a value, where the suite leaves it open."""

REFUSED_IN_REQUESTS = {
    # Grammatical, but two readers may take two values from it; the suite's own test_transform shows that they do.
    "y_object_duplicated_key": "DUPLICATE_KEY",
    "y_object_duplicated_key_and_value": "DUPLICATE_KEY",
}
"""The only texts that the suite has accepted and a request has refused; a reply has them accepted."""


def refusal(file: Path, *, unique: bool) -> str | None:
    try:
        decode(file.read_bytes(), unique=unique)
    except DecodeError as fault:
        return fault.code
    return None


@pytest.mark.parametrize("file", files(["JSONTestSuite/test_parsing/y_*.json"]))
def test_ROB_3_1_what_must_be_accepted_is_accepted(file: Path) -> None:
    assert refusal(file, unique=True) == REFUSED_IN_REQUESTS.get(file.stem)
    assert refusal(file, unique=False) is None


@pytest.mark.parametrize("file", files(["JSONTestSuite/test_parsing/n_*.json"]))
def test_ROB_3_1_what_must_be_refused_is_refused(file: Path) -> None:
    code = refusal(file, unique=True)
    assert code in ("MALFORMED_JSON", "INVALID_UNICODE", "EMPTY_BODY", "NESTED_TOO_DEEPLY")
    assert code == refusal(file, unique=False)


@pytest.mark.parametrize("file", files(["JSONTestSuite/test_parsing/i_*.json"]))
def test_ROB_3_1_what_is_left_open_is_decided(file: Path) -> None:
    assert refusal(file, unique=True) == refusal(file, unique=False) == BY_DECISION[file.stem]


@pytest.mark.parametrize("file", files(["JSONTestSuite/test_transform/*.json"]))
def test_ROB_3_1_what_parsers_read_differently_is_decided(file: Path) -> None:
    assert refusal(file, unique=True) == BY_DECISION.get(file.stem)


@pytest.mark.parametrize("file", files(["JSONTestSuite/test_parsing/n_*.json"]))
def test_ROB_3_1_what_must_be_refused_is_refused_where_it_is_skimmed(file: Path) -> None:
    with pytest.raises(DecodeError) as fault:
        skim(file.read_bytes())
    assert fault.value.code in ("MALFORMED_JSON", "EMPTY_BODY", "NESTED_TOO_DEEPLY")


@pytest.mark.parametrize("file", files(["JSONTestSuite/test_parsing/[iy]_*.json"]))
def test_ROB_3_1_what_is_skimmed_is_what_is_read_or_else_not_printed(file: Path) -> None:
    body = file.read_bytes()
    if refusal(file, unique=False) is None:
        assert repr(skim(body)) == repr(decode(body, unique=False))
    else:
        with pytest.raises((DecodeError, ValueError)):
            encode(skim(body))
