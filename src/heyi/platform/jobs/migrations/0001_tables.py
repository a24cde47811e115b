import heyi.platform.clock
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('platform', '0001_tables'),
    ]

    operations = [
        migrations.CreateModel(
            name='HandledEvent',
            fields=[
                ('pk', models.CompositePrimaryKey('handler', 'event_id', blank=True, editable=False, primary_key=True, serialize=False)),
                ('handler', models.CharField(max_length=200)),
                ('event_id', models.UUIDField()),
                ('at', models.DateTimeField(db_default=heyi.platform.clock.DatabaseNow())),
            ],
        ),
        migrations.CreateModel(
            name='JobRun',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=100)),
                ('company_id', models.BigIntegerField(null=True)),
                ('actor_id', models.BigIntegerField(default=0)),
                ('actor', models.CharField(default='system', max_length=64)),
                ('language', models.CharField(default='en', max_length=8)),
                ('args', models.JSONField(default=dict)),
                ('state', models.CharField(choices=[('queued', 'queued'), ('running', 'running'), ('done', 'done'), ('failed', 'failed'), ('cancelled', 'cancelled')], default='queued', max_length=10)),
                ('total', models.BigIntegerField(null=True)),
                ('done', models.BigIntegerField(default=0)),
                ('cancel', models.BooleanField(default=False, help_text='Someone asked it to stop.')),
                ('result', models.JSONField(null=True)),
                ('error', models.TextField(default='')),
                ('trace', models.CharField(default='', max_length=64)),
                ('created_at', models.DateTimeField(db_default=heyi.platform.clock.DatabaseNow())),
                ('started_at', models.DateTimeField(null=True)),
                ('finished_at', models.DateTimeField(null=True)),
            ],
            options={
                'indexes': [models.Index(fields=['company_id', '-id'], name='job_run_company')],
            },
        ),
        migrations.CreateModel(
            name='ParkedEvent',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('handler', models.CharField(max_length=200)),
                ('event_id', models.UUIDField()),
                ('topic', models.CharField(max_length=100)),
                ('key', models.CharField(max_length=200)),
                ('payload', models.JSONField()),
                ('job_id', models.BigIntegerField(help_text="The waiting job in procrastinate's table.")),
                ('company_id', models.BigIntegerField(null=True)),
                ('case_id', models.BigIntegerField(help_text='The exception case it opened.', null=True)),
                ('error', models.TextField(help_text='The last failure, for whoever repairs it.')),
                ('state', models.CharField(choices=[('parked', 'parked'), ('retrying', 'retrying'), ('done', 'done'), ('skipped', 'skipped')], default='parked', max_length=10)),
                ('parked_at', models.DateTimeField(db_default=heyi.platform.clock.DatabaseNow())),
            ],
            options={
                'indexes': [models.Index(condition=models.Q(('state__in', ['parked', 'retrying'])), fields=['company_id', '-id'], name='parked_event_open')],
                'constraints': [models.UniqueConstraint(fields=('handler', 'event_id'), name='parked_event_once')],
            },
        ),
    ]
