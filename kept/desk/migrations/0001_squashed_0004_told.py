"""What 4 migrations came to, for a database in which none of them has run."""

import django.db.models.deletion
import django.utils.timezone
import kept.core.vault.columns.fields
import uuid
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    replaces = [
        ("desk", "0001_initial"),
        ("desk", "0002_bounds"),
        ("desk", "0003_many"),
        ("desk", "0004_told"),
    ]

    dependencies = [
        ("people", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name='Excess',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.PositiveIntegerField()),
                ('role', models.CharField(max_length=40)),
                ('entity', models.CharField(max_length=60)),
                ('why', models.CharField(choices=[('names', 'Several people of one name'), ('company', 'A company with several people'), ('wrong', 'What they told me was wrong or incomplete'), ('other', 'Something else'), ('many', 'Nobody said: many people under several matters within an hour')], max_length=10)),
                ('searches', models.PositiveIntegerField()),
                ('shown', models.PositiveIntegerField()),
                ('opened', models.PositiveIntegerField()),
                ('at', models.DateTimeField(default=django.utils.timezone.now)),
                ('told_at', models.DateTimeField(null=True)),
                ('reminded_at', models.DateTimeField(null=True)),
                ('seen_at', models.DateTimeField(null=True)),
            ],
            options={
                'ordering': ('at',),
            },
        ),
        migrations.CreateModel(
            name='Matter',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('number', models.PositiveIntegerField(unique=True)),
                ('purpose', models.CharField(max_length=60)),
                ('channel', models.CharField(choices=[('phone', 'Phone call'), ('mail', 'E-mail'), ('letter', 'Letter'), ('visit', 'In person')], max_length=10)),
                ('keeper', models.UUIDField(db_index=True)),
                ('opener', models.UUIDField(db_index=True)),
                ('role', models.CharField(max_length=40)),
                ('entity', models.CharField(max_length=60)),
                ('text', kept.core.vault.columns.fields.SealedField(models.TextField(max_length=2000, null=True), category='support.content', field_id='matter.text', null=True, of='keeper', verbose_name='text')),
                ('enquiry', kept.core.vault.columns.fields.SealedField(models.TextField(max_length=2000, null=True), category='sales.content', field_id='matter.enquiry', null=True, of='keeper', verbose_name='enquiry')),
                ('opened_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('worked_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('closed_at', models.DateTimeField(null=True)),
                ('searches', models.PositiveIntegerField(default=0)),
                ('shown', models.PositiveIntegerField(default=0)),
                ('opened', models.PositiveIntegerField(default=0)),
                ('reasons', models.PositiveIntegerField(default=0)),
                ('person', models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='matters', to='people.person')),
            ],
            options={
                'abstract': False,
                'base_manager_name': 'objects',
            },
        ),
        migrations.CreateModel(
            name='Reveal',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('person', models.UUIDField(db_index=True)),
                ('field', models.CharField(max_length=60)),
                ('at', models.DateTimeField(default=django.utils.timezone.now)),
                ('until', models.DateTimeField()),
                ('matter', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='revealed', to='desk.matter')),
            ],
        ),
    ]
