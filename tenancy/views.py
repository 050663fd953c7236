"""The members page: who sits in this studio, in which roles."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from allauth.account.forms import ResetPasswordForm
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from craft.terms.people import Permission, Role
from tenancy.errors import NotFound, SlateError
from tenancy.models import Membership, User
from tenancy.queries import members
from tenancy.rules import can
from tenancy.services import add_member, remove_member, set_roles
from tenancy.web import person


@require_http_methods(["GET", "POST"])
def list_page(request: HttpRequest, studio: str) -> HttpResponse:
    """Everybody with a seat; adding somebody new sends them a mail to choose a password."""
    if request.method == "GET":
        return _page(request, None)
    try:
        post = request.POST
        added, new = add_member(
            email=post.get("email", ""),
            name=post.get("name", ""),
            roles=post.getlist("roles"),
            actor=person(request),
        )
    except SlateError as problem:
        return _page(request, problem)
    if new:
        _invite(request, added)
    messages.success(
        request, f"{added} has a seat now.{' A mail to choose a password is on its way.' if new else ''}"
    )
    return redirect("tenancy:members", studio=studio)


def _invite(request: HttpRequest, added: User) -> None:
    form: Any = ResetPasswordForm({"email": added.email})
    if form.is_valid():
        form.save(request)


def _page(request: HttpRequest, problem: SlateError | None) -> HttpResponse:
    context = {
        "surface": "members",
        "members": members(),
        "roles": list(Role),
        "problem": problem,
        "may_change": can(person(request), Permission.MEMBERS),
    }
    return render(request, "tenancy/members.html", context, status=problem.status if problem else 200)


@require_POST
def change(request: HttpRequest, studio: str, user: UUID) -> HttpResponse:
    """Set a member's roles, or take the seat."""
    membership = Membership.objects.filter(user_id=user, project_id=None).select_related("user").first()
    if membership is None:
        raise NotFound("There is no such member here.")
    if request.POST.get("step") == "remove":
        remove_member(user=membership.user, actor=person(request))
    else:
        wanted = [role for role in Role if role.value in request.POST.getlist("roles")]
        set_roles(user=membership.user, roles=wanted, actor=person(request))
    return redirect("tenancy:members", studio=studio)
