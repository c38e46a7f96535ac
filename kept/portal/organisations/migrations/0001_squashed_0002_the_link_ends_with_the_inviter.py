"""What 2 migrations came to, for a database in which none of them has run."""

import django.db.models.deletion
import django.utils.timezone
import kept.core.vault.columns.fields
import uuid
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    replaces = [
        ("organisations", "0001_initial"),
        ("organisations", "0002_the_link_ends_with_the_inviter"),
    ]

    dependencies = [
        ("people", "0002_number_compared"),
    ]

    operations = [
        migrations.CreateModel(
            name='Joining',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('keeper', models.UUIDField(db_index=True)),
                ('name', kept.core.vault.columns.fields.SealedField(models.CharField(max_length=200, null=True), category='identity.name', field_id='joining.name', null=True, of='keeper', verbose_name='name')),
                ('email', kept.core.vault.columns.fields.SealedField(models.EmailField(max_length=254, null=True), category='contact.email', field_id='joining.email', null=True, of='keeper', verbose_name='email')),
                ('vat', kept.core.vault.columns.fields.SealedField(models.CharField(max_length=20, null=True), category='identity.organisation', field_id='joining.vat', null=True, of='keeper', verbose_name='vat')),
                ('role', models.CharField(choices=[('owner', 'Owner'), ('buyer', 'Buyer'), ('engineer', 'Engineer'), ('viewer', 'Viewer')], max_length=10)),
                ('key_hash', models.CharField(max_length=64, null=True, unique=True)),
                ('inviting_member', models.BigIntegerField(null=True)),
                ('begun_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('until', models.DateTimeField()),
                ('refused_at', models.DateTimeField(null=True)),
                ('ended_at', models.DateTimeField(null=True)),
                ('outcome', models.CharField(blank=True, choices=[('joined', 'Joined'), ('declined', 'Declined'), ('withdrawn', 'Withdrawn'), ('lapsed', 'Not answered')], max_length=10)),
                ('organisation', models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='joinings', to='people.organisation')),
                ('person', models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='joinings', to='people.person')),
            ],
            options={
                'abstract': False,
                'base_manager_name': 'objects',
                'constraints': [models.CheckConstraint(condition=models.Q(('ended_at', None), models.Q(('outcome', ''), _negated=True), _connector='OR'), name='joining_ended_with_outcome')],
            },
        ),
        migrations.CreateModel(
            name='Seat',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('name', kept.core.vault.columns.fields.SealedField(models.CharField(max_length=200), category='identity.name', field_id='seat.name', of='organisation_id', verbose_name='name')),
                ('since', models.DateTimeField(default=django.utils.timezone.now)),
                ('organisation', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='seats', to='people.organisation')),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='seats', to='people.person')),
            ],
            options={
                'abstract': False,
                'base_manager_name': 'objects',
                'constraints': [models.UniqueConstraint(fields=('organisation', 'person'), name='one_seat_for_each_member')],
            },
        ),
    ]
