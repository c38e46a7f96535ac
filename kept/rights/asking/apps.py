from importlib import import_module

from django.apps import AppConfig


class AskingConfig(AppConfig):
    name = "kept.rights.asking"
    label = "asking"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Letters wait sealed: a command that changes the master key moves them, and has no views."""
        import_module(f"{self.name}.mail.unsorted")
