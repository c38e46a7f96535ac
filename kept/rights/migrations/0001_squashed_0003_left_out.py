"""What 3 migrations came to, for a database in which none of them has run."""

import django.utils.timezone
import uuid
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    replaces = [
        ("rights", "0001_initial"),
        ("rights", "0002_request"),
        ("rights", "0003_left_out"),
    ]

    dependencies = [
    ]

    operations = [
        migrations.CreateModel(
            name='Copy',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('subject', models.UUIDField(db_index=True)),
                ('categories', models.JSONField(default=list)),
                ('asked_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('ticket', models.CharField(default='', max_length=120)),
                ('request', models.CharField(db_index=True, default='', max_length=12)),
                ('due_at', models.DateTimeField(null=True)),
                ('attempts', models.PositiveSmallIntegerField(default=0)),
                ('trouble', models.CharField(default='', max_length=80)),
                ('done', models.PositiveIntegerField(default=0)),
                ('all', models.PositiveIntegerField(default=0)),
                ('file', models.UUIDField(null=True)),
                ('size', models.PositiveBigIntegerField(default=0)),
                ('left_out', models.PositiveIntegerField(default=0)),
                ('finished_at', models.DateTimeField(null=True)),
                ('dies_at', models.DateTimeField(null=True)),
                ('stopped_at', models.DateTimeField(null=True)),
            ],
            options={
                'indexes': [models.Index(models.F('due_at'), condition=models.Q(('due_at__isnull', False)), name='rights_copy_due')],
            },
        ),
    ]
