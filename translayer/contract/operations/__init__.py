"""The operations: the atomic, reversible differences that version changes are made of.

Each is a frozen value that knows the older shape, the conversion both ways, how places move, and its sentence in
the changelog. A new operation is a subclass of ``base.Operation`` in the module whose opening sentence covers it,
and a function in ``translayer.operations``.
"""
