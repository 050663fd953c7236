"""The engine's version: part of every cache key and of provenance. Raise it when pixels change."""

ENGINE_VERSION = "previs-2.0.1"
