"""Whom we deal with."""

from django.db import models

from heyi.platform.models import Master


class Party(Master):
    """A person or organisation we deal with. Customer and supplier are facts about it."""

    is_customer = models.BooleanField(default=False)
    is_supplier = models.BooleanField(default=False)
    tax_number = models.CharField(max_length=32, blank=True, default="")
    phone = models.CharField(max_length=40, blank=True, default="")
    email = models.EmailField(blank=True, default="")
    address = models.CharField(max_length=300, blank=True, default="")
