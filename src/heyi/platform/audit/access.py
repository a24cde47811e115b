"""Who reads what was done."""

from heyi.platform.access import Access

RECORD = Access(type="audit.record", verbs={"read": {"system.administrator"}}, company="company_id")
