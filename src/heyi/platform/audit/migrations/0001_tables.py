import heyi.platform.clock
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('platform', '0001_tables'),
    ]

    operations = [
        migrations.CreateModel(
            name='Seal',
            fields=[
                ('position', models.BigIntegerField(primary_key=True, serialize=False)),
                ('record_id', models.BigIntegerField(unique=True)),
                ('hash', models.BinaryField(max_length=32)),
            ],
            options={
                'db_table': 'audit_seal',
            },
        ),
        migrations.CreateModel(
            name='Unsealed',
            fields=[
                ('record_id', models.BigIntegerField(primary_key=True, serialize=False)),
            ],
            options={
                'db_table': 'audit_unsealed',
            },
        ),
        migrations.CreateModel(
            name='AuditRecord',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('company_id', models.BigIntegerField(help_text='0 where no company is concerned.')),
                ('at', models.DateTimeField(db_default=heyi.platform.clock.DatabaseNow())),
                ('actor_id', models.BigIntegerField(help_text='User id; 0 is the system, or a stranger.')),
                ('actor', models.CharField(max_length=64)),
                ('ip', models.CharField(help_text='Empty for work of the system itself.', max_length=45)),
                ('action', models.CharField(max_length=64)),
                ('subject_type', models.CharField(max_length=64)),
                ('subject_id', models.BigIntegerField()),
                ('changes', models.JSONField(default=dict)),
                ('reason', models.TextField(blank=True)),
                ('trace', models.CharField(blank=True, max_length=64)),
            ],
            options={
                'db_table': 'audit_record',
                'indexes': [models.Index(fields=['subject_type', 'subject_id', '-id'], name='audit_subject'), models.Index(fields=['company_id', '-id'], name='audit_company'), models.Index(fields=['actor_id', '-id'], name='audit_actor')],
            },
        ),
    ]
