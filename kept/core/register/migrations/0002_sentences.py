from django.db import migrations

import kept.core.sentence_field


def copy(apps, schema_editor):
    """What was plain text so far lies there as plain text."""
    ProofAnswer = apps.get_model("register", "ProofAnswer")
    for row in ProofAnswer.objects.all():
        row.figure, row.text = row.plain_figure, row.plain_text
        row.save(update_fields=["figure", "text"])


class Migration(migrations.Migration):

    dependencies = [
        ("register", "0001_initial"),
    ]

    operations = [
        migrations.RenameField("ProofAnswer", "figure", "plain_figure"),
        migrations.RenameField("ProofAnswer", "text", "plain_text"),
        migrations.AddField(
            "ProofAnswer", "figure", kept.core.sentence_field.SentenceField(default=""), preserve_default=False
        ),
        migrations.AddField(
            "ProofAnswer", "text", kept.core.sentence_field.SentenceField(default=""), preserve_default=False
        ),
        migrations.RunPython(copy, migrations.RunPython.noop, elidable=True),
        migrations.RemoveField("ProofAnswer", "plain_figure"),
        migrations.RemoveField("ProofAnswer", "plain_text"),
    ]
