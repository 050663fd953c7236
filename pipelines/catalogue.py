"""The catalogue of node types: the apps that do the work register them in `apps.ready()`."""

from __future__ import annotations

from pipelines.graph import NodeType
from workflow.registries import Registry

node_types: Registry[NodeType] = Registry("node types")


def register(kind: NodeType) -> None:
    """Make a node type known under its slug."""
    node_types.register(kind.slug, kind)


def catalogue() -> dict[str, NodeType]:
    """All node types by slug."""
    return dict(node_types.items())
