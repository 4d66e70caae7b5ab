"""The published contract as documents: of an API and a version, what JSON Schema and OpenAPI say of it."""
