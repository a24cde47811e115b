import heyi.platform.clock
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('platform', '0001_tables'),
    ]

    operations = [
        migrations.CreateModel(
            name='Notice',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('company_id', models.BigIntegerField()),
                ('user_id', models.BigIntegerField()),
                ('kind', models.CharField(max_length=64)),
                ('params', models.JSONField(default=dict)),
                ('subject_type', models.CharField(blank=True, default='', max_length=64)),
                ('subject_id', models.BigIntegerField(null=True)),
                ('actor', models.CharField(default='system', max_length=64)),
                ('at', models.DateTimeField(db_default=heyi.platform.clock.DatabaseNow())),
                ('read_at', models.DateTimeField(null=True)),
            ],
            options={
                'indexes': [models.Index(fields=['user_id', 'company_id', '-id'], name='notice_of'), models.Index(condition=models.Q(('read_at__isnull', True)), fields=['user_id', 'company_id'], name='notice_unread'), models.Index(condition=models.Q(('read_at__isnull', True)), fields=['subject_id', 'subject_type'], name='notice_subject')],
            },
        ),
    ]
