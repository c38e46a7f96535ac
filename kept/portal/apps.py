from importlib import import_module
from importlib.util import find_spec

from django.apps import AppConfig, apps


class PortalConfig(AppConfig):
    name = "kept.portal"
    label = "portal"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Let every installed room say what meets a visitor on each page, and who looks at an answer that
        leaves.
        """
        from kept import sentences
        from kept.portal.languages import locale_folders, speaker

        if locale_folders.stale():
            import_module(f"{self.name}.languages.catalogs").compile_stale()
        sentences.speak_through(speaker.Active())
        import_module(f"{self.name}.checks")
        # What was typed waits sealed, and moves when the master key changes.
        import_module(f"{self.name}.form_parts.preserved_input")
        # It has something to say in `kept check`.
        import_module(f"{self.name}.form_parts.asked_fields")
        for app in apps.get_app_configs():
            if app.name.startswith("kept.") and app.name != self.name and find_spec(f"{app.name}.hooks"):
                import_module(f"{app.name}.hooks")
