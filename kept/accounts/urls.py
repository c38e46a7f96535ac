"""Ours stand before the library's, which follow in kept/urls.py under the same /account/."""

from __future__ import annotations

from allauth.account.views import email, password_reset, signup, signup_by_passkey
from django.contrib.auth.decorators import login_not_required
from django.urls import path

from kept.accounts import views
from kept.accounts.tempo import evened

urlpatterns = [
    path("account/", views.overview, name="account_overview"),
    path("account/sessions/", views.sessions, name="account_sessions"),
    path("account/sessions/ending/", views.session_ending, name="account_session_ending"),
    path("account/security/", views.security, name="account_security"),
    path("account/email/undo/<str:key>/", views.address_undo, name="account_address_undo"),
    path("account/2fa/totp/picture.svg", views.app_picture, name="account_app_picture"),
    path("account/confirm-email/", login_not_required(views.ConfirmAddress.as_view()), name="account_email_verification_sent"),
    path("account/email/", evened(email), name="account_email"),
    path("account/password/reset/", evened(password_reset), name="account_reset_password"),
    path("account/signup/", evened(signup), name="account_signup"),
    path("account/signup/passkey/", evened(signup_by_passkey), name="account_signup_by_passkey"),
    path("account/2fa/webauthn/login/", views.SignInByPasskey.as_view(), name="mfa_login_webauthn"),
    path("account/2fa/webauthn/keys/<int:pk>/remove/", views.RemovePasskey.as_view(), name="mfa_remove_webauthn"),
]
