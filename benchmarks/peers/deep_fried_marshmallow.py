"""DeepFriedMarshmallow: marshmallow with methods compiled for each schema; all else as in `marshmallow_schemas`.

Compared: the same fields and the same bytes, with every schema, nested ones too, of the compiled kind. Not compared:
the translation. It compiles what it can and leaves the rest to marshmallow.
"""

from __future__ import annotations

from deepfriedmarshmallow import JitSchemaMixin
from marshmallow import fields

from benchmarks.api import CustomerSchema, LegSchema, PriceSchema

from . import Contestant
from .marshmallow_schemas import (
    OldBookingSchema,
    OldCustomerSchema,
    OldLegSchema,
    WholeBookingSchema,
    load_and_dump,
)


class FastPriceSchema(JitSchemaMixin, PriceSchema):
    """A price of today."""


class FastCustomerSchema(JitSchemaMixin, CustomerSchema):
    """A customer of today."""


class FastLegSchema(JitSchemaMixin, LegSchema):
    """A leg of today."""


class FastBookingSchema(JitSchemaMixin, WholeBookingSchema):
    """A booking of today."""

    price = fields.Nested(FastPriceSchema, required=True)
    customer = fields.Nested(FastCustomerSchema, required=True)
    legs = fields.List(fields.Nested(FastLegSchema), required=True)


class FastOldCustomerSchema(JitSchemaMixin, OldCustomerSchema):
    """A customer of version 1."""


class FastOldLegSchema(JitSchemaMixin, OldLegSchema):
    """A leg of version 1."""


class FastOldBookingSchema(JitSchemaMixin, OldBookingSchema):
    """A booking of version 1."""

    customer = fields.Nested(FastOldCustomerSchema, required=True)
    legs = fields.List(fields.Nested(FastOldLegSchema), required=True)


def contestant() -> Contestant:
    """Parse, load, dump, print."""
    today, oldest = FastBookingSchema(many=True), FastOldBookingSchema()
    return Contestant(load_and_dump(today), load_and_dump(oldest), translates=False, checks=True)
