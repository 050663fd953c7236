"""The episode bay: storyboard, takes, gates."""

from __future__ import annotations

from django.apps import AppConfig


class EpisodesConfig(AppConfig):
    """Episodes, shots, takes, gates A, B and C."""

    name = "episodes"

    def ready(self) -> None:
        """Register automata, jobs, node types, evidence and what the command center shows."""
        from episodes import (
            builder,
            comparing,
            evidence,
            gates,
            inbox,
            nodes,
            packets,
            performed,
            production,
            spending,
            states,
        )  # reason: apps must be loaded
        from pipelines.services import listeners
        from scenes.registries import packets as scene_packets
        from studio import registries
        from talent.registries import productions, works
        from workflow import jobs
        from workflow.transitions import register_table

        for table in (states.EPISODE, states.GATE_REVIEW, states.SHOT):
            register_table(table)
        nodes.register()
        jobs.register(production.BOARD_JOB, nodes.make_board, queue="short")
        jobs.register(production.READY_JOB, nodes.takes_ready, queue="short")
        jobs.register(comparing.COMPARE_JOB, nodes.make_draft, queue="engine_io")
        listeners.register("episodes", gates.after_graph)
        gates.evidence.register("a", evidence.gate_a)
        gates.evidence.register("b", evidence.gate_b)
        gates.blockers.register("a", evidence.blockers_a)
        gates.consequences.register("approve_a", production.start)
        gates.consequences.register("return_c", gates.back_to_b)
        registries.builders.register("script", builder.build)
        registries.readers.register("script", builder.preview)
        registries.inboxes.register("gates", inbox.items)
        registries.panels.register(
            "episodes", registries.Panel("episodes/panel.html", inbox.episode_grid, order=20)
        )
        works.register("takes", inbox.made_under)
        productions.register("performances", performed.productions)
        scene_packets.register("preview", packets.preview_packet)
        scene_packets.register("wide", packets.wide_packet)
        scene_packets.register("reverse", packets.reverse_packet)
        spending.register()
