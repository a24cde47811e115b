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
            name='Batch',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('screen', models.CharField(max_length=64)),
                ('state', models.CharField(choices=[('uploaded', 'uploaded'), ('mapped', 'mapped'), ('staged', 'staged'), ('validated', 'validated'), ('approved', 'approved'), ('loading', 'loading'), ('loaded', 'loaded'), ('withdrawn', 'withdrawn')], default='uploaded', max_length=9)),
                ('version', models.PositiveIntegerField(default=1)),
                ('file_name', models.CharField(max_length=200)),
                ('digest', models.CharField(help_text='SHA-256 of the file, hexadecimal.', max_length=64)),
                ('size', models.PositiveIntegerField(help_text='Bytes.')),
                ('format', models.CharField(max_length=4)),
                ('encoding', models.CharField(blank=True, default='', max_length=16)),
                ('delimiter', models.CharField(blank=True, default='', max_length=1)),
                ('sheet', models.CharField(blank=True, default='', max_length=100)),
                ('head', models.JSONField(help_text='The head of each column of the file.')),
                ('mapping', models.JSONField(default=list, help_text='For each column a path, or null.')),
                ('rows', models.PositiveIntegerField(default=0)),
                ('created_by', models.BigIntegerField(help_text='User id.')),
                ('approved_by', models.BigIntegerField(help_text='User id; what it may do is loaded.', null=True)),
                ('run', models.BigIntegerField(help_text='The job that loads it.', null=True)),
                ('created_at', models.DateTimeField(db_default=heyi.platform.clock.DatabaseNow())),
                ('company', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='platform.company')),
            ],
        ),
        migrations.CreateModel(
            name='BatchFile',
            fields=[
                ('batch', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='file', serialize=False, to='imports.batch')),
                ('content', models.BinaryField()),
            ],
        ),
        migrations.CreateModel(
            name='LoadLink',
            fields=[
                ('pk', models.CompositePrimaryKey('company_id', 'screen', 'key', blank=True, editable=False, primary_key=True, serialize=False)),
                ('company_id', models.BigIntegerField()),
                ('screen', models.CharField(max_length=64)),
                ('key', models.CharField(max_length=200)),
                ('target', models.BigIntegerField()),
                ('digest', models.CharField(max_length=64)),
                ('batch', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='imports.batch')),
            ],
        ),
        migrations.CreateModel(
            name='StageEdit',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('no', models.PositiveIntegerField()),
                ('path', models.CharField(max_length=100)),
                ('before', models.TextField()),
                ('after', models.TextField()),
                ('actor_id', models.BigIntegerField()),
                ('actor', models.CharField(max_length=64)),
                ('at', models.DateTimeField(db_default=heyi.platform.clock.DatabaseNow())),
                ('batch', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='edits', to='imports.batch')),
            ],
        ),
        migrations.CreateModel(
            name='StageRow',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('no', models.PositiveIntegerField()),
                ('cells', models.JSONField()),
                ('fixed', models.JSONField(default=dict)),
                ('typed', models.JSONField(default=dict)),
                ('record', models.PositiveIntegerField(default=0)),
                ('key', models.CharField(blank=True, default='', max_length=200)),
                ('digest', models.CharField(blank=True, default='', help_text='Of the record.', max_length=64)),
                ('state', models.CharField(choices=[('staged', 'staged'), ('valid', 'valid'), ('invalid', 'invalid'), ('aside', 'aside'), ('loaded', 'loaded')], default='staged', max_length=7)),
                ('issues', models.JSONField(default=list)),
                ('action', models.CharField(blank=True, default='', help_text='What loading did.', max_length=9)),
                ('target', models.BigIntegerField(help_text='The record it became.', null=True)),
                ('batch', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='staged', to='imports.batch')),
            ],
        ),
        migrations.AddIndex(
            model_name='batch',
            index=models.Index(fields=['company', 'screen', '-id'], name='batch_screen'),
        ),
        migrations.AddIndex(
            model_name='stagerow',
            index=models.Index(fields=['batch', 'state', 'record'], name='stage_row_state'),
        ),
        migrations.AddConstraint(
            model_name='stagerow',
            constraint=models.UniqueConstraint(fields=('batch', 'no'), name='stage_row_once'),
        ),
    ]
