"""Receiving uploads: straight to disk, and not a byte of what is announced as too large."""

import os
from typing import Any

from django.core.exceptions import RequestDataTooBig
from django.core.files.uploadhandler import TemporaryFileUploadHandler

LARGEST_MB = int(os.environ.get("HEYI_UPLOAD_MB", "100"))


class LimitedUploadHandler(TemporaryFileUploadHandler):
    """Refuses a request by its announced length before reading it, whatever address it is for."""

    def handle_raw_input(
        self, input_data: Any, META: Any, content_length: int, boundary: Any, encoding: Any = None
    ) -> None:
        if content_length > LARGEST_MB * 1024 * 1024:
            raise RequestDataTooBig(f"an upload of {content_length} bytes")
