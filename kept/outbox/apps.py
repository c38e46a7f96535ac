from django.apps import AppConfig
from django.conf import settings


class OutboxConfig(AppConfig):
    name = "kept.outbox"
    label = "outbox"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Tell the guard over connections where the database is, and where to count what it refused."""
        from kept.outbox import sockets
        from kept.outbox.handing_over import refusals

        sockets.settle(database=str(settings.DATABASES["default"].get("HOST") or ""), tell=refusals.count)
