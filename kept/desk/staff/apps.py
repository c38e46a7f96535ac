from django.apps import AppConfig


class StaffConfig(AppConfig):
    name = "kept.desk.staff"
    label = "staff"
    default_auto_field = "django.db.models.BigAutoField"
