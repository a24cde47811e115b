import django.contrib.postgres.fields
import django.db.models.deletion
import heyi.platform.clock
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('platform', '0000_clock'),
    ]

    operations = [
        migrations.CreateModel(
            name='Company',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('code', models.CharField(max_length=32, unique=True)),
                ('name', models.CharField(max_length=200)),
                ('currency', models.CharField(max_length=3)),
                ('decimals', models.PositiveSmallIntegerField(default=2)),
                ('timezone', models.CharField(default='Asia/Shanghai', max_length=64)),
                ('language', models.CharField(default='zh_hans', max_length=8)),
                ('version', models.PositiveIntegerField(default=1)),
                ('active', models.BooleanField(default=True)),
            ],
        ),
        migrations.CreateModel(
            name='GaplessSeries',
            fields=[
                ('pk', models.CompositePrimaryKey('company_id', 'series', 'period', blank=True, editable=False, primary_key=True, serialize=False)),
                ('company_id', models.BigIntegerField()),
                ('series', models.CharField(max_length=64)),
                ('period', models.CharField(max_length=8)),
                ('last', models.BigIntegerField()),
            ],
        ),
        migrations.CreateModel(
            name='ProofMark',
            fields=[
                ('proof', models.CharField(max_length=64, primary_key=True, serialize=False)),
                ('proved', models.BigIntegerField(null=True)),
                ('pending', models.BigIntegerField(null=True)),
                ('waiting', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=32), default=list, size=None)),
                ('milliseconds', models.IntegerField(help_text='Of the last look at everything.', null=True)),
                ('at', models.DateTimeField(db_default=heyi.platform.clock.DatabaseNow())),
            ],
        ),
        migrations.CreateModel(
            name='DocumentLog',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('document_type', models.CharField(max_length=64)),
                ('document_id', models.BigIntegerField()),
                ('transition', models.CharField(max_length=32)),
                ('actor_id', models.BigIntegerField(help_text='User id; 0 is the system itself.')),
                ('actor', models.CharField(help_text='Login, or policy:<name>.', max_length=64)),
                ('reason', models.TextField(blank=True, db_default='')),
                ('acknowledged', models.JSONField(default=list, help_text='Codes of warnings accepted.')),
                ('at', models.DateTimeField(db_default=heyi.platform.clock.DatabaseNow())),
            ],
            options={
                'indexes': [models.Index(fields=['document_type', 'document_id'], name='document_log')],
            },
        ),
        migrations.CreateModel(
            name='IdempotentRequest',
            fields=[
                ('pk', models.CompositePrimaryKey('company_id', 'key', blank=True, editable=False, primary_key=True, serialize=False)),
                ('company_id', models.BigIntegerField()),
                ('key', models.CharField(max_length=80)),
                ('digest', models.BinaryField(max_length=32)),
                ('result', models.JSONField(null=True)),
                ('at', models.DateTimeField(db_default=heyi.platform.clock.DatabaseNow())),
            ],
            options={
                'indexes': [models.Index(fields=['at'], name='idempotent_request_at')],
            },
        ),
        migrations.CreateModel(
            name='NumberRule',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('document_type', models.CharField(max_length=64)),
                ('pattern', models.CharField(max_length=40)),
                ('company', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='platform.company')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('company', 'document_type'), name='number_rule_once')],
            },
        ),
    ]
