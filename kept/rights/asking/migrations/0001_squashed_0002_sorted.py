"""What 2 migrations came to, for a database in which none of them has run."""

import django.db.models.deletion
import django.utils.timezone
import uuid
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    replaces = [
        ("asking", "0001_initial"),
        ("asking", "0002_sorted"),
    ]

    dependencies = [
        ("requests", "0001_initial"),
        ("requests", "0005_sorted"),
    ]

    operations = [
        migrations.CreateModel(
            name='Arrival',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('mark', models.CharField(max_length=32, unique=True)),
                ('at', models.DateTimeField(default=django.utils.timezone.now)),
                ('request', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='arrivals', to='requests.request')),
            ],
        ),
        migrations.CreateModel(
            name='Unsorted',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('mark', models.CharField(max_length=32, unique=True)),
                ('why', models.CharField(max_length=60)),
                ('region', models.CharField(max_length=60)),
                ('letter', models.BinaryField(null=True)),
                ('received_at', models.DateTimeField()),
                ('sorted_at', models.DateTimeField(null=True)),
                ('outcome', models.CharField(blank=True, choices=[('request', 'Made a request'), ('joined', 'Joined to a request'), ('spam', 'Closed as spam'), ('duplicate', 'Closed as a duplicate')], max_length=10)),
                ('role', models.CharField(blank=True, max_length=40)),
                ('request', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='letters', to='requests.request')),
            ],
            options={
                'ordering': ('received_at', 'id'),
            },
        ),
        migrations.CreateModel(
            name='Check',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('mark', models.CharField(blank=True, max_length=32)),
                ('proof', models.CharField(blank=True, max_length=32)),
                ('tries', models.PositiveSmallIntegerField(default=0)),
                ('sent_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('ends_at', models.DateTimeField()),
                ('answered_at', models.DateTimeField(null=True)),
                ('settled_at', models.DateTimeField(null=True)),
                ('outcome', models.CharField(blank=True, choices=[('confirmed', 'It was them'), ('unmatched', 'The code was right, and nobody was found who fits'), ('failed', 'Five wrong codes'), ('lapsed', 'Nobody typed the code in'), ('moot', 'Settled by other means')], max_length=10)),
                ('request', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='checks', to='requests.request')),
            ],
            options={
                'indexes': [models.Index(condition=models.Q(('settled_at', None)), fields=['ends_at'], name='checks_open')],
                'constraints': [models.CheckConstraint(condition=models.Q(('tries__lte', 5)), name='check_five_tries'), models.UniqueConstraint(condition=models.Q(('settled_at', None)), fields=('request',), name='check_one_open')],
            },
        ),
    ]
