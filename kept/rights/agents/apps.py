from importlib import import_module

from django.apps import AppConfig


class AgentsConfig(AppConfig):
    name = "kept.rights.agents"
    label = "agents"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        import_module(f"{self.name}.sealed_boxes")
