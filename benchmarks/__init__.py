"""Measurements against other libraries, formulas and limits: `python -m benchmarks`, or `make bench`."""
