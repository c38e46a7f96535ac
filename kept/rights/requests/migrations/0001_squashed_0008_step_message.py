"""What 8 migrations came to, for a database in which none of them has run."""

import django.db.models.deletion
import django.utils.timezone
import kept.core.vault.columns.fields
import kept.rights.requests.course.references
import uuid
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    replaces = [
        ("requests", "0001_initial"),
        ("requests", "0002_reminders"),
        ("requests", "0003_askers"),
        ("requests", "0004_messages"),
        ("requests", "0005_sorted"),
        ("requests", "0006_checked_by_hand"),
        ("requests", "0007_representation"),
        ("requests", "0008_step_message"),
    ]

    dependencies = [
        ("people", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name='Asker',
            fields=[
                ('id', models.UUIDField(editable=False, primary_key=True, serialize=False)),
                ('since', models.DateTimeField(default=django.utils.timezone.now)),
            ],
        ),
        migrations.CreateModel(
            name='Request',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('reference', models.CharField(default=kept.rights.requests.course.references.new_reference, editable=False, max_length=12, unique=True)),
                ('kind', models.CharField(choices=[('question', 'Question'), ('access', 'Access'), ('correction', 'Correction'), ('erasure', 'Erasure'), ('restriction', 'Restriction'), ('objection', 'Objection'), ('withdrawal', 'Withdrawal of a yes'), ('opt-out', 'Opt-out of sale or sharing')], max_length=12)),
                ('channel', models.CharField(choices=[('site', 'The site'), ('email', 'E-mail'), ('letter', 'Letter'), ('phone', 'Phone call'), ('visit', 'In person'), ('agent', 'An authorised agent'), ('touchpoint', 'Another conversation')], max_length=12)),
                ('region', models.CharField(max_length=60)),
                ('jurisdiction', models.CharField(blank=True, max_length=12)),
                ('keeper', models.UUIDField(db_index=True, null=True)),
                ('code', models.CharField(blank=True, max_length=32)),
                ('name', kept.core.vault.columns.fields.SealedField(models.CharField(max_length=200, null=True), category='identity.name', field_id='request.name', null=True, of='keeper', verbose_name='name')),
                ('email', kept.core.vault.columns.fields.SealedField(models.EmailField(max_length=254, null=True), category='contact.email', field_id='request.email', null=True, of='keeper', verbose_name='email')),
                ('address', kept.core.vault.columns.fields.SealedField(models.JSONField(null=True), category='contact.address', field_id='request.address', null=True, of='keeper', verbose_name='address')),
                ('text', kept.core.vault.columns.fields.SealedField(models.TextField(max_length=8000, null=True), category='rights.request', field_id='request.text', null=True, of='keeper', verbose_name='text')),
                ('answer', kept.core.vault.columns.fields.SealedField(models.TextField(max_length=20000, null=True), category='rights.request', field_id='request.answer', null=True, of='keeper', verbose_name='answer')),
                ('language', models.CharField(default='en', max_length=10)),
                ('answer_by', models.CharField(choices=[('email', 'E-mail'), ('post', 'Post')], default='email', max_length=5)),
                ('topic', models.CharField(blank=True, max_length=60)),
                ('source', models.CharField(blank=True, max_length=60)),
                ('received_at', models.DateTimeField()),
                ('recorded_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('due', models.DateField()),
                ('first_due', models.DateField()),
                ('paused_days', models.PositiveSmallIntegerField(default=0)),
                ('waiting_since', models.DateTimeField(null=True)),
                ('extended_at', models.DateTimeField(null=True)),
                ('answered_at', models.DateTimeField(null=True)),
                ('closed_at', models.DateTimeField(null=True)),
                ('outcome', models.CharField(blank=True, choices=[('answered', 'Answered'), ('fulfilled', 'Carried out'), ('denied', 'Refused, with reasons'), ('revoked', 'Taken back by who asked'), ('expired', 'Identity was not confirmed'), ('no-match', 'Nobody of that name or address is known'), ('spam', 'No request: spam'), ('duplicate', 'The same as another request')], max_length=10)),
                ('duplicate_of', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='duplicates', to='requests.request')),
                ('person', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='requests', to='people.person')),
            ],
            options={
                'abstract': False,
                'base_manager_name': 'objects',
            },
        ),
        migrations.CreateModel(
            name='Representative',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('keeper', models.UUIDField(db_index=True)),
                ('name', kept.core.vault.columns.fields.SealedField(models.CharField(max_length=200, null=True), category='identity.name', field_id='representative.name', null=True, of='keeper', verbose_name='name')),
                ('email', kept.core.vault.columns.fields.SealedField(models.EmailField(max_length=254, null=True), category='contact.email', field_id='representative.email', null=True, of='keeper', verbose_name='email')),
                ('address', kept.core.vault.columns.fields.SealedField(models.JSONField(null=True), category='contact.address', field_id='representative.address', null=True, of='keeper', verbose_name='address')),
                ('request', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='representative', to='requests.request')),
            ],
            options={
                'abstract': False,
                'base_manager_name': 'objects',
            },
        ),
        migrations.CreateModel(
            name='Authority',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('relation', models.CharField(choices=[('lawyer', 'A lawyer or other authorised person'), ('parent', 'A parent or guardian'), ('heir', 'An heir'), ('agent', 'An agent or an organisation')], max_length=10)),
                ('who', kept.core.vault.columns.fields.SealedField(models.CharField(max_length=200, null=True), category='rights.request', field_id='authority.who', null=True, of='request__keeper', verbose_name='who')),
                ('claim', kept.core.vault.columns.fields.SealedField(models.TextField(max_length=2000, null=True), category='rights.request', field_id='authority.claim', null=True, of='request__keeper', verbose_name='claim')),
                ('seen', kept.core.vault.columns.fields.SealedField(models.TextField(max_length=2000, null=True), category='rights.request', field_id='authority.seen', null=True, of='request__keeper', verbose_name='seen')),
                ('missing', kept.core.vault.columns.fields.SealedField(models.TextField(max_length=4000, null=True), category='rights.request', field_id='authority.missing', null=True, of='request__keeper', verbose_name='missing')),
                ('proof', models.UUIDField(null=True)),
                ('claimed_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('checked_at', models.DateTimeField(null=True)),
                ('refused_at', models.DateTimeField(null=True)),
                ('role', models.CharField(blank=True, max_length=40)),
                ('entity', models.CharField(blank=True, max_length=60)),
                ('telling', models.CharField(blank=True, choices=[('told', 'They are told, at the address we know'), ('dead', 'They are dead: nobody is told'), ('child', 'A child in the asker’s care: the asker is told')], max_length=5)),
                ('request', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='authority', to='requests.request')),
            ],
            options={
                'abstract': False,
                'base_manager_name': 'objects',
            },
        ),
        migrations.CreateModel(
            name='Step',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('kind', models.CharField(choices=[('received', 'Received'), ('identity-asked', 'Identity asked for'), ('checked', 'Checked by the controller'), ('identified', 'Identity confirmed'), ('authority-asked', 'Proof of authority asked for'), ('authority-confirmed', 'Authority confirmed'), ('identity-given-up', 'Identity no longer asked for'), ('added', 'More was said'), ('extended', 'Extended'), ('rerouted', 'Passed on to another controller'), ('carried-out', 'Carried out'), ('reminded', 'Reminded'), ('escalated', 'Escalated'), ('answered', 'Answered'), ('posted', 'Posted'), ('closed', 'Closed')], max_length=20)),
                ('at', models.DateTimeField(default=django.utils.timezone.now)),
                ('role', models.CharField(max_length=40)),
                ('entity', models.CharField(blank=True, max_length=60)),
                ('what', models.CharField(max_length=200)),
                ('message', models.JSONField(null=True)),
                ('until', models.DateField(null=True)),
                ('mark', models.SmallIntegerField(null=True)),
                ('reason', kept.core.vault.columns.fields.SealedField(models.TextField(max_length=4000, null=True), category='rights.request', field_id='request-step.reason', null=True, of='request__keeper', verbose_name='reason')),
                ('request', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='steps', to='requests.request')),
            ],
            options={
                'ordering': ('at', 'id'),
                'abstract': False,
                'base_manager_name': 'objects',
            },
        ),
        migrations.CreateModel(
            name='Attachment',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('file', models.UUIDField()),
                ('at', models.DateTimeField(default=django.utils.timezone.now)),
                ('request', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='attachments', to='requests.request')),
                ('step', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='attachments', to='requests.step')),
            ],
        ),
        migrations.AddIndex(
            model_name='request',
            index=models.Index(condition=models.Q(('closed_at', None)), fields=['due'], name='requests_waiting'),
        ),
        migrations.AddIndex(
            model_name='request',
            index=models.Index(fields=['region', '-closed_at'], name='requests_of_region'),
        ),
        migrations.AddConstraint(
            model_name='request',
            constraint=models.CheckConstraint(condition=models.Q(('closed_at', None), models.Q(('outcome', ''), _negated=True), _connector='OR'), name='request_closed_with_outcome'),
        ),
        migrations.AddConstraint(
            model_name='request',
            constraint=models.CheckConstraint(condition=models.Q(('extended_at', None), ('due__gte', models.F('first_due')), _connector='OR'), name='request_extended_forward'),
        ),
        migrations.AddConstraint(
            model_name='authority',
            constraint=models.CheckConstraint(condition=models.Q(('checked_at', None), models.Q(models.Q(('role', ''), _negated=True), models.Q(('telling', ''), _negated=True)), _connector='OR'), name='authority_checked_by'),
        ),
        migrations.AddConstraint(
            model_name='step',
            constraint=models.UniqueConstraint(condition=models.Q(('mark__isnull', False)), fields=('request', 'kind', 'until', 'mark'), name='request_reminded_once'),
        ),
    ]
