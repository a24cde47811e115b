import django.contrib.postgres.fields
import django.db.models.deletion
import heyi.platform.clock
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('platform', '0001_tables'),
        ('product', '0001_tables'),
    ]

    operations = [
        migrations.CreateModel(
            name='DimensionSet',
            fields=[
                ('id', models.BigIntegerField(primary_key=True, serialize=False)),
                ('party', models.BigIntegerField()),
                ('product', models.BigIntegerField()),
                ('department', models.BigIntegerField()),
                ('cost_centre', models.BigIntegerField()),
                ('project', models.BigIntegerField()),
                ('employee', models.BigIntegerField()),
                ('order', models.BigIntegerField()),
            ],
        ),
        migrations.CreateModel(
            name='PeriodBalance',
            fields=[
                ('pk', models.CompositePrimaryKey('company_id', 'period_id', 'account_id', 'dimension_set_id', 'currency', blank=True, editable=False, primary_key=True, serialize=False)),
                ('company_id', models.BigIntegerField()),
                ('period_id', models.BigIntegerField()),
                ('account_id', models.BigIntegerField()),
                ('dimension_set_id', models.BigIntegerField()),
                ('currency', models.CharField(max_length=3)),
                ('debit', models.DecimalField(decimal_places=2, max_digits=18)),
                ('credit', models.DecimalField(decimal_places=2, max_digits=18)),
                ('foreign', models.DecimalField(decimal_places=2, max_digits=18)),
                ('quantity', models.DecimalField(decimal_places=6, max_digits=20)),
            ],
        ),
        migrations.CreateModel(
            name='PoolDay',
            fields=[
                ('pk', models.CompositePrimaryKey('company_id', 'product_id', 'area_id', 'lot_id', 'on', blank=True, editable=False, primary_key=True, serialize=False)),
                ('company_id', models.BigIntegerField()),
                ('product_id', models.BigIntegerField()),
                ('area_id', models.BigIntegerField()),
                ('lot_id', models.BigIntegerField()),
                ('on', models.DateField()),
                ('in_quantity', models.DecimalField(decimal_places=6, max_digits=20)),
                ('in_value', models.DecimalField(decimal_places=2, max_digits=18)),
                ('out_quantity', models.DecimalField(decimal_places=6, max_digits=20)),
                ('out_value', models.DecimalField(decimal_places=2, max_digits=18)),
            ],
        ),
        migrations.CreateModel(
            name='PoolLayer',
            fields=[
                ('pk', models.CompositePrimaryKey('company_id', 'product_id', 'area_id', 'lot_id', 'key', blank=True, editable=False, primary_key=True, serialize=False)),
                ('company_id', models.BigIntegerField()),
                ('product_id', models.BigIntegerField()),
                ('area_id', models.BigIntegerField()),
                ('lot_id', models.BigIntegerField()),
                ('key', models.BigIntegerField()),
                ('quantity', models.DecimalField(decimal_places=6, max_digits=20)),
                ('value', models.DecimalField(decimal_places=2, max_digits=18)),
            ],
        ),
        migrations.CreateModel(
            name='Reference',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('version', models.BigIntegerField(default=1)),
            ],
        ),
        migrations.CreateModel(
            name='Series',
            fields=[
                ('pk', models.CompositePrimaryKey('company_id', 'period_id', 'word', blank=True, editable=False, primary_key=True, serialize=False)),
                ('company_id', models.BigIntegerField()),
                ('period_id', models.BigIntegerField()),
                ('word', models.CharField(max_length=8)),
                ('last', models.BigIntegerField()),
            ],
        ),
        migrations.CreateModel(
            name='Account',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('code', models.CharField(max_length=32)),
                ('name', models.JSONField(default=dict, help_text='{"zh_hant": …, "zh_hans": …, "en": …}')),
                ('category', models.CharField(choices=[('asset', 'asset'), ('liability', 'liability'), ('common', 'common'), ('equity', 'equity'), ('cost', 'cost'), ('profit_loss', 'profit_loss')], default='asset', max_length=12)),
                ('direction', models.CharField(choices=[('debit', 'debit'), ('credit', 'credit')], default='debit', help_text='The side on which its balance normally stands.', max_length=6)),
                ('two_sided', models.BooleanField(default=False, help_text='May stand on either side.')),
                ('role', models.CharField(blank=True, default='', max_length=40)),
                ('control', models.CharField(blank=True, choices=[('stock', 'stock'), ('customer', 'customer'), ('supplier', 'supplier'), ('employee', 'employee')], default='', help_text='The sub-ledger it is the total of; people do not write on it by hand.', max_length=8)),
                ('dimensions', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=16), blank=True, default=list, size=None)),
                ('keeps_currency', models.BooleanField(default=False)),
                ('keeps_quantity', models.BooleanField(default=False)),
                ('leaf', models.BooleanField(default=True, help_text='Takes postings; a parent does not.')),
                ('active', models.BooleanField(default=True)),
                ('version', models.PositiveIntegerField(default=1)),
                ('company', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='platform.company')),
                ('parent', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='children', to='ledger.account')),
            ],
        ),
        migrations.CreateModel(
            name='JournalLine',
            fields=[
                ('pk', models.CompositePrimaryKey('voucher_id', 'no', blank=True, editable=False, primary_key=True, serialize=False)),
                ('voucher_id', models.BigIntegerField()),
                ('no', models.IntegerField()),
                ('company_id', models.BigIntegerField()),
                ('period_id', models.BigIntegerField()),
                ('on', models.DateField()),
                ('debit', models.DecimalField(decimal_places=2, max_digits=18)),
                ('credit', models.DecimalField(decimal_places=2, max_digits=18)),
                ('currency', models.CharField(max_length=3)),
                ('foreign', models.DecimalField(decimal_places=2, help_text='Debit positive, in `currency`.', max_digits=18)),
                ('quantity', models.DecimalField(decimal_places=6, max_digits=20)),
                ('dimension_set_id', models.BigIntegerField()),
                ('purpose', models.CharField(max_length=64)),
                ('rule_id', models.BigIntegerField(null=True)),
                ('origin_type', models.CharField(max_length=64)),
                ('origin_id', models.BigIntegerField()),
                ('account', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='ledger.account')),
            ],
        ),
        migrations.CreateModel(
            name='Location',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('code', models.CharField(max_length=32)),
                ('negative', models.BooleanField(default=False, help_text='May go below zero.')),
                ('company', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='platform.company')),
            ],
        ),
        migrations.CreateModel(
            name='Lot',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('company_id', models.BigIntegerField()),
                ('product_id', models.BigIntegerField()),
                ('code', models.CharField(max_length=64)),
                ('expires_on', models.DateField(blank=True, null=True)),
                ('serial', models.BooleanField(default=False, help_text='A single piece; its quantity is 0 or 1.')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('company_id', 'product_id', 'code'), name='lot_code')],
            },
        ),
        migrations.CreateModel(
            name='Period',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('start', models.DateField()),
                ('end', models.DateField()),
                ('closed', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=16), default=list, size=None)),
                ('company', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='platform.company')),
            ],
        ),
        migrations.CreateModel(
            name='PostingRule',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('purpose', models.CharField(max_length=64)),
                ('valid_from', models.DateField(blank=True, null=True)),
                ('valid_to', models.DateField(blank=True, null=True)),
                ('category', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='product.category')),
                ('company', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='platform.company')),
                ('counterpart', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='ledger.account')),
                ('location', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='ledger.location')),
                ('stock', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='ledger.account')),
                ('variance', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='ledger.account')),
            ],
        ),
        migrations.CreateModel(
            name='QuantityBalance',
            fields=[
                ('pk', models.CompositePrimaryKey('company_id', 'product_id', 'location_id', 'lot_id', 'owner_id', 'status', blank=True, editable=False, primary_key=True, serialize=False)),
                ('company_id', models.BigIntegerField()),
                ('product_id', models.BigIntegerField()),
                ('location_id', models.BigIntegerField()),
                ('lot_id', models.BigIntegerField()),
                ('owner_id', models.BigIntegerField()),
                ('status', models.SmallIntegerField()),
                ('quantity', models.DecimalField(decimal_places=6, max_digits=20)),
                ('reserved', models.DecimalField(decimal_places=6, max_digits=20)),
                ('negative', models.BooleanField(help_text='Copied from the location when the row is made.')),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(('quantity__gte', 0), ('negative', True), _connector='OR'), name='quantity_never_negative'), models.CheckConstraint(condition=models.Q(('reserved__gte', 0)), name='reserved_never_negative')],
            },
        ),
        migrations.CreateModel(
            name='Reservation',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('company_id', models.BigIntegerField()),
                ('product_id', models.BigIntegerField()),
                ('location_id', models.BigIntegerField()),
                ('lot_id', models.BigIntegerField()),
                ('owner_id', models.BigIntegerField()),
                ('status', models.SmallIntegerField()),
                ('quantity', models.DecimalField(decimal_places=6, max_digits=20)),
                ('origin_type', models.CharField(max_length=64)),
                ('origin_id', models.BigIntegerField()),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('origin_id', 'origin_type'), name='one_promise_per_line'), models.CheckConstraint(condition=models.Q(('quantity__gt', 0)), name='reservation_positive')],
            },
        ),
        migrations.CreateModel(
            name='StockMove',
            fields=[
                ('pk', models.CompositePrimaryKey('voucher_id', 'no', blank=True, editable=False, primary_key=True, serialize=False)),
                ('voucher_id', models.BigIntegerField()),
                ('no', models.IntegerField()),
                ('company_id', models.BigIntegerField()),
                ('on', models.DateField()),
                ('purpose', models.CharField(max_length=64)),
                ('product_id', models.BigIntegerField()),
                ('lot_id', models.BigIntegerField()),
                ('source_id', models.BigIntegerField()),
                ('source_owner_id', models.BigIntegerField()),
                ('source_status', models.SmallIntegerField()),
                ('target_id', models.BigIntegerField()),
                ('target_owner_id', models.BigIntegerField()),
                ('target_status', models.SmallIntegerField()),
                ('quantity', models.DecimalField(decimal_places=6, max_digits=20)),
                ('origin_type', models.CharField(max_length=64)),
                ('origin_id', models.BigIntegerField()),
            ],
            options={
                'indexes': [models.Index(fields=['company_id', 'product_id', 'on'], name='move_product_on')],
            },
        ),
        migrations.CreateModel(
            name='ValuationArea',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('code', models.CharField(max_length=32)),
                ('company', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='platform.company')),
            ],
        ),
        migrations.AddField(
            model_name='location',
            name='area',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='ledger.valuationarea'),
        ),
        migrations.CreateModel(
            name='ValueEntry',
            fields=[
                ('pk', models.CompositePrimaryKey('voucher_id', 'no', blank=True, editable=False, primary_key=True, serialize=False)),
                ('voucher_id', models.BigIntegerField()),
                ('no', models.IntegerField()),
                ('company_id', models.BigIntegerField()),
                ('product_id', models.BigIntegerField()),
                ('area_id', models.BigIntegerField()),
                ('lot_id', models.BigIntegerField()),
                ('on', models.DateField()),
                ('purpose', models.CharField(max_length=64)),
                ('quantity', models.DecimalField(decimal_places=6, max_digits=20)),
                ('value', models.DecimalField(decimal_places=2, max_digits=18)),
                ('cost', models.DecimalField(decimal_places=2, help_text='What the paper said; `value` plus what became variance.', max_digits=18)),
                ('stamp', models.DecimalField(decimal_places=6, help_text="The pool's `received` after this entry.", max_digits=20)),
                ('origin_type', models.CharField(max_length=64)),
                ('origin_id', models.BigIntegerField()),
            ],
            options={
                'indexes': [models.Index(fields=['origin_id', 'origin_type'], name='value_origin')],
            },
        ),
        migrations.CreateModel(
            name='ValuePool',
            fields=[
                ('pk', models.CompositePrimaryKey('company_id', 'product_id', 'area_id', 'lot_id', blank=True, editable=False, primary_key=True, serialize=False)),
                ('company_id', models.BigIntegerField()),
                ('product_id', models.BigIntegerField()),
                ('area_id', models.BigIntegerField()),
                ('lot_id', models.BigIntegerField()),
                ('quantity', models.DecimalField(decimal_places=6, max_digits=20)),
                ('value', models.DecimalField(decimal_places=2, max_digits=18)),
                ('received', models.DecimalField(decimal_places=6, max_digits=20)),
                ('price', models.DecimalField(decimal_places=8, max_digits=20)),
                ('last_on', models.DateField(null=True)),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('quantity__gt', 0), ('value__gte', 0)), models.Q(('quantity__lt', 0), ('value__lte', 0)), models.Q(('quantity', 0), ('value', 0)), _connector='OR'), name='no_value_without_goods')],
            },
        ),
        migrations.CreateModel(
            name='Voucher',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('company_id', models.BigIntegerField()),
                ('period_id', models.BigIntegerField()),
                ('word', models.CharField(max_length=8)),
                ('number', models.BigIntegerField(null=True)),
                ('on', models.DateField()),
                ('document_type', models.CharField(max_length=64)),
                ('document_id', models.BigIntegerField()),
                ('reverses_id', models.BigIntegerField(null=True, unique=True)),
                ('at', models.DateTimeField(db_default=heyi.platform.clock.DatabaseNow())),
            ],
            options={
                'constraints': [models.UniqueConstraint(condition=models.Q(('reverses_id', None)), fields=('document_type', 'document_id'), name='posts_once'), models.UniqueConstraint(fields=('company_id', 'period_id', 'word', 'number'), name='voucher_number')],
            },
        ),
        migrations.AddConstraint(
            model_name='account',
            constraint=models.UniqueConstraint(models.F('company'), models.F('code'), name='account_code'),
        ),
        migrations.AddConstraint(
            model_name='account',
            constraint=models.UniqueConstraint(models.F('company'), models.F('role'), condition=models.Q(('role', ''), _negated=True), name='account_role'),
        ),
        migrations.AddIndex(
            model_name='journalline',
            index=models.Index(fields=['account', 'on'], name='journal_account_on'),
        ),
        migrations.AddConstraint(
            model_name='period',
            constraint=models.UniqueConstraint(models.F('company'), models.F('start'), name='period_start'),
        ),
        migrations.AddConstraint(
            model_name='postingrule',
            constraint=models.UniqueConstraint(models.F('company'), models.F('purpose'), models.F('category'), models.F('location'), models.F('valid_from'), name='posting_rule_key', nulls_distinct=False),
        ),
        migrations.AddConstraint(
            model_name='postingrule',
            constraint=models.CheckConstraint(condition=models.Q(('valid_from', None), ('valid_to', None), ('valid_to__gte', models.F('valid_from')), _connector='OR'), name='posting_rule_dates'),
        ),
    ]
