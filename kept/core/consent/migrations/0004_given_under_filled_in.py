"""A yes that is older than the column ``given_under`` lapses by the version whose notice it was given to, which its choice names."""

from __future__ import annotations

from typing import Any

from django.db import migrations


def fill_in(apps: Any, schema_editor: Any) -> None:
    """The latest yes of each person for each purpose she consents to. One that no choice tells of stays as it is."""
    Standing, Choice = apps.get_model("consent", "StandingRow"), apps.get_model("consent", "Choice")
    for row in Standing.objects.exclude(consents=[]).iterator():
        missing = [purpose for purpose in row.consents if purpose not in row.given_under]
        if not missing:
            continue
        said = Choice.objects.filter(subject=row.subject, purpose__in=missing, answer="yes").order_by("id")
        found = dict(said.values_list("purpose", "notice__policy"))
        if found:
            row.given_under = {**found, **row.given_under}
            row.save(update_fields=["given_under"])


class Migration(migrations.Migration):
    dependencies = [("consent", "0003_given_under")]
    operations = [migrations.RunPython(fill_in, migrations.RunPython.noop)]
