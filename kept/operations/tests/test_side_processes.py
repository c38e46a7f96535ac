"""What stands beside the web sees none of the portal's secrets."""

from __future__ import annotations

from kept.operations.processes.side_processes import narrowed, processes

SECRETS = {
    "KEPT_DATABASE_URL": "postgresql://kept:otter@db/kept",
    "KEPT_MAIL": "smtp://kept:otter@mail",
    "KEPT_MASTER_KEY_FILE": "/keys/otter",
    "KEPT_SIGNING_KEY_FILE": "/keys/otter.sign",
    "PGPASSWORD": "otter",
    "CLOUD_TOKEN": "otter",
    "DJANGO_SETTINGS_MODULE": "kept.settings",
}
PLAIN = {"PATH": "/usr/bin", "KEPT_HOME": "/srv/kept", "LC_ALL": "C.UTF-8", "PYTHONPATH": "/srv"}


def test_the_collector_gets_where_it_writes_and_nothing_else() -> None:
    (collector,) = [process for process in processes({**PLAIN, **SECRETS}) if process.name == "collector"]
    assert collector.environ == PLAIN
    assert collector.command[-3:] == ["kept", "collect", "--stand-by"]


def test_mail_is_taken_in_only_where_it_is_set_and_without_the_database() -> None:
    assert "mail" not in [process.name for process in processes({**PLAIN, **SECRETS})]
    for one in ({"KEPT_LMTP": "127.0.0.1:8024"}, {"KEPT_IMAP": "imaps://a:b@mail.example"}):
        (mail,) = [each for each in processes({**PLAIN, **SECRETS, **one}) if each.name == "mail"]
        assert mail.environ == {**PLAIN, **one, "KEPT_MASTER_KEY_FILE": SECRETS["KEPT_MASTER_KEY_FILE"]}
        assert mail.command[-5:] == ["kept", "mail", "serve", "fetch", "--configured"]


def test_what_is_needed_comes_through() -> None:
    assert narrowed({"KEPT_MAIL": "folder:", "KEPT_HOME": "/x"}, ["KEPT_MAIL"]) == {"KEPT_MAIL": "folder:"}
