from importlib import import_module

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "kept.accounts"
    label = "accounts"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """What is kept sealed here says how it follows a new master key, also in a command that signs nobody
        in.
        """
        import_module(f"{self.name}.signing_in.sessions")
        import_module(f"{self.name}.second_factors.factors")
