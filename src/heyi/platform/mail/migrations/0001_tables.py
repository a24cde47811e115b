import django.contrib.postgres.fields
import heyi.platform.clock
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('platform', '0001_tables'),
    ]

    operations = [
        migrations.CreateModel(
            name='Mail',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('company_id', models.BigIntegerField(null=True)),
                ('key', models.CharField(blank=True, default='', max_length=120)),
                ('to', django.contrib.postgres.fields.ArrayField(base_field=models.EmailField(max_length=254), size=None)),
                ('subject', models.CharField(max_length=200)),
                ('text', models.TextField()),
                ('html', models.TextField(blank=True, default='')),
                ('message_id', models.CharField(help_text='The same at every attempt.', max_length=120)),
                ('state', models.CharField(default='queued', max_length=10)),
                ('queued_at', models.DateTimeField(db_default=heyi.platform.clock.DatabaseNow())),
                ('sent_at', models.DateTimeField(null=True)),
            ],
            options={
                'constraints': [models.UniqueConstraint(condition=models.Q(('key', ''), _negated=True), fields=('key',), name='mail_key_once')],
            },
        ),
    ]
