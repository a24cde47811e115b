"""Departments and employees. HR keeps more about a person; this is what everybody needs."""

from django.db import models
from django.db.models import Q

from heyi.platform.models import Master, link


class Department(Master):
    """A part of the company. Its head answers for it and for all parts below it."""

    parent = link("people.Department", null=True, blank=True)
    head = link("people.Employee", null=True, blank=True)

    class Meta(Master.Meta):
        constraints = [
            *Master.Meta.constraints,
            models.CheckConstraint(condition=Q(company__isnull=False), name="department_company"),
        ]
        indexes = [models.Index(fields=["parent"], name="department_parent")]


class Employee(Master):
    """Somebody who works here. `user` is how they sign in, `party` whom finance pays; both may be
    missing."""

    department = link("people.Department", null=True, blank=True)
    title = models.CharField(max_length=80, blank=True, default="", help_text="As on their card.")
    user = link("identity.User", null=True, blank=True)
    party = link("party.Party", null=True, blank=True)

    class Meta(Master.Meta):
        constraints = [
            *Master.Meta.constraints,
            models.CheckConstraint(condition=Q(company__isnull=False), name="employee_company"),
            models.UniqueConstraint(
                fields=["company", "user"], condition=Q(user__isnull=False), name="employee_user"
            ),
        ]
        indexes = [models.Index(fields=["department"], name="employee_department")]
