"""The product's worker, with the stage module in it: `python -m tests.work.worker`."""

import django

django.setup()

from heyi.platform.jobs.worker import main  # noqa: E402
from tests.work import stage  # noqa: E402

stage.enter()
main()
