"""What 5 migrations came to, for a database in which none of them has run."""

import django.db.models.deletion
import kept.core.ledger.models
import uuid
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    replaces = [
        ("ledger", "0001_initial"),
        ("ledger", "0002_noted"),
        ("ledger", "0003_withdrawal"),
        ("ledger", "0004_linked"),
        ("ledger", "0005_cosignature"),
    ]

    dependencies = [
    ]

    operations = [
        migrations.CreateModel(
            name='Checkpoint',
            fields=[
                ('size', models.BigIntegerField(primary_key=True, serialize=False)),
                ('root', models.BinaryField()),
                ('at', models.DateTimeField()),
                ('note', models.TextField()),
            ],
        ),
        migrations.CreateModel(
            name='Cosignature',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('witness', models.CharField(max_length=400)),
                ('size', models.BigIntegerField(db_index=True)),
                ('at', models.DateTimeField(null=True)),
                ('told_at', models.DateTimeField()),
                ('line', models.TextField()),
            ],
        ),
        migrations.CreateModel(
            name='FoldState',
            fields=[
                ('id', models.SmallIntegerField(default=1, primary_key=True, serialize=False)),
                ('size', models.BigIntegerField(default=0)),
                ('tx', models.BigIntegerField(default=0)),
                ('seq', models.BigIntegerField(default=0)),
                ('cluster', models.CharField(default='', max_length=40)),
                ('settled', models.BigIntegerField(default=0)),
                ('noted', models.BigIntegerField(default=0)),
            ],
        ),
        migrations.CreateModel(
            name='Tile',
            fields=[
                ('pk', models.CompositePrimaryKey('level', 'number', blank=True, editable=False, primary_key=True, serialize=False)),
                ('level', models.SmallIntegerField()),
                ('number', models.BigIntegerField()),
                ('data', models.BinaryField()),
            ],
        ),
        migrations.CreateModel(
            name='Version',
            fields=[
                ('number', models.PositiveIntegerField(primary_key=True, serialize=False)),
                ('identity', models.CharField(max_length=64)),
                ('files', models.JSONField()),
                ('effective', models.DateField()),
                ('published_at', models.DateTimeField()),
                ('published_by', models.CharField(max_length=200)),
                ('signature', models.TextField()),
            ],
        ),
        migrations.CreateModel(
            name='Act',
            fields=[
                ('seq', models.BigAutoField(primary_key=True, serialize=False)),
                ('id', models.UUIDField(default=uuid.uuid4, unique=True)),
                ('tx', models.BigIntegerField(db_default=kept.core.ledger.models.CurrentTransaction())),
                ('at', models.DateTimeField()),
                ('packed', models.BinaryField()),
            ],
            options={
                'indexes': [models.Index(fields=['tx', 'seq'], name='ledger_act_order')],
            },
        ),
        migrations.CreateModel(
            name='Touch',
            fields=[
                ('pk', models.CompositePrimaryKey('leaf', 'mark', blank=True, editable=False, primary_key=True, serialize=False)),
                ('leaf', models.BigIntegerField()),
                ('mark', models.BigIntegerField()),
                ('seq', models.BigIntegerField()),
                ('number', models.BigIntegerField(db_default=0)),
                ('previous', models.BigIntegerField(db_default=-1)),
                ('hash', models.BinaryField(db_default=b'')),
            ],
            options={
                'indexes': [models.Index(fields=['mark', 'leaf'], name='ledger_touch_mark')],
            },
        ),
        migrations.CreateModel(
            name='Withdrawal',
            fields=[
                ('version', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, primary_key=True, related_name='withdrawal', serialize=False, to='ledger.version')),
                ('at', models.DateTimeField()),
                ('binds', models.DateField()),
                ('by', models.CharField(max_length=200)),
                ('signature', models.TextField()),
            ],
        ),
    ]
