"""What the layer costs, measured: `python -m benchmarks NAME...`, or `make bench` for all of them.

One module is one benchmark: it has a ``run(effort)`` that returns a `tables.Report`. What benchmarks share is
`workloads` (what is worked on), `timing` (how it is timed), `tables` (how it is told) and `machine` (where it ran).
To add one, write its module and put its name here. No benchmark judges its figures; README.md says how to read them.
"""

BENCHMARKS = ("hot_path", "request", "untouched")
"""The modules, in the order in which they run."""
