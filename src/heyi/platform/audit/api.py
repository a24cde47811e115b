"""What others may use of the audit."""

from heyi.platform.audit.chain import extend, verify
from heyi.platform.audit.origin import client_ip, ip
from heyi.platform.audit.records import Entry, differences, record

__all__ = ["Entry", "client_ip", "differences", "extend", "ip", "record", "verify"]
