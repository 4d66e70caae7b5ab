"""The contract as documents: made of declarations, frozen, read, and compared. No WSGI, and no engine."""
