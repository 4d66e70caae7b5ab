"""What the layer costs, measured: `python -m benchmarks NAME...`, or `make bench` for all of them.

One module is one benchmark: it has a ``run(effort)`` that returns a `tables.Report`. What benchmarks share is `api`,
`workloads` and `flask_app` (what is worked on), `timing` (how it is timed), `tables` and `chart` (how it is told) and
`machine` (where it ran); `peers` are those who are compared, and `figures` are what the front page tells. To add a
benchmark, write its module and put its name here. None fails over its figures; README.md says how to read them.
"""

BENCHMARKS = ("hot_path", "request", "history", "served", "untouched")
"""The modules, in the order in which they run."""
