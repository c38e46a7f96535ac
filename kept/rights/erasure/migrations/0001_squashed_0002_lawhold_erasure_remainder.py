"""What 2 migrations came to, for a database in which none of them has run."""

import django.utils.timezone
import uuid
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    replaces = [
        ("erasure", "0001_initial"),
        ("erasure", "0002_lawhold_erasure_remainder"),
    ]

    dependencies = [
    ]

    operations = [
        migrations.CreateModel(
            name='LawHold',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('duty', models.CharField(max_length=120)),
                ('article', models.CharField(max_length=120)),
                ('purpose', models.CharField(max_length=60)),
                ('fields', models.JSONField(default=list)),
                ('rows', models.PositiveIntegerField(default=0)),
                ('since', models.DateTimeField(default=django.utils.timezone.now)),
                ('until', models.DateField(db_index=True)),
            ],
        ),
        migrations.CreateModel(
            name='Record',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('mark', models.CharField(db_index=True, max_length=64)),
                ('silence', models.CharField(default='', max_length=64)),
                ('at', models.DateTimeField(default=django.utils.timezone.now)),
                ('expires', models.DateField(db_index=True)),
            ],
        ),
        migrations.CreateModel(
            name='Erasure',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('subject', models.UUIDField(db_index=True, null=True)),
                ('remainder', models.UUIDField(null=True)),
                ('controller', models.CharField(max_length=60)),
                ('source', models.CharField(choices=[('self', 'By yourself'), ('controller', 'By the data controller'), ('agent', 'By your agent'), ('operator', 'By the operator')], default='self', max_length=10)),
                ('about', models.CharField(default='', max_length=120)),
                ('silence', models.BooleanField(default=False)),
                ('choices', models.JSONField(default=dict)),
                ('asked_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('falls_at', models.DateTimeField()),
                ('reminded', models.PositiveSmallIntegerField(default=0)),
                ('request_receipt', models.CharField(default='', max_length=16)),
                ('undone_at', models.DateTimeField(null=True)),
                ('begun_at', models.DateTimeField(null=True)),
                ('recorded_at', models.DateTimeField(null=True)),
                ('destroyed_at', models.DateTimeField(null=True)),
                ('finished_at', models.DateTimeField(null=True)),
                ('receipt', models.CharField(default='', max_length=16)),
                ('letter', models.UUIDField(null=True)),
                ('letter_key', models.UUIDField(null=True)),
                ('files', models.JSONField(default=list)),
                ('addresses', models.JSONField(default=list)),
                ('counts', models.JSONField(default=dict)),
                ('due_at', models.DateTimeField(null=True)),
                ('attempts', models.PositiveSmallIntegerField(default=0)),
                ('trouble', models.CharField(default='', max_length=80)),
            ],
            options={
                'indexes': [models.Index(models.F('due_at'), condition=models.Q(('due_at__isnull', False)), name='erasure_due')],
                'constraints': [models.UniqueConstraint(condition=models.Q(('subject__isnull', False), ('undone_at', None)), fields=('subject',), name='one_erasure_at_a_time'), models.CheckConstraint(condition=models.Q(('undone_at', None), ('begun_at', None), _connector='OR'), name='erasure_undone_or_begun'), models.CheckConstraint(condition=models.Q(('destroyed_at', None), ('recorded_at__isnull', False), _connector='OR'), name='erasure_recorded_first'), models.CheckConstraint(condition=models.Q(('finished_at', None), ('destroyed_at__isnull', False), _connector='OR'), name='erasure_destroyed_first')],
            },
        ),
    ]
