"""The pages of an account: the second factor and passkeys work under the policy, and look like ours."""

from __future__ import annotations

import time

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import House, Site
from tests.browser.health import ailments
from tests.conftest import PASSWORD

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "owner"])


def _sign_in(page: Page, origin: str = "") -> None:
    page.goto(f"{origin}/accounts/login/")
    page.get_by_label("E-mail").fill("ada@slate.test")
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Sign in").first.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Command center")


def _confirm(page: Page) -> None:
    """Give the password once more where the page asks who is there."""
    if "/reauthenticate/" in page.url:
        page.get_by_label("Password", exact=False).fill(PASSWORD)
        page.get_by_role("button", name="Confirm").click()
        page.wait_for_url(lambda url: "/reauthenticate/" not in url)


def test_a_wrong_password_is_refused_and_signing_out_is_asked(visitor: Page, house: House) -> None:
    page = visitor
    page.goto("/accounts/login/")
    page.get_by_label("E-mail").fill("ada@slate.test")
    page.get_by_label("Password", exact=True).fill("certainly-not-it-123")
    page.get_by_role("button", name="Sign in").first.click()
    expect(page.get_by_role("alert")).to_be_visible()
    expect(page.get_by_label("E-mail")).to_have_value("ada@slate.test")
    found = ailments(page)
    _sign_in(page)
    page.goto("/accounts/logout/")
    found += ailments(page)
    page.get_by_role("button", name="Sign out").click()
    page.goto("/")
    expect(page.get_by_role("heading", level=1)).to_have_text("Sign in to Slate")
    assert not found, "\n".join(found)


def test_a_second_factor_is_set_up_and_asked_for(visitor: Page, house: House) -> None:
    from allauth.mfa.totp.internal.auth import (  # reason: apps are loaded by now
        format_hotp_value,
        hotp_value,
    )

    def code(secret: str) -> str:
        return str(format_hotp_value(hotp_value(secret, int(time.time()) // 30)))

    page, found = visitor, []
    _sign_in(page)
    for address in ("/accounts/password/change/", "/accounts/email/", "/accounts/2fa/"):
        page.goto(address)
        found += ailments(page)
    page.goto("/accounts/2fa/totp/activate/")
    found += ailments(page)
    _confirm(page)
    found += ailments(page)
    drawn = page.locator(".qr svg").bounding_box()
    assert drawn is not None
    assert drawn["width"] >= 120
    secret = page.locator("#authenticator_secret").input_value()
    page.locator("input[name=code]").fill(code(secret))
    page.get_by_role("button", name="Activate").click()
    expect(page.locator("main")).to_contain_text("ecovery")
    found += ailments(page)
    page.goto("/accounts/2fa/recovery-codes/")
    found += ailments(page)
    spare = page.locator("#recovery_codes").input_value().split()[0]
    page.context.clear_cookies()
    page.goto("/accounts/login/")
    page.get_by_label("E-mail").fill("ada@slate.test")
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Sign in").first.click()
    codes = page.locator("input[name=code]")
    expect(codes).to_be_visible()
    found += ailments(page)
    codes.fill(spare)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Command center")
    assert not found, "\n".join(found)


def test_a_passkey_is_added_and_opens_the_door(visitor: Page, site: Site, house: House) -> None:
    page, named = visitor, site.origin.replace("127.0.0.1", "localhost")
    keys = page.context.new_cdp_session(page)
    keys.send("WebAuthn.enable")
    device = {
        "protocol": "ctap2",
        "transport": "internal",
        "hasResidentKey": True,
        "hasUserVerification": True,
    }
    verified = {"isUserVerified": True, "automaticPresenceSimulation": True}
    keys.send("WebAuthn.addVirtualAuthenticator", {"options": {**device, **verified}})
    page.goto(f"{named}/accounts/login/")
    page.get_by_label("E-mail").fill("ada@slate.test")
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Sign in").first.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Command center")
    page.goto(f"{named}/accounts/2fa/webauthn/add/")
    _confirm(page)
    found = ailments(page)
    page.get_by_label("Name").fill("Desk key")
    if page.locator("input[name=passwordless]").count():
        page.locator("input[name=passwordless]").check()
    page.get_by_role("button", name="Add").click()
    page.wait_for_url(lambda url: "/add/" not in url)
    page.goto(f"{named}/accounts/2fa/webauthn/")
    expect(page.locator("main")).to_contain_text("Desk key")
    found += ailments(page)
    page.context.clear_cookies()
    page.goto(f"{named}/accounts/login/")
    page.get_by_role("button", name="passkey").click()
    expect(page.locator("header.top")).to_be_visible()
    assert not found, "\n".join(found)
