"""The one error shape of the product: what failed, what was kept, what was charged, what to do next.

Every error a person can cause derives from `SlateError`. `config.problems` turns it into a page or a JSON
answer; nobody else does. Configuration errors do not derive from it, so nothing can swallow them by mistake.
"""

from __future__ import annotations

from collections.abc import Mapping

from django.http import Http404


class SlateError(Exception):
    """A refusal with a stable code.

    `fields` maps a field name to its message, for forms and API bodies. `status` is the HTTP status of the
    answer. Subclasses set class-level defaults; an instance may narrow them.
    """

    code = "slate.error"
    status = 400

    def __init__(
        self,
        message: str,
        *,
        code: str = "",
        kept: str = "",
        charged: str = "",
        next_step: str = "",
        status: int = 0,
        fields: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(message)
        self.message = message
        self.code = code or type(self).code
        self.kept = kept
        self.charged = charged
        self.next_step = next_step
        self.status = status or type(self).status
        self.fields = dict(fields or {})

    def as_json(self) -> dict[str, object]:
        """The error as plain data: code, message, kept, charged, next_step, fields."""
        return {
            "code": self.code,
            "message": self.message,
            "kept": self.kept,
            "charged": self.charged,
            "next_step": self.next_step,
            "fields": self.fields,
        }


class NotFound(SlateError, Http404):
    """There is no such thing here, or it belongs to somebody else: the two look the same on purpose.

    Also an Http404, so that Django answers it the same way when a middleware raises it.
    """

    code = "not_found"
    status = 404


class Forbidden(SlateError):
    """The person is a member of the studio but holds no role that may do this."""

    code = "forbidden"
    status = 403


class OutsideScope(RuntimeError):
    """A studio's table was touched outside `studio_scope`: a programming error, never shown to people."""


class ScopeNesting(RuntimeError):
    """A scope of one studio was opened inside the scope of another."""
