"""What the steps of an episode will cost, by the routes they would take now: for Gate A's evidence and for the plan."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from uuid import UUID

from craft.terms.delivery import frame_size
from craft.terms.rates import FrameRate
from craft.terms.shots import ShotRole
from engines.adapters.base import Clip, Outline, Quote
from engines.adapters.inputs import Input, Lora
from engines.errors import ConsentRefused
from engines.models import EnginePolicy
from engines.policy import all_policies, policy_for
from engines.pricing import RoleQuote, quote
from engines.rights import Leave, leave_for
from engines.routing import Ground, Leaning, ground
from episodes import comparing, opinions, persons
from episodes.anchors import acted_clip, leads_film, leads_to_end
from episodes.casting import TRAINED_STILL, policy_levels, role_of
from episodes.models import Act, Episode, Line, Performance, Shot
from episodes.performed import performances_of_all
from episodes.prompts import FIRST_FRAME
from episodes.queries import act_frames, cast_of, scene_frames, shots_of
from episodes.references import Picture, pictures_of_all
from episodes.wearing import Outfit, outfits_of_all, wearers
from pipelines.branches import branch
from pipelines.catalogue import catalogue
from pipelines.graph import Graph, Node, NodeType
from pipelines.services import graph_of
from pipelines.standard import PROJECT
from scenes.models import Scene


@dataclass(frozen=True, slots=True)
class Priced:
    """A step's quote. `node` is the graph's, empty for what no node makes; `about` the subject's id."""

    node: str
    role: str
    about: str
    label: str
    seconds: float
    quote: RoleQuote


@dataclass(slots=True)
class Quoting:
    """The quotes of one episode; what they rest on is read once."""

    episode: Episode
    on: Ground = field(default_factory=ground)
    policies: dict[str, EnginePolicy] = field(default_factory=all_policies)
    _parts: dict[str, Graph] = field(default_factory=dict)
    _pictures: dict[UUID, list[Picture]] | None = None
    _outfits: dict[UUID, list[Outfit]] | None = None
    _films: dict[UUID, Performance] | None = None

    @property
    def rate(self) -> FrameRate:
        """The project's frame rate."""
        return FrameRate.parse(self.episode.project.rate)

    def shot(self, shot: Shot, spoken: Sequence[Line] | None = None) -> Iterator[Priced]:
        """The priced steps of a shot's branch as far as they are known before anything is made.

        Speech is one quote for the shot's lines, or for those in `spoken`.
        """
        role = self._role(shot)
        leaning = Leaning(role, policy_for(policy_levels(shot), self.policies), leave=self._leave(shot))
        still = replace(leaning, shot_role=TRAINED_STILL) if role == ShotRole.TRAINED_CLOSE_UP else leaning
        seconds, types = float(self.rate.seconds(shot.frames)), catalogue()
        for node in self._part(role).nodes:
            for name, outline, pins in self._outlines(node, types[node.type], shot, seconds, spoken):
                lean = still if outline.kind == "keyframe" else leaning
                found = quote(types[node.type].role, outline, pins=pins, on=self.on, leaning=lean)
                yield Priced(node.id, name, str(shot.pk), shot.label, seconds, found)
        if opinions.wanted():
            asked = quote(opinions.ROLE, opinions.outline(), on=self.on, leaning=leaning)
            if asked.engine:
                yield Priced("", opinions.ROLE, str(shot.pk), shot.label, seconds, asked)

    def _role(self, shot: Shot) -> str:
        return role_of(shot, cast_of(shot), wearers(self._worn(shot))).value

    def _worn(self, shot: Shot) -> list[Outfit]:
        """What is worn in the shot."""
        if self._outfits is None:
            self._outfits = outfits_of_all(shots_of(self.episode))
        return self._outfits.get(shot.pk, [])

    def _leave(self, shot: Shot) -> Leave:
        """What the consents of the shot's real people allow. One that lacks stops Gate A, not its prices."""
        try:
            worn = wearers(self._worn(shot))
            film = self.film(shot)
            return leave_for(persons.everything(shot, self.episode.project_id, worn, film))
        except ConsentRefused:
            return Leave()

    def film(self, shot: Shot) -> Performance | None:
        """The performance that the shot's clip acts out, where the graph leads one to it."""
        if self._films is None:
            self._films = performances_of_all(shots_of(self.episode))
        found = self._films.get(shot.pk)
        return found if found and leads_film(self._part(self._role(shot))) else None

    def acted(self, shot: Shot, film: Performance) -> RoleQuote:
        """The quote of the shot's clip, were this its performance."""
        part = self._part(self._role(shot))
        params = next((node.params for node in part.nodes if node.type == "clip"), {})
        own = str(catalogue()["clip"].settings(params).get("quality", PROJECT))
        project = self.episode.project
        size = frame_size(project.aspect, project.quality if own == PROJECT else own)
        leaning = Leaning(
            self._role(shot), policy_for(policy_levels(shot), self.policies), leave=self._leave(shot)
        )
        request = acted_clip(shot, film, *size, leads_to_end(part))
        return quote("clip", request, on=self.on, leaning=leaning)

    def _loras(self, shot: Shot) -> tuple[Lora, ...]:
        return tuple(one.outlined() for one in self._worn(shot))

    def _given(self, node: Node, shot: Shot, role: str) -> tuple[Input, ...]:
        """The shot's reference pictures, where the graph leads them to this node."""
        if not any(edge.into == "references" for edge in self._part(role).into(node.id)):
            return ()
        if self._pictures is None:
            self._pictures = pictures_of_all(shots_of(self.episode))
        return tuple(one.outlined() for one in self._pictures.get(shot.pk, []))

    def sound(self) -> Iterator[Priced]:
        """Score of each act and ambience of each scene that is used."""
        leaning = Leaning(policy=policy_for((f"project:{self.episode.project_id}",), self.policies))
        frames, bed = act_frames(self.episode), scene_frames(self.episode)
        scenes = Scene.objects.filter(shots__episode=self.episode).distinct().order_by("name")
        subjects = {
            "score": [
                (str(act.pk), f"Score, {act}", frames.get(act.pk, 0))
                for act in Act.objects.filter(episode=self.episode).order_by("number")
            ],
            "ambience": [(str(scene.pk), f"Ambience, {scene.name}", bed) for scene in scenes],
        }
        for node in self._part("").nodes:
            role = catalogue()[node.type].role
            for pk, label, length in subjects.get(role, ()):
                seconds = float(self.rate.seconds(length))
                outline = Outline("score" if role == "score" else "effect", seconds=seconds)
                yield Priced(
                    node.id, role, pk, label, seconds, quote(role, outline, on=self.on, leaning=leaning)
                )

    def _part(self, role: str) -> Graph:
        if role not in self._parts:
            self._parts[role] = branch(graph_of(self.episode.project_id), catalogue(), role)
        return self._parts[role]

    def _outlines(
        self, node: Node, kind: NodeType, shot: Shot, seconds: float, spoken: Sequence[Line] | None
    ) -> Iterator[tuple[str, Outline | Clip, Collection[str]]]:
        """(name among the shot's routes, outline, pins) of a node."""
        project, lines = self.episode.project, list(shot.lines.all())
        own = str(kind.settings(node.params).get("quality", PROJECT))
        width, height = frame_size(project.aspect, project.quality if own == PROJECT else own)
        if kind.slug == "keyframe":
            given, worn = self._given(node, shot, self._role(shot)), self._loras(shot)
            yield "keyframe", Outline("keyframe", images=1, width=width, references=given, loras=worn), ()
        elif kind.slug == "last_frame":
            given, worn = self._given(node, shot, self._role(shot)), self._loras(shot)
            first = Input(Path(), "", "image/png", FIRST_FRAME)
            still = Outline("keyframe", images=1, width=width, references=(first, *given), loras=worn)
            yield "last frame", still, ()
        elif kind.slug == "clip":
            worn, ends = self._loras(shot), leads_to_end(self._part(self._role(shot)))
            clip = Outline("clip", seconds=seconds, frames=shot.frames, width=width, loras=worn, last=ends)
            film = self.film(shot)
            yield "clip", acted_clip(shot, film, width, height, ends) if film else clip, ()
        elif kind.slug == "compare":
            for number, key in enumerate(comparing.asked_of(shot, kind.settings(node.params), self.on), 1):
                yield f"draft {number}", comparing.draft_outline(shot), (key,)
        elif kind.slug == "lips" and any(not line.off_screen for line in lines) and cast_of(shot):
            yield "lips", Outline("lips", seconds=seconds, frames=shot.frames), ()
        elif kind.slug == "speech" and (said := lines if spoken is None else spoken):
            yield "speech", Outline("speech", characters=sum(len(line.text) for line in said)), ()
        elif kind.slug == "modifier":
            yield f"modify {node.id}", Outline("modify", seconds=seconds, frames=shot.frames), ()
        elif kind.slug == "upscale":
            yield f"upscale {node.id}", Outline("upscale", seconds=seconds, width=width), ()
        elif kind.slug == "judge":
            yield "judge", Outline("judge"), ()


def total_of(found: list[Priced]) -> Quote:
    """The sum of quotes."""
    total = Quote()
    for one in found:
        total = total + one.quote.money
    return total
