"""What 2 migrations came to, for a database in which none of them has run."""

import django.db.models.deletion
import django.utils.timezone
import kept.core.vault.columns.plain_rows
import uuid
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    replaces = [
        ("vault", "0001_initial"),
        ("vault", "0002_removed_files"),
    ]

    dependencies = [
        ("consent", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name='KeyRow',
            fields=[
                ('standing', models.OneToOneField(db_column='subject', on_delete=django.db.models.deletion.PROTECT, primary_key=True, related_name='+', serialize=False, to='consent.standingrow')),
                ('wrapped', kept.core.vault.columns.plain_rows.WrappedKey()),
                ('alias', models.BinaryField(max_length=16, unique=True)),
                ('controller', models.CharField(max_length=60)),
            ],
        ),
        migrations.CreateModel(
            name='RemovedFile',
            fields=[
                ('id', models.UUIDField(editable=False, primary_key=True, serialize=False)),
                ('at', models.DateTimeField(default=django.utils.timezone.now)),
            ],
        ),
        migrations.CreateModel(
            name='SealedFileRow',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('subject', models.UUIDField(db_index=True)),
                ('category', models.CharField(max_length=60)),
                ('size', models.PositiveBigIntegerField()),
                ('header', models.BinaryField()),
            ],
        ),
        migrations.CreateModel(
            name='Token',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('index', models.CharField(max_length=60)),
                ('token', models.IntegerField()),
                ('row', models.UUIDField()),
                ('subject', models.UUIDField(db_index=True)),
            ],
            options={
                'indexes': [models.Index(fields=['index', 'row'], name='vault_token_row')],
                'constraints': [models.UniqueConstraint(fields=('index', 'token', 'row'), name='vault_token_once')],
            },
        ),
    ]
