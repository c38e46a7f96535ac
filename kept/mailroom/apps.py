from importlib import import_module

from django.apps import AppConfig


class MailroomConfig(AppConfig):
    name = "kept.mailroom"
    label = "mailroom"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Mail waits sealed: a command that changes the master key moves it, and has no views."""
        import_module(f"{self.name}.receiving.spool")
        import_module(f"{self.name}.configuration")
