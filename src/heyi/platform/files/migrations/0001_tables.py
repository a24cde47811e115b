import heyi.platform.clock
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('platform', '0001_tables'),
    ]

    operations = [
        migrations.CreateModel(
            name='Attachment',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('company_id', models.BigIntegerField()),
                ('subject_type', models.CharField(max_length=64)),
                ('subject_id', models.BigIntegerField()),
                ('name', models.CharField(max_length=255)),
                ('media_type', models.CharField(help_text='By content, not by name.', max_length=100)),
                ('size', models.BigIntegerField(help_text='Bytes.')),
                ('sha256', models.CharField(max_length=64)),
                ('state', models.CharField(default='ready', max_length=12)),
                ('added_by', models.BigIntegerField()),
                ('added_by_login', models.CharField(max_length=64)),
                ('added_at', models.DateTimeField(db_default=heyi.platform.clock.DatabaseNow())),
                ('withdrawn_by', models.CharField(max_length=64, null=True)),
                ('withdrawn_at', models.DateTimeField(null=True)),
                ('reason', models.CharField(blank=True, default='', max_length=500)),
            ],
            options={
                'indexes': [models.Index(fields=['subject_type', 'subject_id', '-id'], name='attachment_on'), models.Index(fields=['sha256'], name='attachment_content'), models.Index(condition=models.Q(('state', 'quarantined')), fields=['id'], name='attachment_waiting')],
            },
        ),
    ]
