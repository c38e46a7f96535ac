"""What 3 migrations came to, for a database in which none of them has run."""

import django.db.models.deletion
import django.utils.timezone
import kept.core.vault.columns.fields
import uuid
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    replaces = [
        ("people", "0001_initial"),
        ("people", "0002_number_compared"),
        ("people", "0003_given_by"),
    ]

    dependencies = [
    ]

    operations = [
        migrations.CreateModel(
            name='Organisation',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('controller', models.CharField(max_length=60)),
                ('name', kept.core.vault.columns.fields.SealedField(models.CharField(max_length=200), category='identity.organisation', field_id='organisation.name', of='self', verbose_name='name')),
                ('vat', kept.core.vault.columns.fields.SealedField(models.CharField(blank=True, max_length=20, null=True), blank=True, category='identity.organisation', field_id='organisation.vat', null=True, of='self', verbose_name='vat')),
                ('address', kept.core.vault.columns.fields.SealedField(models.JSONField(blank=True, null=True), blank=True, category='identity.organisation', field_id='organisation.address', null=True, of='self', verbose_name='address')),
                ('country', kept.core.vault.columns.fields.SealedField(models.CharField(blank=True, max_length=2, null=True), blank=True, category='identity.organisation', field_id='organisation.country', null=True, of='self', verbose_name='country')),
                ('number_compared_at', models.DateTimeField(null=True)),
                ('vat_ix', kept.core.vault.columns.fields.BlindIndex('vat')),
            ],
            options={
                'abstract': False,
                'base_manager_name': 'objects',
            },
        ),
        migrations.CreateModel(
            name='Person',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('controller', models.CharField(max_length=60)),
                ('name', kept.core.vault.columns.fields.SealedField(models.CharField(max_length=200), category='identity.name', field_id='person.name', of='self', verbose_name='name')),
                ('email', kept.core.vault.columns.fields.SealedField(models.EmailField(blank=True, max_length=254), blank=True, category='contact.email', field_id='person.email', of='self', verbose_name='email')),
                ('phone', kept.core.vault.columns.fields.SealedField(models.CharField(blank=True, max_length=20, null=True), blank=True, category='contact.phone', field_id='person.phone', null=True, of='self', verbose_name='phone')),
                ('phone_typed', kept.core.vault.columns.fields.SealedField(models.CharField(blank=True, max_length=40, null=True), blank=True, category='contact.phone', field_id='person.phone-typed', null=True, of='self', verbose_name='phone typed')),
                ('address', kept.core.vault.columns.fields.SealedField(models.JSONField(blank=True, null=True), blank=True, category='contact.address', field_id='person.address', null=True, of='self', verbose_name='address')),
                ('country', kept.core.vault.columns.fields.SealedField(models.CharField(blank=True, max_length=2, null=True), blank=True, category='contact.address', field_id='person.country', null=True, of='self', verbose_name='country')),
                ('language', models.CharField(default='en', max_length=8)),
                ('email_ix', kept.core.vault.columns.fields.BlindIndex('email')),
                ('phone_ix', kept.core.vault.columns.fields.BlindIndex('phone')),
            ],
            options={
                'abstract': False,
                'base_manager_name': 'objects',
            },
        ),
        migrations.CreateModel(
            name='Membership',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('role', models.CharField(choices=[('owner', 'Owner'), ('buyer', 'Buyer'), ('engineer', 'Engineer'), ('viewer', 'Viewer')], max_length=10)),
                ('since', models.DateTimeField(default=django.utils.timezone.now)),
                ('until', models.DateTimeField(blank=True, null=True)),
                ('begun_by', models.BigIntegerField(null=True)),
                ('ended_by', models.BigIntegerField(null=True)),
                ('organisation', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='memberships', to='people.organisation')),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='memberships', to='people.person')),
            ],
            options={
                'constraints': [models.UniqueConstraint(condition=models.Q(('until', None)), fields=('person', 'organisation'), name='one_current_membership'), models.CheckConstraint(condition=models.Q(('until', None), ('until__gte', models.F('since')), _connector='OR'), name='membership_ends_after_it_began')],
            },
        ),
    ]
