"""The crew: which engine does what, each attempt at it, and what it cost."""
