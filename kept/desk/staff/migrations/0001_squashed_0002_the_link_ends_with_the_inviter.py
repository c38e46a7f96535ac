"""What 2 migrations came to, for a database in which none of them has run."""

import django.db.models.deletion
import django.utils.timezone
import kept.core.vault.columns.fields
import uuid
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    replaces = [
        ("staff", "0001_initial"),
        ("staff", "0002_the_link_ends_with_the_inviter"),
    ]

    dependencies = [
        ("people", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name='Invitation',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('name', kept.core.vault.columns.fields.SealedField(models.CharField(max_length=200, null=True), category='identity.name', field_id='invitation.name', null=True, of='person_id', verbose_name='name')),
                ('email', kept.core.vault.columns.fields.SealedField(models.EmailField(max_length=254, null=True), category='contact.email', field_id='invitation.email', null=True, of='person_id', verbose_name='email')),
                ('role', models.CharField(max_length=40)),
                ('entity', models.CharField(max_length=60)),
                ('key_hash', models.CharField(max_length=64, unique=True)),
                ('inviting_post', models.BigIntegerField(null=True)),
                ('invited_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('until', models.DateTimeField()),
                ('ended_at', models.DateTimeField(null=True)),
                ('outcome', models.CharField(blank=True, choices=[('accepted', 'Accepted'), ('declined', 'Declined'), ('withdrawn', 'Withdrawn')], max_length=10)),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='invitations', to='people.person')),
            ],
            options={
                'abstract': False,
                'base_manager_name': 'objects',
                'constraints': [models.UniqueConstraint(condition=models.Q(('ended_at', None)), fields=('person',), name='one_open_invitation'), models.CheckConstraint(condition=models.Q(('ended_at', None), models.Q(('outcome', ''), _negated=True), _connector='OR'), name='invitation_ended_with_outcome')],
            },
        ),
    ]
