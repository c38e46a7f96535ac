from django.apps import AppConfig


class BorrowingConfig(AppConfig):
    name = "kept.touchpoints.borrowing"
    label = "borrowing"
    default_auto_field = "django.db.models.BigAutoField"
