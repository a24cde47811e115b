import django.contrib.postgres.fields
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
            name='Policy',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('document_type', models.CharField(max_length=64)),
                ('code', models.CharField(max_length=40)),
                ('version', models.PositiveIntegerField(help_text='Of the code: 1, 2, …')),
                ('name', models.CharField(max_length=100)),
                ('rank', models.PositiveIntegerField(default=10, help_text='The first that applies is taken.')),
                ('flow', models.JSONField(help_text='See rules.parse.')),
                ('state', models.CharField(choices=[('draft', 'Draft'), ('published', 'Published'), ('retired', 'Retired')], default='draft', max_length=10)),
                ('changed_by', models.BigIntegerField(default=0)),
                ('created_at', models.DateTimeField(db_default=heyi.platform.clock.DatabaseNow())),
                ('published_at', models.DateTimeField(null=True)),
                ('company', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='platform.company')),
            ],
        ),
        migrations.CreateModel(
            name='Request',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('document_type', models.CharField(max_length=64)),
                ('document_id', models.BigIntegerField()),
                ('number', models.CharField(max_length=40)),
                ('submitter_id', models.BigIntegerField()),
                ('submitter', models.CharField(max_length=64)),
                ('amount', models.DecimalField(decimal_places=2, max_digits=18, null=True)),
                ('department', models.BigIntegerField(null=True)),
                ('warehouse', models.BigIntegerField(null=True)),
                ('roles', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=64), default=list, size=None)),
                ('state', models.CharField(choices=[('running', 'Running'), ('approved', 'Approved'), ('rejected', 'Rejected'), ('returned', 'Returned'), ('withdrawn', 'Withdrawn')], default='running', max_length=10)),
                ('position', models.PositiveIntegerField(default=0, help_text='Of the step it is at, or ended at.')),
                ('started_at', models.DateTimeField(db_default=heyi.platform.clock.DatabaseNow())),
                ('ended_at', models.DateTimeField(null=True)),
                ('company', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='platform.company')),
                ('policy', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='approvals.policy')),
            ],
        ),
        migrations.CreateModel(
            name='Node',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('position', models.PositiveIntegerField()),
                ('mode', models.CharField(max_length=4)),
                ('state', models.CharField(default='active', max_length=10)),
                ('started_at', models.DateTimeField(db_default=heyi.platform.clock.DatabaseNow())),
                ('ended_at', models.DateTimeField(null=True)),
                ('request', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='nodes', to='approvals.request')),
            ],
        ),
        migrations.CreateModel(
            name='Task',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('user_id', models.BigIntegerField()),
                ('source', models.CharField(default='policy', max_length=12)),
                ('asked_by', models.BigIntegerField(default=0)),
                ('required', models.BooleanField(default=False, help_text='Must agree whatever the mode.')),
                ('state', models.CharField(default='open', max_length=12)),
                ('due_at', models.DateTimeField(null=True)),
                ('opened_at', models.DateTimeField(db_default=heyi.platform.clock.DatabaseNow())),
                ('decided_by', models.BigIntegerField(null=True)),
                ('decided_at', models.DateTimeField(null=True)),
                ('company', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='platform.company')),
                ('node', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='tasks', to='approvals.node')),
                ('request', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='tasks', to='approvals.request')),
            ],
        ),
        migrations.CreateModel(
            name='Decision',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('verb', models.CharField(max_length=12)),
                ('actor_id', models.BigIntegerField()),
                ('actor', models.CharField(max_length=64)),
                ('on_behalf_of', models.BigIntegerField(help_text="Whose task it was, if another's.", null=True)),
                ('to', models.BigIntegerField(help_text='Whom a task was passed to.', null=True)),
                ('step', models.CharField(blank=True, default='', max_length=100)),
                ('reason', models.TextField(blank=True, default='')),
                ('acknowledged', models.JSONField(default=list, help_text='Codes of warnings accepted.')),
                ('at', models.DateTimeField(db_default=heyi.platform.clock.DatabaseNow())),
                ('request', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='decisions', to='approvals.request')),
                ('task', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='approvals.task')),
            ],
        ),
        migrations.CreateModel(
            name='Delegation',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('from_user', models.BigIntegerField()),
                ('to_user', models.BigIntegerField()),
                ('starts', models.DateField()),
                ('ends', models.DateField()),
                ('types', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=64), blank=True, default=list, size=None)),
                ('reason', models.CharField(blank=True, default='', max_length=200)),
                ('made_by', models.BigIntegerField()),
                ('made_at', models.DateTimeField(db_default=heyi.platform.clock.DatabaseNow())),
                ('withdrawn_at', models.DateTimeField(null=True)),
                ('company', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='platform.company')),
            ],
            options={
                'indexes': [models.Index(fields=['to_user', 'company', 'ends'], name='delegation_to')],
                'constraints': [models.CheckConstraint(condition=models.Q(('ends__gte', models.F('starts'))), name='delegation_days'), models.CheckConstraint(condition=models.Q(('from_user', models.F('to_user')), _negated=True), name='delegation_to_another')],
            },
        ),
        migrations.AddConstraint(
            model_name='policy',
            constraint=models.UniqueConstraint(fields=('company', 'document_type', 'code', 'version'), name='policy_version'),
        ),
        migrations.AddConstraint(
            model_name='policy',
            constraint=models.UniqueConstraint(condition=models.Q(('state', 'published')), fields=('company', 'document_type', 'code'), name='policy_published_once'),
        ),
        migrations.AddIndex(
            model_name='request',
            index=models.Index(fields=['document_type', 'document_id', '-id'], name='request_document'),
        ),
        migrations.AddIndex(
            model_name='request',
            index=models.Index(fields=['company', 'submitter_id', '-id'], name='request_submitter'),
        ),
        migrations.AddConstraint(
            model_name='request',
            constraint=models.UniqueConstraint(condition=models.Q(('state', 'running')), fields=('document_type', 'document_id'), name='request_running_once'),
        ),
        migrations.AddConstraint(
            model_name='node',
            constraint=models.UniqueConstraint(condition=models.Q(('state', 'active')), fields=('request',), name='node_active_once'),
        ),
        migrations.AddIndex(
            model_name='task',
            index=models.Index(condition=models.Q(('state', 'open')), fields=['user_id', 'company'], name='task_inbox'),
        ),
        migrations.AddIndex(
            model_name='task',
            index=models.Index(condition=models.Q(('state', 'open')), fields=['due_at'], name='task_due'),
        ),
        migrations.AddConstraint(
            model_name='task',
            constraint=models.UniqueConstraint(condition=models.Q(('state', 'open')), fields=('node', 'user_id'), name='task_open_once'),
        ),
    ]
