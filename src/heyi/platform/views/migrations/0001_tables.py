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
            name='View',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('screen', models.CharField(max_length=64)),
                ('owner', models.BigIntegerField(help_text='User id.')),
                ('shared', models.BooleanField(default=False, help_text='For everybody in the company.')),
                ('name', models.CharField(max_length=60)),
                ('columns', models.JSONField(default=list, help_text='[{"path": …, "width": pixels or null}]')),
                ('filter', models.JSONField(default=dict)),
                ('search', models.CharField(blank=True, default='', max_length=200)),
                ('order', models.CharField(blank=True, default='', max_length=200)),
                ('preset', models.CharField(blank=True, default='', max_length=64)),
                ('removed', models.BooleanField(default=False)),
                ('version', models.PositiveIntegerField(default=1)),
                ('changed_at', models.DateTimeField(db_default=heyi.platform.clock.DatabaseNow())),
                ('company', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='platform.company')),
            ],
        ),
        migrations.CreateModel(
            name='FirstView',
            fields=[
                ('pk', models.CompositePrimaryKey('company_id', 'user_id', 'screen', blank=True, editable=False, primary_key=True, serialize=False)),
                ('company_id', models.BigIntegerField()),
                ('user_id', models.BigIntegerField()),
                ('screen', models.CharField(max_length=64)),
                ('view', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='views.view')),
            ],
        ),
        migrations.AddIndex(
            model_name='view',
            index=models.Index(fields=['company', 'screen'], name='view_screen'),
        ),
        migrations.AddConstraint(
            model_name='view',
            constraint=models.UniqueConstraint(condition=models.Q(('removed', False)), fields=('company', 'screen', 'owner', 'name'), name='view_name_once'),
        ),
    ]
