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
            name='Party',
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
                ('is_customer', models.BooleanField(default=False)),
                ('is_supplier', models.BooleanField(default=False)),
                ('tax_number', models.CharField(blank=True, default='', max_length=32)),
                ('phone', models.CharField(blank=True, default='', max_length=40)),
                ('email', models.EmailField(blank=True, default='', max_length=254)),
                ('address', models.CharField(blank=True, default='', max_length=300)),
                ('company', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='platform.company')),
            ],
            options={
                'abstract': False,
                'constraints': [models.UniqueConstraint(fields=('company', 'code'), name='party_party_code', nulls_distinct=False)],
            },
        ),
    ]
