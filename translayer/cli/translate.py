"""``translayer translate``: one document of a version as another version has it, JSON in and JSON out."""

from __future__ import annotations

from collections.abc import Sequence
from typing import BinaryIO, cast

import click

from translayer.contract.api import Api
from translayer.contract.lens import Faults
from translayer.contract.trace import Failure, of_client, of_contract
from translayer.contract.translation import Translation
from translayer.document.values import ABSENT, Absent, Json, Object
from translayer.errors import ContractViolation, RequestError

from .loading import check_resource, check_version, read_document, resource_names, takes_api, version_texts
from .printing import Line, examples, show, show_json, takes_json


@click.command(
    epilog=examples(
        "translayer translate booking --from 1 --to 3 booking.json",
        "curl -s https://acme.example/api/v1/reservations/7 | translayer translate booking --from 1 --to 3",
        "translayer translate booking --from 3 --to 3 --check new-booking.json",
    )
)
@click.argument("resource", shell_complete=resource_names)
@click.argument("file", type=click.File("rb"), default="-")
@click.option("--from", "source", required=True, shell_complete=version_texts, help="The version of the document.")
@click.option("--to", "target", required=True, shell_complete=version_texts, help="The version that it is told in.")
@click.option("--check", "checked", is_flag=True, help="Look first whether it is right in its version.")
@takes_api
@takes_json
def translate(api: Api, resource: str, file: BinaryIO, source: str, target: str, checked: bool, as_json: bool) -> None:
    """Translate a document from one version to another.

    The document, of RESOURCE, is JSON, read from FILE, or from standard input where that is - or left out. It is taken
    for a right one of its version, and converted; --check looks whether it is. What is wrong with it is said on
    standard error, a line for each place at fault, and the exit status is 1; "translayer explain" shows at which step.
    --json prints an object, with the result and with what is wrong.
    """
    schema = check_resource(api, resource).schema
    position, _ = check_version(api, source), check_version(api, target)
    document = read_document(file)
    failures = [of_client(fault) for fault in _broken(api.translation(schema, position), document)] if checked else []
    result: Json | Absent = ABSENT
    if not failures:
        result, failures = _translated(api, document, resource, source, target)
    if as_json:
        show_json(_as_json(result, failures))
    elif result is not ABSENT:
        show_json(cast(Json, result))
    if failures:
        show([Line(f"{one.pointer or 'the document'}: {one.code}: {one.message}", "red") for one in failures], err=True)
        raise click.exceptions.Exit(1)


def _broken(translation: Translation, document: Json) -> Faults:
    """What a document breaks of its version; what is read-only in it is as its client has read it."""
    faults: Faults = []
    translation.strict.document(document, translation.shape, faults, document)
    return faults


def _translated(
    api: Api, document: Json, resource: str, source: str, target: str
) -> tuple[Json | Absent, list[Failure]]:
    """The document in the other version, or why there is none."""
    try:
        return api.translate(document, resource, from_version=source, to_version=target), []
    except RequestError as refusal:
        return ABSENT, list(map(of_client, refusal.violations))
    except ContractViolation as fault:
        return ABSENT, [of_contract(fault)]


def _as_json(result: Json | Absent, failures: Sequence[Failure]) -> Object:
    """The result as a JSON object, without ``result`` where there is none."""
    told = [{"pointer": one.pointer, "code": one.code, "message": one.message} for one in failures]
    return {"failures": told} if result is ABSENT else {"result": cast(Json, result), "failures": told}
