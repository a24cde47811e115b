import django.db.models.deletion
import heyi.platform.calendar.models
import heyi.platform.clock
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('platform', '0001_tables'),
    ]

    operations = [
        migrations.CreateModel(
            name='WorkCalendar',
            fields=[
                ('company', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, primary_key=True, related_name='+', serialize=False, to='platform.company')),
                ('week', models.JSONField(default=heyi.platform.calendar.models.usual_week, help_text='Spans of Monday … Sunday.')),
                ('country', models.CharField(blank=True, default='CN', max_length=2)),
                ('region', models.CharField(blank=True, default='', max_length=10)),
                ('version', models.PositiveIntegerField(default=1)),
            ],
        ),
        migrations.CreateModel(
            name='CalendarDay',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('on', models.DateField()),
                ('spans', models.JSONField(default=list, help_text='[["08:30", "12:00"], …]; none is a day off.')),
                ('name', models.CharField(blank=True, default='', max_length=100)),
                ('changed_by', models.BigIntegerField(default=0)),
                ('changed_at', models.DateTimeField(db_default=heyi.platform.clock.DatabaseNow())),
                ('company', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='platform.company')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('company', 'on'), name='calendar_day_once')],
            },
        ),
    ]
