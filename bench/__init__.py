"""Measurements: each module with a `run` is a name for `./slate bench`."""
