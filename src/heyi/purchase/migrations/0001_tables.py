import django.db.models.deletion
import heyi.kernel.lifecycle
import heyi.platform.clock
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('ledger', '0001_tables'),
        ('party', '0001_tables'),
        ('platform', '0001_tables'),
        ('product', '0001_tables'),
    ]

    operations = [
        migrations.CreateModel(
            name='Receipt',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.CharField(max_length=40)),
                ('state', models.CharField(choices=[(heyi.kernel.lifecycle.State['DRAFT'], heyi.kernel.lifecycle.State['DRAFT']), (heyi.kernel.lifecycle.State['SUBMITTED'], heyi.kernel.lifecycle.State['SUBMITTED']), (heyi.kernel.lifecycle.State['APPROVED'], heyi.kernel.lifecycle.State['APPROVED']), (heyi.kernel.lifecycle.State['POSTED'], heyi.kernel.lifecycle.State['POSTED']), (heyi.kernel.lifecycle.State['CLOSED'], heyi.kernel.lifecycle.State['CLOSED']), (heyi.kernel.lifecycle.State['REVERSED'], heyi.kernel.lifecycle.State['REVERSED']), (heyi.kernel.lifecycle.State['CANCELLED'], heyi.kernel.lifecycle.State['CANCELLED'])], default=heyi.kernel.lifecycle.State['DRAFT'], max_length=12)),
                ('version', models.PositiveIntegerField(default=1)),
                ('on', models.DateField(help_text='Business date; decides the accounting period.')),
                ('note', models.CharField(blank=True, default='', max_length=500)),
                ('extra', models.JSONField(blank=True, default=dict)),
                ('created_by', models.BigIntegerField(default=0, editable=False, help_text='User id; 0 system.')),
                ('created_at', models.DateTimeField(db_default=heyi.platform.clock.DatabaseNow(), editable=False)),
                ('changed_by', models.BigIntegerField(default=0, editable=False, help_text='User id; 0 system.')),
                ('changed_at', models.DateTimeField(db_default=heyi.platform.clock.DatabaseNow(), editable=False)),
                ('reference', models.CharField(blank=True, default='', help_text="The supplier's delivery note.", max_length=64)),
                ('value', models.DecimalField(decimal_places=2, default=0, editable=False, help_text='Sum of the lines.', max_digits=18)),
                ('company', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='platform.company')),
                ('supplier', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='party.party')),
                ('warehouse', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='ledger.location')),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='ReceiptLine',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('no', models.PositiveIntegerField()),
                ('note', models.CharField(blank=True, default='', max_length=500)),
                ('extra', models.JSONField(blank=True, default=dict)),
                ('quantity_unit', models.DecimalField(decimal_places=6, help_text='In the unit of the line.', max_digits=20)),
                ('quantity', models.DecimalField(decimal_places=6, editable=False, help_text='In base units.', max_digits=20)),
                ('price', models.DecimalField(decimal_places=8, help_text='Per unit of the line, without tax.', max_digits=20)),
                ('value', models.DecimalField(decimal_places=2, default=0, editable=False, max_digits=18)),
                ('lot_code', models.CharField(blank=True, default='', max_length=64)),
                ('expires_on', models.DateField(blank=True, null=True)),
                ('product', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='product.product')),
                ('receipt', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='lines', to='purchase.receipt')),
                ('unit', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='product.unit')),
            ],
        ),
        migrations.AddIndex(
            model_name='receipt',
            index=models.Index(fields=['company', '-on', '-id'], name='purchase_receipt_on'),
        ),
        migrations.AddIndex(
            model_name='receipt',
            index=models.Index(fields=['company', 'state', '-id'], name='purchase_receipt_state'),
        ),
        migrations.AddConstraint(
            model_name='receipt',
            constraint=models.UniqueConstraint(fields=('company', 'number'), name='purchase_receipt_number'),
        ),
        migrations.AddConstraint(
            model_name='receiptline',
            constraint=models.CheckConstraint(condition=models.Q(('quantity__gt', 0)), name='receipt_line_positive'),
        ),
    ]
