"""What 2 migrations came to, for a database in which none of them has run."""

import kept.core.sentence_field
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    replaces = [
        ("register", "0001_initial"),
        ("register", "0002_sentences"),
    ]

    dependencies = [
    ]

    operations = [
        migrations.CreateModel(
            name='ProofAnswer',
            fields=[
                ('proof', models.CharField(max_length=80, primary_key=True, serialize=False)),
                ('state', models.CharField(max_length=10)),
                ('figure', kept.core.sentence_field.SentenceField()),
                ('text', kept.core.sentence_field.SentenceField()),
                ('at', models.DateTimeField()),
                ('since', models.DateTimeField()),
                ('seconds', models.FloatField()),
            ],
        ),
    ]
