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
            name='Definition',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('screen', models.CharField(max_length=64)),
                ('on', models.CharField(choices=[('header', 'header'), ('lines', 'lines')], max_length=6)),
                ('key', models.CharField(max_length=32)),
                ('kind', models.CharField(max_length=8)),
                ('texts', models.JSONField(help_text='{"zh_hant": …, "zh_hans": …, "en": …}')),
                ('required', models.BooleanField(default=False)),
                ('decimals', models.PositiveSmallIntegerField(null=True)),
                ('max_length', models.PositiveSmallIntegerField(null=True)),
                ('choices', models.JSONField(default=list, help_text='[{"value": …, "texts": {…}, "retired": bool}]')),
                ('place', models.PositiveSmallIntegerField(default=0, help_text='Order on the screen.')),
                ('retired', models.BooleanField(default=False)),
                ('version', models.PositiveIntegerField(default=1)),
                ('changed_by', models.BigIntegerField(help_text='User id; 0 system.')),
                ('changed_at', models.DateTimeField(db_default=heyi.platform.clock.DatabaseNow())),
                ('company', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='platform.company')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('company', 'screen', 'on', 'key'), name='extra_definition_once')],
            },
        ),
    ]
