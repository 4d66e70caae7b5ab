"""Conventions: what an API could say better, in URLs, in names, in the lives of its versions. Nothing here refuses.

``table`` has every convention, and looks for breaches; each other module knows one kind of place: it finds those of a
version, and says what is wrong with one. English is known in ``english``, as far as it is known at all.
"""
