from django.apps import AppConfig


class PeopleConfig(AppConfig):
    name = "kept.people"
    label = "people"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from kept.people import text_fields

        text_fields.install()
