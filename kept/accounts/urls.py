"""Ours stand before the library's, which follow in kept/urls.py under the same /account/."""

from __future__ import annotations

from allauth.account.views import (
    complete_password_reset,
    email,
    login,
    password_change,
    password_reset,
    password_set,
    signup,
    signup_by_passkey,
)
from django.contrib.auth.decorators import login_not_required
from django.urls import path, re_path

from kept.accounts import views
from kept.accounts.limits import rate_limits
from kept.accounts.limits.rate_limited import by_account, by_machine
from kept.accounts.recovery import views as recovery

urlpatterns = [
    path("account/", views.overview, name="account_overview"),
    path("account/sessions/", views.sessions, name="account_sessions"),
    path("account/sessions/ending/", views.session_ending, name="account_session_ending"),
    path("account/security/", views.security, name="account_security"),
    path("account/email/undo/<str:key>/", views.address_undo, name="account_address_undo"),
    path("account/recovery/", recovery.recovery, name="account_recovery"),
    path("account/recovery/<uuid:id>/keeping/", recovery.keeping, name="account_recovery_keeping"),
    path("account/factors/lost/<str:key>/", recovery.lost_link, name="account_factors_lost_link"),
    path("account/factors/stopping/", recovery.stopping, name="account_factors_stopping"),
    path("account/factors/stop/<str:key>/", recovery.stop, name="account_factors_stop"),
    path("account/2fa/totp/picture.svg", views.app_picture, name="account_app_picture"),
    path(
        "account/confirm-email/",
        login_not_required(views.ConfirmAddress.as_view()),
        name="account_email_verification_sent",
    ),
    path("account/email/", by_account(rate_limits.CHANGES, email), name="account_email"),
    path("account/login/", by_machine(rate_limits.SIGN_INS, login), name="account_login"),
    path(
        "account/password/change/",
        by_account(rate_limits.CHANGES, password_change),
        name="account_change_password",
    ),
    path("account/password/set/", by_account(rate_limits.CHANGES, password_set), name="account_set_password"),
    path(
        "account/password/reset/",
        by_machine(rate_limits.RESETS, password_reset),
        name="account_reset_password",
    ),
    path(
        "account/password/reset/complete/",
        by_machine(rate_limits.CHOSEN, complete_password_reset),
        name="account_complete_password_reset",
    ),
    re_path(
        r"^account/password/link/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)/$",
        by_machine(rate_limits.CHOSEN, views.PasswordByLink.as_view()),
        name="account_password_link",
    ),
    path("account/signup/", by_machine(rate_limits.SIGN_UPS, signup), name="account_signup"),
    path(
        "account/signup/passkey/",
        by_machine(rate_limits.SIGN_UPS, signup_by_passkey),
        name="account_signup_by_passkey",
    ),
    path("account/factors/lost/", by_machine(rate_limits.RESETS, recovery.lost), name="account_factors_lost"),
    path(
        "account/2fa/webauthn/login/",
        by_machine(rate_limits.SIGN_INS, views.SignInByPasskey.as_view()),
        name="mfa_login_webauthn",
    ),
    path(
        "account/2fa/webauthn/keys/<int:pk>/remove/",
        views.RemovePasskey.as_view(),
        name="mfa_remove_webauthn",
    ),
]
