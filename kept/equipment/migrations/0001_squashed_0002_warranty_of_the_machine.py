"""What 2 migrations came to, for a database in which none of them has run."""

import django.db.models.deletion
import django.utils.timezone
import kept.core.vault.columns.fields
import uuid
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    replaces = [
        ("equipment", "0001_initial"),
        ("equipment", "0002_warranty_of_the_machine"),
    ]

    dependencies = [
        ("people", "0001_initial"),
        ("products", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name='Unit',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('serial', models.CharField(max_length=7, unique=True)),
                ('made', models.DateField(blank=True, null=True)),
                ('shipped', models.DateField(blank=True, null=True)),
                ('warranty_began', models.DateField(blank=True, null=True)),
                ('product', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='units', to='products.product')),
            ],
            options={
                'ordering': ['serial'],
            },
        ),
        migrations.CreateModel(
            name='Holding',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('purchase_date', kept.core.vault.columns.fields.SealedField(models.DateField(blank=True, null=True), blank=True, category='equipment.purchase', field_id='holding.purchase-date', null=True, of='person|organisation', verbose_name='purchase date')),
                ('warranty_from', kept.core.vault.columns.fields.SealedField(models.DateField(blank=True, null=True), blank=True, category='equipment.purchase', field_id='holding.warranty-from', null=True, of='person|organisation', verbose_name='warranty from')),
                ('source', models.CharField(default='registration', max_length=40)),
                ('since', models.DateTimeField(default=django.utils.timezone.now)),
                ('until', models.DateTimeField(blank=True, null=True)),
                ('organisation', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='holdings', to='people.organisation')),
                ('person', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='holdings', to='people.person')),
                ('unit', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='holdings', to='equipment.unit')),
            ],
            options={
                'abstract': False,
                'base_manager_name': 'objects',
            },
        ),
        migrations.CreateModel(
            name='UnitEvent',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('state', models.CharField(choices=[('produced', 'Produced'), ('shipped', 'Shipped'), ('registered', 'Registered'), ('transferred', 'Transferred'), ('replaced', 'Replaced'), ('scrapped', 'Scrapped'), ('stolen', 'Stolen')], max_length=12)),
                ('at', models.DateTimeField(default=django.utils.timezone.now)),
                ('unit', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='events', to='equipment.unit')),
            ],
            options={
                'ordering': ['at', 'id'],
            },
        ),
        migrations.AddConstraint(
            model_name='unit',
            constraint=models.CheckConstraint(condition=models.Q(('made', None), ('shipped', None), ('shipped__gte', models.F('made')), _connector='OR'), name='shipped_after_made'),
        ),
        migrations.AddConstraint(
            model_name='holding',
            constraint=models.UniqueConstraint(condition=models.Q(('until', None)), fields=('unit',), name='one_open_holding_per_unit'),
        ),
        migrations.AddConstraint(
            model_name='holding',
            constraint=models.CheckConstraint(condition=models.Q(('person', None), ('organisation', None), _connector='XOR'), name='held_by_one'),
        ),
        migrations.AddConstraint(
            model_name='holding',
            constraint=models.CheckConstraint(condition=models.Q(('until', None), ('until__gte', models.F('since')), _connector='OR'), name='holding_ends_after_it_began'),
        ),
        migrations.AddIndex(
            model_name='unitevent',
            index=models.Index(fields=['unit', 'at'], name='unit_event_at'),
        ),
    ]
