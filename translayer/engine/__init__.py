"""Declarations turned into look-ups, and then run: the plan of every route, and the exchange that follows it."""
