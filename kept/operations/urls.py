from allauth.account import views as library
from django.contrib.auth.decorators import login_not_required
from django.urls import path, re_path

from kept.operations import health, mailbox
from kept.operations.checking import views as checking
from kept.operations.setting_up.welcome import Welcome

urlpatterns = [
    path("health/live", health.live, name="health-live"),
    path("health/ready", health.ready, name="health-ready"),
    path("health/started", health.started, name="health-started"),
    path("privacy/check/", checking.check, name="check"),
    # Answers in the demo alone.
    path("demo/mail/", mailbox.mailbox, name="demo-mail"),
    # The link of `kept setup`, which works once. Everybody else resets a password by a code in a mail.
    path(
        "account/welcome/done/",
        login_not_required(library.password_reset_from_key_done),
        name="account_reset_password_from_key_done",
    ),
    re_path(
        r"^account/welcome/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)/$",
        Welcome.as_view(),
        name="account_reset_password_from_key",
    ),
]
