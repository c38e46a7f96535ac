"""What 2 migrations came to, for a database in which none of them has run."""

from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    replaces = [
        ("operations", "0001_initial"),
        ("operations", "0002_backuprun"),
    ]

    dependencies = [
    ]

    operations = [
        migrations.CreateModel(
            name='BackupRun',
            fields=[
                ('id', models.UUIDField(editable=False, primary_key=True, serialize=False)),
                ('at', models.DateTimeField()),
                ('finished_at', models.DateTimeField()),
                ('expires', models.DateField()),
                ('place', models.TextField()),
                ('size', models.BigIntegerField()),
                ('rows', models.BigIntegerField()),
                ('files', models.BigIntegerField()),
                ('missing', models.IntegerField(default=0)),
                ('generation', models.CharField(max_length=16)),
            ],
            options={
                'ordering': ('-at',),
            },
        ),
        migrations.CreateModel(
            name='JobRun',
            fields=[
                ('name', models.CharField(max_length=100, primary_key=True, serialize=False)),
                ('holder', models.CharField(blank=True, default='', max_length=200)),
                ('lease_until', models.DateTimeField(null=True)),
                ('due_at', models.DateTimeField(null=True)),
                ('started_at', models.DateTimeField(null=True)),
                ('ended_at', models.DateTimeField(null=True)),
                ('done', models.BigIntegerField(default=0)),
                ('failures', models.IntegerField(default=0)),
                ('error', models.CharField(blank=True, default='', max_length=200)),
            ],
        ),
    ]
