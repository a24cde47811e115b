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
            name='Case',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('code', models.CharField(max_length=100)),
                ('kind', models.CharField(choices=[('data', 'data'), ('system', 'system'), ('process', 'process'), ('user', 'user'), ('vendor', 'vendor'), ('external', 'external')], max_length=10)),
                ('severity', models.CharField(choices=[('minor', 'minor'), ('major', 'major'), ('critical', 'critical')], max_length=10)),
                ('state', models.CharField(choices=[('open', 'Open'), ('assigned', 'Assigned'), ('resolved', 'Resolved'), ('dismissed', 'Dismissed')], default='open', max_length=10)),
                ('version', models.PositiveIntegerField(default=1)),
                ('params', models.JSONField(default=dict, help_text='Of the latest occurrence.')),
                ('refs', models.JSONField(default=list, help_text='[["sales.delivery", 7], …]; the first 50.')),
                ('count', models.PositiveIntegerField(default=1)),
                ('fingerprint', models.CharField(max_length=64)),
                ('owner', models.CharField(help_text='The role that must deal with it.', max_length=64)),
                ('assignee_id', models.BigIntegerField(null=True)),
                ('opened_by', models.BigIntegerField(default=0)),
                ('opened_at', models.DateTimeField(db_default=heyi.platform.clock.DatabaseNow())),
                ('last_at', models.DateTimeField(db_default=heyi.platform.clock.DatabaseNow())),
                ('due_at', models.DateTimeField()),
                ('ended_at', models.DateTimeField(null=True)),
                ('cause', models.CharField(blank=True, choices=[('data', 'data'), ('system', 'system'), ('process', 'process'), ('user', 'user'), ('vendor', 'vendor'), ('external', 'external')], default='', max_length=10)),
                ('remedy', models.CharField(blank=True, default='', max_length=500)),
                ('trace', models.CharField(blank=True, default='', max_length=64)),
                ('company', models.ForeignKey(db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='platform.company')),
            ],
        ),
        migrations.CreateModel(
            name='CaseLog',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('action', models.CharField(max_length=12)),
                ('actor_id', models.BigIntegerField(default=0)),
                ('actor', models.CharField(default='system', max_length=64)),
                ('text', models.TextField(blank=True, default='')),
                ('details', models.JSONField(default=dict)),
                ('at', models.DateTimeField(db_default=heyi.platform.clock.DatabaseNow())),
                ('case', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='log', to='exceptions.case')),
            ],
        ),
        migrations.AddIndex(
            model_name='case',
            index=models.Index(fields=['company', 'state', 'due_at', 'id'], name='case_queue'),
        ),
        migrations.AddIndex(
            model_name='case',
            index=models.Index(condition=models.Q(('state', 'assigned')), fields=['assignee_id'], name='case_assignee'),
        ),
        migrations.AddConstraint(
            model_name='case',
            constraint=models.UniqueConstraint(condition=models.Q(('state__in', ['open', 'assigned'])), fields=('company', 'fingerprint'), name='case_open_once', nulls_distinct=False),
        ),
    ]
