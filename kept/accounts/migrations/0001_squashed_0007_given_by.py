"""What 7 migrations came to, for a database in which none of them has run."""

import django.db.models.deletion
import django.utils.timezone
import kept.core.vault.columns.fields
import uuid
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    replaces = [
        ("accounts", "0001_initial"),
        ("accounts", "0002_address_changes_of_one_person"),
        ("accounts", "0003_begun"),
        ("accounts", "0004_capabilities"),
        ("accounts", "0005_recovery"),
        ("accounts", "0006_tally"),
        ("accounts", "0007_given_by"),
    ]

    dependencies = [
        ("people", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name='SecurityEvent',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('subject', models.UUIDField(db_index=True)),
                ('at', models.DateTimeField(default=django.utils.timezone.now)),
                ('what', kept.core.vault.columns.fields.SealedField(models.CharField(max_length=200), category='security.sign-in', field_id='security.event', of='subject', verbose_name='what')),
            ],
            options={
                'ordering': ['-at'],
            },
        ),
        migrations.CreateModel(
            name='Tally',
            fields=[
                ('mark', models.CharField(max_length=32, primary_key=True, serialize=False)),
                ('times', models.JSONField(default=list)),
                ('until', models.DateTimeField(db_index=True)),
            ],
        ),
        migrations.CreateModel(
            name='User',
            fields=[
                ('password', models.CharField(max_length=128, verbose_name='password')),
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('email', models.EmailField(max_length=254, unique=True)),
                ('password_is_short', models.BooleanField(default=False)),
                ('begun_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('confirmed_at', models.DateTimeField(null=True)),
                ('closed_at', models.DateTimeField(null=True)),
                ('voided_at', models.DateTimeField(null=True)),
                ('person', models.OneToOneField(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='account', to='people.person')),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='AddressChange',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('subject', models.UUIDField(db_index=True)),
                ('key_hash', models.CharField(max_length=64, unique=True)),
                ('old', kept.core.vault.columns.fields.SealedField(models.EmailField(max_length=254), category='identity.account', field_id='security.old-address', of='subject', verbose_name='old')),
                ('asked_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('until', models.DateTimeField()),
                ('undone_at', models.DateTimeField(null=True)),
                ('settle_at', models.DateTimeField(db_index=True, null=True)),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='address_changes', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'abstract': False,
                'base_manager_name': 'objects',
            },
        ),
        migrations.CreateModel(
            name='FactorLoss',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('mark', models.CharField(max_length=32, unique=True)),
                ('cancelling', models.CharField(blank=True, db_index=True, max_length=32)),
                ('asked_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('confirmed_at', models.DateTimeField(null=True)),
                ('falls_at', models.DateTimeField(db_index=True, null=True)),
                ('ended_at', models.DateTimeField(null=True)),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='factor_losses', to=settings.AUTH_USER_MODEL)),
            ],
        ),
        migrations.CreateModel(
            name='Session',
            fields=[
                ('mark', models.CharField(max_length=32, primary_key=True, serialize=False)),
                ('data', models.BinaryField()),
                ('expires', models.DateTimeField(db_index=True)),
                ('about', models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='pending', to=settings.AUTH_USER_MODEL)),
                ('user', models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='sessions', to=settings.AUTH_USER_MODEL)),
            ],
        ),
        migrations.CreateModel(
            name='SetAside',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('subject', models.UUIDField(db_index=True)),
                ('kind', models.CharField(choices=[('factor', 'Way to sign in'), ('browser', 'Browser'), ('address', 'Address'), ('connected', 'Begun in your name')], max_length=10)),
                ('what', kept.core.vault.columns.fields.SealedField(models.CharField(max_length=300), category='security.sign-in', field_id='security.set-aside', of='subject', verbose_name='what')),
                ('data', models.BinaryField(null=True)),
                ('at', models.DateTimeField(default=django.utils.timezone.now)),
                ('until', models.DateTimeField(db_index=True)),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='set_aside', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ['at', 'kind'],
            },
        ),
        migrations.CreateModel(
            name='StaffMember',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('role', models.CharField(max_length=40)),
                ('entity', models.CharField(max_length=60)),
                ('since', models.DateTimeField(default=django.utils.timezone.now)),
                ('until', models.DateTimeField(null=True)),
                ('begun_by', models.BigIntegerField(null=True)),
                ('ended_by', models.BigIntegerField(null=True)),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='posts', to=settings.AUTH_USER_MODEL)),
            ],
        ),
    ]
