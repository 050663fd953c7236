"""Puts an attempt at an engine together: the call's row, its model, and an adapter with the way in."""

from __future__ import annotations

from engines import crew, hooks
from engines.access import access_of
from engines.adapters.base import Access, InvalidInput, Request
from engines.models import EngineAccount, EngineCall
from engines.protocol import Attempt
from engines.spools import spool_of
from workflow.runner import Context


def attempt(
    ctx: Context,
    call: EngineCall,
    request: Request | None,
    *,
    access: Access | None = None,
    stamped: bool = False,
) -> Attempt:
    """Put an attempt together. Without `access` the account's credential is read in a scope of its own."""
    model = crew.models().get(f"{call.engine}/{call.model}")
    if model is None:
        raise InvalidInput(f"This version does not know the model {call.engine}/{call.model}.")
    if access is None and not model.builtin:
        with ctx.scope():
            account = EngineAccount.objects.filter(engine=model.engine).first()
            access = access_of(account, hooks.callback_address(account) if account else "")
    adapter = crew.adapter(model, spool=spool_of(call.pk), access=access)
    return Attempt(ctx, call, request, model, adapter, stamped)
