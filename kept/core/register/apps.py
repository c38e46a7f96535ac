from importlib import import_module
from importlib.util import find_spec

from django.apps import AppConfig, apps

SPEAKING = ("personal", "proofs", "jobs", "desk")
OWN = ("core_tables", "proving.core_proofs", "proving.card_proof", "checking.checks")


class RegisterConfig(AppConfig):
    name = "kept.core.register"
    label = "register"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Let every installed app of the house say what it holds, proves, does and shows."""
        for module in OWN:
            import_module(f"{self.name}.{module}")
        for app in apps.get_app_configs():
            if app.name.startswith("kept.") and app.name != self.name:
                for module in SPEAKING:
                    if find_spec(f"{app.name}.{module}"):
                        import_module(f"{app.name}.{module}")
