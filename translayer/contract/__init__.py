"""What the author declares: versions, operations, changes, translators, resources and the ``Api`` that holds them.

Frozen values, refused at construction, in a sentence, where they make no sense. Nothing here knows HTTP messages.
"""
