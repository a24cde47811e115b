import django.db.models.deletion
import heyi.platform.clock
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('platform', '0001_tables'),
    ]

    operations = [
        migrations.CreateModel(
            name='Category',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('code', models.CharField(max_length=40)),
                ('name', models.CharField(max_length=200)),
                ('initials', models.CharField(blank=True, default='', help_text='Pinyin initials of the name, for search.', max_length=200)),
                ('active', models.BooleanField(default=True)),
                ('version', models.PositiveIntegerField(default=1)),
                ('extra', models.JSONField(blank=True, default=dict)),
                ('changed_by', models.BigIntegerField(default=0, editable=False, help_text='User id; 0 system.')),
                ('changed_at', models.DateTimeField(db_default=heyi.platform.clock.DatabaseNow(), editable=False)),
                ('costing', models.CharField(choices=[('average', 'average'), ('fifo', 'fifo'), ('standard', 'standard'), ('periodic', 'periodic')], default='average', max_length=10)),
                ('by_lot', models.BooleanField(default=False, help_text='Each lot keeps its own cost.')),
                ('company', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='platform.company')),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='Product',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('code', models.CharField(max_length=40)),
                ('name', models.CharField(max_length=200)),
                ('initials', models.CharField(blank=True, default='', help_text='Pinyin initials of the name, for search.', max_length=200)),
                ('active', models.BooleanField(default=True)),
                ('version', models.PositiveIntegerField(default=1)),
                ('extra', models.JSONField(blank=True, default=dict)),
                ('changed_by', models.BigIntegerField(default=0, editable=False, help_text='User id; 0 system.')),
                ('changed_at', models.DateTimeField(db_default=heyi.platform.clock.DatabaseNow(), editable=False)),
                ('specification', models.CharField(blank=True, default='', max_length=200)),
                ('barcode', models.CharField(blank=True, default='', max_length=64)),
                ('tracking', models.CharField(choices=[('none', 'none'), ('lot', 'lot'), ('serial', 'serial')], default='none', max_length=8)),
                ('negative', models.CharField(choices=[('location', 'location'), ('allow', 'allow'), ('refuse', 'refuse')], default='location', help_text='May a place go below zero? By default the place decides.', max_length=8)),
                ('price', models.DecimalField(decimal_places=8, default=0, help_text='Sales price per base unit, without tax.', max_digits=20)),
                ('standard', models.DecimalField(decimal_places=8, default=0, help_text='Standard cost per base unit.', max_digits=20)),
                ('category', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='product.category')),
                ('company', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='platform.company')),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='Unit',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('code', models.CharField(max_length=40)),
                ('name', models.CharField(max_length=200)),
                ('initials', models.CharField(blank=True, default='', help_text='Pinyin initials of the name, for search.', max_length=200)),
                ('active', models.BooleanField(default=True)),
                ('version', models.PositiveIntegerField(default=1)),
                ('extra', models.JSONField(blank=True, default=dict)),
                ('changed_by', models.BigIntegerField(default=0, editable=False, help_text='User id; 0 system.')),
                ('changed_at', models.DateTimeField(db_default=heyi.platform.clock.DatabaseNow(), editable=False)),
                ('decimals', models.PositiveSmallIntegerField(default=0)),
                ('company', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='platform.company')),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='ProductUnit',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('numerator', models.PositiveBigIntegerField()),
                ('denominator', models.PositiveBigIntegerField(default=1)),
                ('product', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='units', to='product.product')),
                ('unit', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='product.unit')),
            ],
        ),
        migrations.AddField(
            model_name='product',
            name='unit',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='product.unit'),
        ),
        migrations.AddConstraint(
            model_name='category',
            constraint=models.UniqueConstraint(fields=('company', 'code'), name='product_category_code', nulls_distinct=False),
        ),
        migrations.AddConstraint(
            model_name='unit',
            constraint=models.UniqueConstraint(fields=('company', 'code'), name='product_unit_code', nulls_distinct=False),
        ),
        migrations.AddConstraint(
            model_name='productunit',
            constraint=models.UniqueConstraint(fields=('product', 'unit'), name='product_unit_once'),
        ),
        migrations.AddConstraint(
            model_name='productunit',
            constraint=models.CheckConstraint(condition=models.Q(('denominator__gt', 0), ('numerator__gt', 0)), name='unit_ratio_positive'),
        ),
        migrations.AddConstraint(
            model_name='product',
            constraint=models.UniqueConstraint(fields=('company', 'code'), name='product_product_code', nulls_distinct=False),
        ),
    ]
