"""Verbs of the command center: start a project from a source."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import PurePath

from craft.screenplay import ScreenplayError, decode
from craft.terms.consent import TERRITORIES
from craft.terms.delivery import ASPECTS, QUALITY
from craft.terms.digest import digest
from craft.terms.languages import LANGUAGES
from craft.terms.people import Permission
from craft.terms.rates import RATES
from craft.terms.staging import RenderLook
from craft.terms.story import Genre, ProjectKind, SourceKind
from studio.models import Project, Season, Source
from studio.registries import Built, builders
from tenancy.audit import record
from tenancy.errors import SlateError
from tenancy.models import User
from tenancy.rules import require
from workflow.events import emit

MAX_TITLE = 200
Builder = Callable[[Source, User | None], Built]


class SourceRefused(SlateError):
    """The source cannot be read; nothing was created."""

    code = "source.refused"
    status = 422


@dataclass(frozen=True, slots=True)
class Brief:
    """What the project builder asks besides the source."""

    title: str = ""
    kind: str = ProjectKind.SERIES.value
    genre: str = ""
    tone: str = ""
    aspect: str = "16:9"
    quality: str = "draft"
    look: str = RenderLook.CINEMATIC.value
    rate: str = "24"
    language: str = "en"
    pacing: str = "tv_standard"
    cap_milli: int = 0
    seed: int = 1
    territories: tuple[str, ...] = ()


def read_source(raw: bytes) -> str:
    """Bytes of an uploaded script → text. Raises SourceRefused with the reader's own code."""
    try:
        return decode(raw)
    except ScreenplayError as error:
        raise _refused(error) from error


def start_project(
    *, text: str, filename: str, brief: Brief, actor: User | None, build: Builder | None = None
) -> Built:
    """Create a project, its cast, its scenes and its board from a script, in one transaction.

    `build` replaces the registered builder (a script that comes with the studio's bible).
    Raises Forbidden, SourceRefused (unreadable script) or SlateError with `fields` (a bad choice).
    """
    if actor is not None:
        require(actor, Permission.PROJECT)
    _check(brief)
    title = (
        brief.title.strip()[:MAX_TITLE]
        or PurePath(filename).stem.replace("_", " ").strip().title()[:MAX_TITLE]
    )
    project = _create(title or "Untitled", brief)
    source = Source.objects.create(
        project=project,
        kind=SourceKind.SCRIPT.value,
        filename=filename[:200],
        text=text,
        digest=digest("source", 1, text),
    )
    try:
        built = (build or builders.get("script"))(source, actor)
    except ScreenplayError as error:
        raise _refused(error) from error
    record(actor, "project.started", project, {"title": project.title, "source": source.digest})
    emit(None, "project.started", {"project": str(project.pk), "title": project.title})
    return built


def _create(title: str, brief: Brief) -> Project:
    project: Project = Project.objects.create(
        title=title,
        kind=brief.kind,
        genre=brief.genre,
        tone=brief.tone,
        aspect=brief.aspect,
        quality=brief.quality,
        look=brief.look,
        rate=brief.rate,
        language=brief.language,
        pacing=brief.pacing,
        cap_milli=brief.cap_milli,
        seed=brief.seed,
        territories=list(brief.territories),
    )
    if project.kind == ProjectKind.SERIES:
        Season.objects.create(project=project, number=1)
    return project


def _check(brief: Brief) -> None:
    allowed = {
        "kind": [k.value for k in ProjectKind],
        "genre": ["", *(g.value for g in Genre)],
        "aspect": list(ASPECTS),
        "quality": list(QUALITY),
        "look": [k.value for k in RenderLook],
        "rate": [str(rate) for rate in RATES],
        "language": list(LANGUAGES),
    }
    wrong = {
        name: f"Choose one of: {', '.join(filter(None, values))}."
        for name, values in allowed.items()
        if getattr(brief, name) not in values
    }
    wrong |= _territory_problems(brief.territories)
    if not 0 <= brief.cap_milli < 2**53:
        wrong["cap"] = "A cap is a positive number of credits."
    if wrong:
        raise SlateError(
            "Some choices are not possible.",
            code="project.choices",
            fields=wrong,
            kept="Nothing was created.",
            status=422,
        )


def _territory_problems(codes: Iterable[str]) -> dict[str, str]:
    strange = sorted(set(codes) - TERRITORIES)
    return {"territories": f"Unknown: {', '.join(strange)}. Codes such as DE or US."} if strange else {}


def set_territories(*, project: Project, territories: Iterable[str], actor: User) -> Project:
    """Say where a production is shown; empty is everywhere. Raises Forbidden or SlateError with `fields`."""
    require(actor, Permission.PROJECT, project.pk)
    codes = sorted({code.strip().upper() for code in territories if code.strip()})
    if wrong := _territory_problems(codes):
        raise SlateError(
            "These are not all countries.", code="project.choices", fields=wrong, kept="Nothing was changed.",
            status=422,
        )  # fmt: skip
    project.territories = codes
    project.save(update_fields=["territories", "updated_at"])
    record(actor, "project.territories", project, {"territories": codes})
    return project


def _refused(error: ScreenplayError) -> SourceRefused:
    return SourceRefused(
        str(error),
        code=error.code,
        kept="Nothing was created.",
        next_step="Upload a Fountain or plain-text script.",
    )
