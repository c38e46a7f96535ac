"""What 5 migrations came to, for a database in which none of them has run."""

import django.utils.timezone
import kept.core.vault.columns.fields
import kept.outbox.handing_over.disclosures
import uuid
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    replaces = [
        ("outbox", "0001_initial"),
        ("outbox", "0002_handed"),
        ("outbox", "0003_silence"),
        ("outbox", "0004_refused_way"),
        ("outbox", "0005_errand"),
    ]

    dependencies = [
    ]

    operations = [
        migrations.CreateModel(
            name='Errand',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('kind', models.CharField(max_length=20)),
                ('data', models.BinaryField()),
                ('due_at', models.DateTimeField(db_index=True, default=django.utils.timezone.now)),
                ('attempts', models.PositiveSmallIntegerField(default=0)),
            ],
        ),
        migrations.CreateModel(
            name='Silence',
            fields=[
                ('mark', models.CharField(max_length=64, primary_key=True, serialize=False)),
                ('since', models.DateTimeField(default=django.utils.timezone.now)),
            ],
        ),
        migrations.CreateModel(
            name='Disclosure',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('recipient', models.CharField(max_length=60)),
                ('handle', models.CharField(max_length=32)),
                ('purpose', models.CharField(max_length=60)),
                ('fields', models.JSONField(default=list)),
                ('values', models.BinaryField(null=True)),
                ('token', models.CharField(default=kept.outbox.handing_over.disclosures.new_word, max_length=32)),
                ('queued_at', models.DateTimeField()),
                ('due_at', models.DateTimeField(null=True)),
                ('attempts', models.PositiveSmallIntegerField(default=0)),
                ('trouble', models.CharField(default='', max_length=80)),
                ('sent_at', models.DateTimeField(null=True)),
                ('acknowledged_at', models.DateTimeField(null=True)),
                ('stopped_at', models.DateTimeField(null=True)),
                ('by_hand', models.BooleanField(default=False)),
                ('done_by', models.CharField(default='', max_length=40)),
                ('subject', models.UUIDField(db_index=True)),
                ('categories', models.JSONField(default=list)),
                ('collected', models.PositiveIntegerField(default=0)),
            ],
            options={
                'indexes': [models.Index(models.F('due_at'), condition=models.Q(('due_at__isnull', False)), name='outbox_disclosure_due'), models.Index(fields=['handle'], name='outbox_disclosure_handle')],
            },
        ),
        migrations.CreateModel(
            name='Handle',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('subject', models.UUIDField(db_index=True)),
                ('recipient', models.CharField(max_length=60)),
                ('handle', models.CharField(default=kept.outbox.handing_over.disclosures.new_word, max_length=32, unique=True)),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('subject', 'recipient'), name='one_handle_per_recipient')],
            },
        ),
        migrations.CreateModel(
            name='Message',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('subject', models.UUIDField(db_index=True)),
                ('purpose', models.CharField(max_length=60)),
                ('template', models.CharField(max_length=80)),
                ('to', kept.core.vault.columns.fields.SealedField(models.EmailField(max_length=254, null=True), category='contact.email', field_id='message.to', null=True, of='subject', verbose_name='to')),
                ('heading', kept.core.vault.columns.fields.SealedField(models.CharField(max_length=200, null=True), category='message.content', field_id='message.heading', null=True, of='subject', verbose_name='heading')),
                ('body', kept.core.vault.columns.fields.SealedField(models.TextField(null=True), category='message.content', field_id='message.body', null=True, of='subject', verbose_name='body')),
                ('queued_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('due_at', models.DateTimeField(default=django.utils.timezone.now, null=True)),
                ('attempts', models.PositiveSmallIntegerField(default=0)),
                ('recipient', models.CharField(default='', max_length=60)),
                ('trouble', models.CharField(default='', max_length=80)),
                ('delivered_at', models.DateTimeField(null=True)),
                ('given_up_at', models.DateTimeField(null=True)),
            ],
            options={
                'indexes': [models.Index(models.F('due_at'), condition=models.Q(('due_at__isnull', False)), name='outbox_due')],
            },
        ),
        migrations.CreateModel(
            name='Notice',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('recipient', models.CharField(max_length=60)),
                ('handle', models.CharField(max_length=32)),
                ('purpose', models.CharField(max_length=60)),
                ('fields', models.JSONField(default=list)),
                ('values', models.BinaryField(null=True)),
                ('token', models.CharField(default=kept.outbox.handing_over.disclosures.new_word, max_length=32)),
                ('queued_at', models.DateTimeField()),
                ('due_at', models.DateTimeField(null=True)),
                ('attempts', models.PositiveSmallIntegerField(default=0)),
                ('trouble', models.CharField(default='', max_length=80)),
                ('sent_at', models.DateTimeField(null=True)),
                ('acknowledged_at', models.DateTimeField(null=True)),
                ('stopped_at', models.DateTimeField(null=True)),
                ('by_hand', models.BooleanField(default=False)),
                ('done_by', models.CharField(default='', max_length=40)),
                ('kind', models.CharField(choices=[('correction', 'Correction'), ('erasure', 'Erasure'), ('restriction', 'Restriction'), ('lifting', 'Restriction lifted')], max_length=12)),
                ('subject', models.UUIDField(db_index=True, null=True)),
                ('purposes', models.JSONField(default=list)),
                ('about', models.UUIDField(null=True)),
                ('reminders', models.PositiveSmallIntegerField(default=0)),
                ('withheld', models.CharField(default='', max_length=80)),
            ],
            options={
                'indexes': [models.Index(models.F('due_at'), condition=models.Q(('due_at__isnull', False)), name='outbox_notice_due'), models.Index(fields=['handle'], name='outbox_notice_handle')],
                'constraints': [models.CheckConstraint(condition=models.Q(('kind__in', ['correction', 'erasure', 'restriction', 'lifting'])), name='outbox_notice_kind'), models.CheckConstraint(condition=models.Q(models.Q(('kind', 'erasure'), _negated=True), models.Q(('subject', None), ('values', None)), _connector='OR'), name='outbox_erasure_names_nobody')],
            },
        ),
        migrations.CreateModel(
            name='RefusedWay',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('day', models.DateField()),
                ('process', models.CharField(max_length=20)),
                ('event', models.CharField(max_length=40)),
                ('place', models.CharField(max_length=120)),
                ('count', models.PositiveIntegerField(default=0)),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('day', 'process', 'event', 'place'), name='one_row_for_each_refused_way')],
            },
        ),
    ]
