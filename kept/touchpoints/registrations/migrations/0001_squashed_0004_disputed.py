"""What 4 migrations came to, for a database in which none of them has run."""

import django.db.models.deletion
import django.utils.timezone
import kept.core.vault.columns.fields
import uuid
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    replaces = [
        ("registrations", "0001_initial"),
        ("registrations", "0002_the_computer_it_is_used_with"),
        ("registrations", "0003_handed_on"),
        ("registrations", "0004_disputed"),
    ]

    dependencies = [
        ("equipment", "0001_initial"),
        ("people", "0001_initial"),
        ("equipment", "0002_warranty_of_the_machine"),
    ]

    operations = [
        migrations.CreateModel(
            name='Draft',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('started_at', models.DateTimeField(db_index=True, default=django.utils.timezone.now)),
                ('ended_at', models.DateTimeField(null=True)),
                ('free', models.BooleanField()),
                ('serial', kept.core.vault.columns.fields.SealedField(models.CharField(max_length=7, null=True), category='equipment.serial', field_id='draft.serial', null=True, of='person_id', verbose_name='serial')),
                ('purchase_date', kept.core.vault.columns.fields.SealedField(models.DateField(null=True), category='equipment.purchase', field_id='draft.purchase-date', null=True, of='person_id', verbose_name='purchase date')),
                ('holder', kept.core.vault.columns.fields.SealedField(models.CharField(max_length=36, null=True), category='identity.organisation', field_id='draft.holder', null=True, of='person_id', verbose_name='holder')),
                ('organisation', kept.core.vault.columns.fields.SealedField(models.JSONField(null=True), category='identity.organisation', field_id='draft.organisation', null=True, of='person_id', verbose_name='organisation')),
                ('phone', kept.core.vault.columns.fields.SealedField(models.CharField(max_length=40, null=True), category='contact.phone', field_id='draft.phone', null=True, of='person_id', verbose_name='phone')),
                ('address', kept.core.vault.columns.fields.SealedField(models.JSONField(null=True), category='contact.address', field_id='draft.address', null=True, of='person_id', verbose_name='address')),
                ('keep', kept.core.vault.columns.fields.SealedField(models.CharField(max_length=10, null=True), category='contact.preferences', field_id='draft.keep', null=True, of='person_id', verbose_name='keep')),
                ('language', kept.core.vault.columns.fields.SealedField(models.CharField(max_length=12, null=True), category='contact.preferences', field_id='draft.language', null=True, of='person_id', verbose_name='language')),
                ('computer', kept.core.vault.columns.fields.SealedField(models.CharField(max_length=120, null=True), category='equipment.computer', field_id='draft.computer', null=True, of='person_id', verbose_name='computer')),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='registration_drafts', to='people.person')),
            ],
            options={
                'abstract': False,
                'base_manager_name': 'objects',
            },
        ),
        migrations.CreateModel(
            name='Claim',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('reference', models.CharField(max_length=20, unique=True)),
                ('opened_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('answer_by', models.DateField()),
                ('serial', kept.core.vault.columns.fields.SealedField(models.CharField(max_length=7), category='equipment.serial', field_id='claim.serial', of='person_id', verbose_name='serial')),
                ('purchase_date', kept.core.vault.columns.fields.SealedField(models.DateField(), category='equipment.purchase', field_id='claim.purchase-date', of='person_id', verbose_name='purchase date')),
                ('note', kept.core.vault.columns.fields.SealedField(models.TextField(blank=True, max_length=1000), blank=True, category='equipment.proof', field_id='claim.note', of='person_id', verbose_name='note')),
                ('proof', models.UUIDField(null=True)),
                ('decided_at', models.DateTimeField(null=True)),
                ('decision', models.CharField(blank=True, choices=[('accepted', 'Accepted'), ('declined', 'Declined')], max_length=10)),
                ('decided_by', models.CharField(blank=True, max_length=40)),
                ('looked_up_at', models.DateTimeField(null=True)),
                ('holder_said', models.CharField(blank=True, choices=[('yes', 'Yes, it is theirs now'), ('no', 'No, it is mine')], max_length=3)),
                ('holder_said_at', models.DateTimeField(null=True)),
                ('reason', kept.core.vault.columns.fields.SealedField(models.TextField(max_length=1000, null=True), category='equipment.proof', field_id='claim.reason', null=True, of='person_id', verbose_name='reason')),
                ('against', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='claims_against', to='equipment.holding')),
                ('lost', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='disputes', to='equipment.holding')),
                ('organisation', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='claims', to='people.organisation')),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='claims', to='people.person')),
            ],
            options={
                'abstract': False,
                'base_manager_name': 'objects',
                'indexes': [models.Index(condition=models.Q(('decided_at', None)), fields=['answer_by'], name='claims_waiting')],
            },
        ),
        migrations.CreateModel(
            name='Handover',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('reference', models.CharField(max_length=20, unique=True)),
                ('way', models.CharField(choices=[('offer', 'Handed on to somebody'), ('gone', 'Given away, to nobody we know'), ('scrapped', 'Out of service for good')], max_length=10)),
                ('giver_id', models.UUIDField(db_index=True, null=True)),
                ('email', kept.core.vault.columns.fields.SealedField(models.EmailField(max_length=254, null=True), category='contact.email', field_id='handover.email', null=True, of='giver_id', verbose_name='email')),
                ('key_hash', models.CharField(max_length=64, null=True, unique=True)),
                ('begun_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('until', models.DateTimeField()),
                ('ended_at', models.DateTimeField(null=True)),
                ('outcome', models.CharField(blank=True, choices=[('done', 'Done'), ('declined', 'Declined'), ('withdrawn', 'Withdrawn'), ('lapsed', 'Not answered')], max_length=10)),
                ('taken_back_at', models.DateTimeField(null=True)),
                ('after', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='came_by', to='equipment.holding')),
                ('holding', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='handovers', to='equipment.holding')),
                ('taker', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='taken_over', to='people.person')),
            ],
            options={
                'abstract': False,
                'base_manager_name': 'objects',
                'constraints': [models.UniqueConstraint(condition=models.Q(('ended_at', None)), fields=('holding',), name='one_open_offer_per_holding'), models.CheckConstraint(condition=models.Q(('ended_at', None), models.Q(('outcome', ''), _negated=True), _connector='OR'), name='handover_ended_with_outcome')],
            },
        ),
        migrations.CreateModel(
            name='Registration',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('reference', models.CharField(max_length=20, unique=True)),
                ('registered_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('undone_at', models.DateTimeField(null=True)),
                ('contact_phone', kept.core.vault.columns.fields.SealedField(models.CharField(max_length=40, null=True), category='contact.phone', field_id='registration.contact-phone', null=True, of='person_id', verbose_name='contact phone')),
                ('contact_address', kept.core.vault.columns.fields.SealedField(models.JSONField(null=True), category='contact.address', field_id='registration.contact-address', null=True, of='person_id', verbose_name='contact address')),
                ('contact_language', kept.core.vault.columns.fields.SealedField(models.CharField(max_length=12, null=True), category='contact.preferences', field_id='registration.contact-language', null=True, of='person_id', verbose_name='contact language')),
                ('computer', kept.core.vault.columns.fields.SealedField(models.CharField(max_length=120, null=True), category='equipment.computer', field_id='registration.computer', null=True, of='person_id', verbose_name='computer')),
                ('holding', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='registrations', to='equipment.holding')),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='registrations', to='people.person')),
            ],
            options={
                'abstract': False,
                'base_manager_name': 'objects',
                'indexes': [models.Index(fields=['person', '-registered_at'], name='registration_latest')],
            },
        ),
    ]
