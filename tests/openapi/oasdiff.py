"""The change ids of the public suite of OpenAPI pairs, and what each is called here.

A row has a pattern for ids of the suite, and the ids that one of its changes has here: one of them at least is told.
Where the suite judges otherwise than the table of this package, or knows what is no matter of a contract, the reason
stands beside it.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from translayer.openapi.differences import DIFFERENCES


class Row(NamedTuple):
    """Ids of the suite and ids here; ``{way}`` is the direction. ``otherwise`` is why breaking is judged otherwise."""

    pattern: str
    ids: tuple[str, ...]
    otherwise: str = ""


class Reason(str):
    """Why a change of the suite has no id here."""


IN = "(request|response)-(?:parameter-property-|header-property-|mediatype-|parameter-|property-|body-|header-)"
"""How ids of schemas begin, wherever the schema stands."""
OF = "(request|response)-(body|property)"

HIDDEN = Reason("A field that a direction does not have has no difference in it.")
MEDIA = Reason("Media types are compared by what they are without parameters.")
SUNSETS = Reason("Something can be deprecated before its end is known (RFC 9745, RFC 8594).")
FIELDS_LIVE = Reason("A field ends with the version that has it; the sunset of a version is its own.")
STABILITY = Reason("An extension of that tool; here a version is a preview or published.")
SCHEMES = Reason("How a scheme is reached is configuration; what an operation needs is compared.")
NUMBERS = Reason("The number of a version is said by the API, and not compared.")
WORDS = Reason("Documentation, which no client reads.")
EXTENSIBLE = Reason("An extension of that tool, with values for documentation only.")

REASONS: tuple[tuple[str, Reason], ...] = (
    (r"(api|request-parameter)-deprecated-sunset-missing", SUNSETS),
    (
        r"(request|response)-property-(deprecated-sunset-missing|deprecated-sunset-invalid|sunset-date-too-small)",
        FIELDS_LIVE,
    ),
    (r".*stability.*", STABILITY),
    (r"api-security-component-.*", SCHEMES),
    (r"api-(major-)?version-.*", NUMBERS),
    (r"api-(tag-added|tag-removed|schema-removed)", WORDS),
    (r".*-x-extensible-enum-value-removed", EXTENSIBLE),
    (r".*-comment", WORDS),
    (rf"{OF}-all-of-(added|removed)-annotation-only", WORDS),
    (r"request-(optional|required)-property-became-(not-)?write-only", HIDDEN),
    (r"response-(optional|required)-property-became-(not-)?read-only", HIDDEN),
    (r"(request-read-only|response-(optional-|required-)?write-only)-property-.*", HIDDEN),
    (r"response-media-type-name-(changed|generalized|specialized)", MEDIA),
)

BEYOND = "A reply beyond its promise is beyond it, by a pattern as much as by a length."
HEARD = "A client that sends the field is not heard any more."
NEW = "A field that can be read is one more."
GONE = "The field does not come any more."
TAKEN = "What is still taken, or ignored, is not refused."
LEFT_OUT = "What is left out is taken for something else than before."
IS_TEXT = "Every number is a text, in a parameter."
FORMS = "What a form says is compared as what it is."
ELEMENTS = "An element by its place is held to what was said of all."
FEWER = "It is more or fewer fields that are needed, or others."
WRAPPED = "What was taken before is one of the alternatives."

ROWS: tuple[Row, ...] = (
    Row("endpoint-added", ("operation-added",)),
    Row("endpoint-(deprecated|deprecated-with-sunset)", ("deprecated",)),
    Row("endpoint-reactivated", ("no-longer-deprecated",)),
    Row("api-(path-)?removed-without-deprecation", ("operation-removed",)),
    Row("api-(path-)?removed-with-deprecation", ("operation-removed-after-deprecation",)),
    Row("api-(path-)?removed-before-sunset", ("operation-removed-before-sunset",)),
    Row("(api|request-parameter)-sunset-date-too-small", ("sunset-too-early",)),
    Row("(api|request-parameter)-sunset-date-changed-too-small", ("sunset-earlier",)),
    Row("sunset-deleted|request-parameter-sunset-deleted", ("sunset-removed",)),
    Row("api-deprecated-sunset-parse|api-path-sunset-parse|request-parameter-sunset-parse", ("sunset-unreadable",)),
    Row("api-operation-id-(added|removed)", ("operation-id-changed",)),
    Row("api-(global-)?security-(scope-)?added", ("security-added",)),
    Row("api-(global-)?security-(scope-)?removed", ("security-removed",)),
    Row("webhook-added", ("webhook-added",)),
    Row("webhook-removed", ("webhook-removed",)),
    # Parameters
    Row("request-parameter-deprecated", ("deprecated",)),
    Row("request-parameter-reactivated", ("no-longer-deprecated",)),
    Row("request-parameter-removed", ("parameter-removed",)),
    Row("request-parameter-removed-with-deprecation", ("parameter-removed-after-deprecation",)),
    Row("request-parameter-removed-before-sunset", ("parameter-removed-before-sunset",)),
    Row(
        "new-required-request-default-parameter-to-existing-path|new-required-request-parameter|new-request-path-parameter",
        ("parameter-added-required",),
    ),
    Row("new-optional-request-default-parameter-to-existing-path|new-optional-request-parameter", ("parameter-added",)),
    Row("request-parameter-became-required", ("parameter-became-required",)),
    Row("request-parameter-became-optional", ("parameter-became-optional",)),
    Row("request-parameter-default-value-(added|removed|changed)", (r"parameter-default-\1",)),
    # Bodies
    Row("request-body-added-required", ("request-body-added-required",)),
    Row("request-body-added-optional", ("request-body-added",)),
    Row("request-body-removed", ("request-body-removed",)),
    Row("request-body-became-(required|optional)", (r"request-body-became-\1",)),
    Row("request-body-media-type-(added|removed)", (r"request-media-type-\1",)),
    Row("request-body-media-type-schema-added", ("request-type-narrowed",)),
    Row("request-body-media-type-schema-removed", ("request-type-widened", "request-field-ignored")),
    Row("response-body-media-type-schema-added", ("reply-type-narrowed",)),
    Row("response-body-media-type-schema-removed", ("reply-type-widened", "reply-optional-field-removed")),
    # Replies
    Row("response-success-status-(added|removed)", (r"reply-status-\1",)),
    Row("response-non-success-status-(added|removed)", (r"reply-error-\1",)),
    Row("response-media-type-(added|removed)", (r"reply-media-type-\1",)),
    Row("required-response-header-removed", ("reply-header-removed",)),
    Row("optional-response-header-removed", ("reply-optional-header-removed",)),
    Row("response-header-added", ("reply-header-added",)),
    Row("response-header-became-optional", ("reply-header-became-optional",)),
    # Fields
    Row("(request|response)-property-(deprecated|deprecated-with-sunset)", ("{way}-field-deprecated",)),
    Row("(request|response)-property-reactivated", ("{way}-field-no-longer-deprecated",)),
    Row("new-required-request-(property|property-with-default|header-property)", ("request-field-added-required",)),
    Row("new-optional-request-property", ("request-field-added",)),
    Row("request-property-removed", ("request-field-removed", "request-field-ignored"), TAKEN),
    Row("request-(header-)?property-became-required(-with-default)?", ("request-field-became-required",)),
    Row("request-property-became-optional", ("request-field-became-optional",)),
    Row("request-(optional|required)-property-became-read-only", ("request-field-became-read-only",), HEARD),
    Row("request-(optional|required)-property-became-not-read-only", ("request-field-became-writable",)),
    Row("response-(optional|required)-property-became-write-only", ("reply-field-became-write-only",), GONE),
    Row("response-(optional|required)-property-became-not-write-only", ("reply-field-became-readable",), NEW),
    Row("response-optional-property-removed", ("reply-optional-field-removed",)),
    Row("response-required-property-removed", ("reply-field-removed",)),
    Row("response-(optional|required)-property-added", ("reply-field-added",)),
    Row("response-property-became-optional", ("reply-field-became-optional",)),
    Row("response-property-became-required", ("reply-field-became-required",)),
    # Values
    Row("request-(body|property)-default-value-(added|removed|changed)", (r"request-default-\2",), LEFT_OUT),
    Row("response-(body|property)-default-value-(added|removed|changed)", ("reply-default-changed",)),
    Row(f"{IN}became-enum", ("{way}-became-enum",)),
    Row(f"{IN}enum-value-removed", ("{way}-enum-narrowed",)),
    Row(f"{IN}enum-value-added", ("{way}-enum-widened",)),
    Row(f"{IN}const-added", ("{way}-became-enum",)),
    Row(f"{IN}const-removed", ("{way}-no-longer-enum",)),
    Row("request-(body|property)-const-changed", ("request-enum-narrowed",)),
    Row("response-(body|property)-const-changed", ("reply-enum-widened",)),
    # Limits
    Row(f"{IN}(exclusive-)?(max|max-length|max-items)-(set|decreased)", ("{way}-limit-narrowed",)),
    Row(f"{IN}(exclusive-)?(max|max-length|max-items)-(unset|increased)", ("{way}-limit-widened",)),
    Row(f"{IN}(exclusive-)?(min|min-length|min-items)-(set|increased)", ("{way}-limit-narrowed",)),
    Row(f"{IN}(exclusive-)?(min|min-length|min-items)-(unset|decreased)", ("{way}-limit-widened",)),
    Row(f"{IN}(min-contains-increased|max-contains-decreased|contains-added)", ("{way}-contains-narrowed",)),
    Row(f"{IN}(min-contains-decreased|max-contains-increased|contains-removed)", ("{way}-contains-widened",)),
    # Texts
    Row(f"{IN}pattern-added", ("{way}-pattern-narrowed",)),
    Row(f"{IN}pattern-(removed|generalized)", ("{way}-pattern-widened",), BEYOND),
    Row(f"{IN}pattern-changed", ("{way}-pattern-changed",), BEYOND),
    Row(f"{IN}content-schema-added", ("{way}-content-narrowed",)),
    Row(f"{IN}content-schema-removed", ("{way}-content-widened",)),
    Row(f"{IN}content-(media-type|encoding)-changed", ("{way}-content-changed",)),
    # Types
    Row(f"{IN}became-nullable", ("{way}-became-nullable",)),
    Row(f"{IN}became-not-nullable", ("{way}-became-not-nullable",)),
    Row("request-parameter-property-type-changed", ("request-type-changed", "request-type-widened"), IS_TEXT),
    Row(f"{IN}type-changed", ("{way}-type-changed",)),
    Row(f"{IN}(type-generalized|list-of-types-widened)", ("{way}-type-widened", "{way}-alternative-added")),
    Row(f"{IN}(type-specialized|list-of-types-narrowed)", ("{way}-type-narrowed", "{way}-alternative-removed")),
    Row(f"{IN}type-compatible", ("{way}-type-changed",), FORMS),
    # Alternatives and conditions
    Row("response-(body|property)-any-of-added", ("reply-alternative-added",), BEYOND),
    Row(f"{OF}-(any|one)-of-added", ("{way}-alternative-added", "{way}-alternatives-introduced")),
    Row(f"{OF}-(any|one)-of-removed", ("{way}-alternative-removed", "{way}-alternatives-lifted")),
    Row(
        "(request|response)-body-wrapped-in-one-of",
        ("{way}-alternative-added", "{way}-alternatives-introduced"),
        WRAPPED,
    ),
    Row(f"{OF}-all-of-added", ("{way}-all-of-added", "{way}-field-added", "{way}-field-added-required"), ""),
    Row(
        f"{OF}-all-of-removed",
        ("{way}-all-of-removed", "{way}-field-ignored", "{way}-optional-field-removed"),
        "Less is asked, or promised, than before.",
    ),
    Row(f"{OF}-discriminator-.*", ("{way}-discriminator-changed",)),
    Row(f"{OF}-(if|then|else)-added", ("{way}-condition-narrowed",)),
    Row(f"{OF}-(if|then|else)-removed", ("{way}-condition-widened",)),
    Row(f"{OF}-dependent-(required|schema)-added", ("{way}-dependencies-narrowed",)),
    Row(f"{OF}-dependent-(required|schema)-removed", ("{way}-dependencies-widened",)),
    Row(
        f"{OF}-dependent-required-changed",
        ("{way}-dependencies-changed", "{way}-dependencies-narrowed", "{way}-dependencies-widened"),
        FEWER,
    ),
    Row(f"{OF}-pattern-property-added", ("{way}-pattern-fields-narrowed",)),
    Row(f"{OF}-pattern-property-removed", ("{way}-pattern-fields-widened",)),
    Row(f"{OF}-property-names-added", ("{way}-field-names-narrowed",)),
    Row(f"{OF}-property-names-removed", ("{way}-field-names-widened",)),
    Row(
        f"{OF}-unevaluated-(items|properties)-added",
        ("{way}-unevaluated-narrowed", "{way}-unknown-fields-refused", "{way}-type-narrowed"),
    ),
    Row(
        f"{OF}-unevaluated-(items|properties)-removed",
        ("{way}-unevaluated-widened", "{way}-unknown-fields-allowed", "{way}-type-widened"),
    ),
    Row(
        f"{OF}-prefix-items-(added|removed)",
        ("{way}-type-changed", "{way}-type-narrowed", "{way}-type-widened"),
        ELEMENTS,
    ),
)


def found_here(change: str) -> Row | Reason | None:
    """What a change id of the suite is here: its row with its ids filled in, or why it has none."""
    for pattern, reason in REASONS:
        if re.fullmatch(pattern, change):
            return reason
    for row in ROWS:
        if match := re.fullmatch(row.pattern, change):
            way = "request" if change.startswith(("request", "new")) else "reply"
            named = (match.expand(id_.replace("{way}", way)) for id_ in row.ids)
            return row._replace(ids=tuple(id_ for id_ in named if id_ in DIFFERENCES))
    return None
