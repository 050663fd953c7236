"""The node graph: what is made from what, as data."""
