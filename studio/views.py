"""Pages of the command center: home, project home, builder, inbox, jobs."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from craft.screenplay import ScreenplayError
from craft.terms.delivery import ASPECTS, QUALITY
from craft.terms.languages import LANGUAGES
from craft.terms.people import Permission
from craft.terms.rates import RATES
from craft.terms.staging import RenderLook
from craft.terms.story import Genre, ProjectKind
from studio.models import Project
from studio.queries import inbox, projects
from studio.registries import panels, readers
from studio.services import Brief, read_source, start_project
from tenancy.errors import SlateError
from tenancy.queries import get_for
from tenancy.rules import can
from tenancy.web import person
from workflow import jobs, steering
from workflow.models import Job
from workflow.queries import job_tray

MAX_UPLOAD = 5 * 1024 * 1024


def _panels(project: UUID | None) -> list[dict[str, Any]]:
    found = sorted(panels.items(), key=lambda item: item[1].order)
    return [
        {"name": name, "template": panel.template, "data": panel.context(project)} for name, panel in found
    ]


@require_GET
def home(request: HttpRequest, studio: str) -> HttpResponse:
    """The command center of the studio: what needs me, where everything stands, what runs."""
    request.session["studio"] = studio
    context = {
        "surface": "command",
        "inbox": inbox(),
        "panels": _panels(None),
        "jobs": job_tray(),
        "projects": projects(),
    }
    return render(request, "studio/home.html", context)


@require_GET
def project_home(request: HttpRequest, studio: str, project: UUID) -> HttpResponse:
    """The command center of one project."""
    found: Project = request.project  # type: ignore[attr-defined]
    waiting = [item for item in inbox() if item.project == found.title]
    context = {
        "surface": "command",
        "inbox": waiting,
        "panels": _panels(found.pk),
        "jobs": job_tray(found.pk),
        "projects": [found],
    }
    return render(request, "studio/home.html", context)


@require_GET
def tray(request: HttpRequest, studio: str) -> HttpResponse:
    """The job tray's list, fetched again when a job changes."""
    raw = request.GET.get("project", "")
    found = get_for(Project, raw) if raw else None
    return render(request, "studio/_tray.html", {"jobs": job_tray(found.pk if found else None)})


@require_GET
def inbox_page(request: HttpRequest, studio: str) -> HttpResponse:
    """Everything that waits for a decision."""
    return render(request, "studio/inbox.html", {"surface": "command", "inbox": inbox()})


@require_GET
def jobs_page(request: HttpRequest, studio: str) -> HttpResponse:
    """All work, newest first."""
    rows = Job.objects.order_by("-created_at")[:200]
    return render(request, "studio/jobs.html", {"surface": "command", "jobs": rows, "counts": jobs.counts()})


@require_POST
def job_action(request: HttpRequest, studio: str, job: UUID, action: str) -> HttpResponse:
    """Cancel or retry a job."""
    found = get_for(Job, job)
    {"cancel": steering.cancel, "retry": steering.retry}[action](found, actor=person(request))
    return redirect("studio:jobs", studio=studio)


FIRST_CHOICES = {"kind": "series", "aspect": "16:9", "quality": "draft", "rate": "24", "language": "en"}


@require_http_methods(["GET", "POST"])
def builder(request: HttpRequest, studio: str) -> HttpResponse:
    """The project builder: a script and its format in, a board out; or the reader's preview of the script."""
    if request.method == "GET":
        return _builder_page(request, FIRST_CHOICES, "")
    try:
        text, filename = _source(request)
        if request.POST.get("step") == "preview":
            return _builder_page(request, request.POST, text, preview=readers.get("script")(text))
        built = start_project(text=text, filename=filename, brief=_brief(request), actor=person(request))
    except (SlateError, ScreenplayError) as error:
        problem = (
            error
            if isinstance(error, SlateError)
            else SlateError(
                error.message, code=error.code, kept="Nothing was created.", next_step=error.next_step
            )
        )
        return _builder_page(request, request.POST, request.POST.get("text", ""), problem=problem)
    for note in built.notes[:20]:
        request.session.setdefault("notes", []).append(note)
    return redirect(built.url)


def _builder_page(
    request: HttpRequest, values: Any, text: str, *, preview: Any = None, problem: SlateError | None = None
) -> HttpResponse:
    context = {
        "surface": "command",
        "values": values,
        "text": text,
        "preview": preview,
        "problem": problem,
        "kinds": list(ProjectKind),
        "genres": list(Genre),
        "aspects": list(ASPECTS),
        "looks": list(RenderLook),
        "rates": [str(rate) for rate in RATES],
        "languages": sorted(LANGUAGES.values(), key=lambda language: language.name),
        "qualities": [(name, f"{name} · {size[0]}×{size[1]}") for name, size in QUALITY.items()],
        "may_create": can(person(request), Permission.PROJECT),
    }
    return render(request, "studio/builder.html", context, status=problem.status if problem else 200)


def _source(request: HttpRequest) -> tuple[str, str]:
    upload = request.FILES.get("file")
    if upload is None:
        return read_source(request.POST.get("text", "").encode("utf-8", "surrogatepass")), "pasted.fountain"
    if (upload.size or 0) > MAX_UPLOAD:
        raise SlateError(
            "The file is larger than 5 MB.",
            code="script.too_large",
            kept="Nothing was created.",
            next_step="Upload the script alone.",
            status=413,
        )
    return read_source(upload.read()), str(upload.name or "script")


def _brief(request: HttpRequest) -> Brief:
    post = request.POST
    cap = post.get("cap", "").strip() or "0"
    if not cap.isascii() or not cap.isdigit() or len(cap) > 12:
        raise SlateError(
            "The cap is not a number of credits.",
            code="project.choices",
            fields={"cap": "Whole credits, such as 2000."},
            kept="Nothing was created.",
            status=422,
        )
    return Brief(
        title=post.get("title", ""),
        kind=post.get("kind", "series"),
        genre=post.get("genre", ""),
        tone=post.get("tone", "")[:200],
        aspect=post.get("aspect", "16:9"),
        quality=post.get("quality", "draft"),
        look=post.get("look", RenderLook.CINEMATIC.value),
        rate=post.get("rate", "24"),
        language=post.get("language", "en"),
        cap_milli=int(cap) * 1000,
        territories=tuple(post.get("territories", "").replace(",", " ").upper().split()),
    )
