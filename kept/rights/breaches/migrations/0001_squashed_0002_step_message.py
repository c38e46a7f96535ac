"""What 2 migrations came to, for a database in which none of them has run."""

import django.db.models.deletion
import django.utils.timezone
import kept.rights.breaches.models
import uuid
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    replaces = [
        ("breaches", "0001_initial"),
        ("breaches", "0002_step_message"),
    ]

    dependencies = [
    ]

    operations = [
        migrations.CreateModel(
            name='Breach',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('reference', models.CharField(default=kept.rights.breaches.models.new_reference, editable=False, max_length=20, unique=True)),
                ('region', models.CharField(max_length=60)),
                ('title', models.CharField(max_length=120)),
                ('happened', models.TextField(max_length=4000)),
                ('noticed_at', models.DateTimeField()),
                ('recorded_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('categories', models.JSONField(default=list)),
                ('people_about', models.PositiveIntegerField(default=0)),
                ('risk', models.CharField(choices=[('unknown', 'Not known yet'), ('none', 'Unlikely to be a risk'), ('some', 'A risk'), ('high', 'A high risk')], default='unknown', max_length=10)),
                ('likely', models.TextField(blank=True, max_length=4000)),
                ('measures', models.TextField(blank=True, max_length=4000)),
                ('authority_told_at', models.DateTimeField(null=True)),
                ('authority_reference', models.CharField(blank=True, max_length=100)),
                ('authority_reason', models.TextField(blank=True, max_length=2000)),
                ('letter', models.TextField(blank=True, max_length=4000)),
                ('telling_since', models.DateTimeField(null=True)),
                ('told_up_to', models.UUIDField(null=True)),
                ('told', models.PositiveIntegerField(default=0)),
                ('people_told_at', models.DateTimeField(null=True)),
                ('people_reason', models.TextField(blank=True, max_length=2000)),
                ('closed_at', models.DateTimeField(null=True)),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(('risk__in', ['unknown', 'none', 'some', 'high'])), name='breach_risk'), models.CheckConstraint(condition=models.Q(('people_told_at', None), ('telling_since__isnull', False), _connector='OR'), name='breach_told_after_begun')],
            },
        ),
        migrations.CreateModel(
            name='Step',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('at', models.DateTimeField(default=django.utils.timezone.now)),
                ('role', models.CharField(max_length=40)),
                ('entity', models.CharField(max_length=60)),
                ('what', models.CharField(max_length=200)),
                ('message', models.JSONField(null=True)),
                ('breach', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='steps', to='breaches.breach')),
            ],
            options={
                'ordering': ('at', 'pk'),
            },
        ),
    ]
