"""What 4 migrations came to, for a database in which none of them has run."""

import django.db.models.deletion
import django.utils.timezone
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    replaces = [
        ("consent", "0001_initial"),
        ("consent", "0002_limits_of_one_person"),
        ("consent", "0003_given_under"),
        ("consent", "0004_given_under_filled_in"),
    ]

    dependencies = [
    ]

    operations = [
        migrations.CreateModel(
            name='ShownNotice',
            fields=[
                ('hash', models.CharField(max_length=64, primary_key=True, serialize=False)),
                ('text', models.TextField()),
                ('clause', models.CharField(max_length=100)),
                ('policy', models.PositiveIntegerField()),
                ('language', models.CharField(max_length=12)),
            ],
        ),
        migrations.CreateModel(
            name='StandingRow',
            fields=[
                ('subject', models.UUIDField(primary_key=True, serialize=False)),
                ('consents', models.JSONField(default=list)),
                ('objections', models.JSONField(default=list)),
                ('restrictions', models.JSONField(default=list)),
                ('given_under', models.JSONField(default=dict)),
            ],
        ),
        migrations.CreateModel(
            name='Limit',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('subject', models.UUIDField()),
                ('purpose', models.CharField(max_length=60)),
                ('kind', models.CharField(choices=[('objection', 'Objection'), ('restriction', 'Restriction')], max_length=11)),
                ('source', models.CharField(max_length=100)),
                ('since', models.DateTimeField()),
                ('until', models.DateTimeField(default=None, null=True)),
            ],
            options={
                'indexes': [models.Index(fields=['subject'], name='consent_limit_subject')],
                'constraints': [models.UniqueConstraint(condition=models.Q(('until', None)), fields=('subject', 'purpose', 'kind'), name='consent_limit_once'), models.CheckConstraint(condition=models.Q(('kind__in', ['objection', 'restriction'])), name='consent_limit_kind')],
            },
        ),
        migrations.CreateModel(
            name='Choice',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('subject', models.UUIDField()),
                ('purpose', models.CharField(max_length=60)),
                ('answer', models.CharField(choices=[('yes', 'Yes'), ('no', 'No'), ('acknowledged', 'Acknowledged')], max_length=12)),
                ('source', models.CharField(max_length=100)),
                ('at', models.DateTimeField()),
                ('recorded_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('act', models.UUIDField(default=None, null=True)),
                ('notice', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='choices', to='consent.shownnotice')),
            ],
            options={
                'indexes': [models.Index(fields=['subject', 'purpose'], name='consent_choice_subject')],
                'constraints': [models.CheckConstraint(condition=models.Q(('answer__in', ['yes', 'no', 'acknowledged'])), name='consent_choice_answer')],
            },
        ),
    ]
