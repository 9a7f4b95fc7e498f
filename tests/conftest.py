"""What every test starts from."""

from __future__ import annotations

import atexit
import os
import shutil
import tempfile

# Runs of toy engines have nothing to say to the workflow that runs the tests.
for name in ("GITHUB_ACTIONS", "GITHUB_STEP_SUMMARY"):
    os.environ.pop(name, None)

# Indexes of the corpora that tests make are of no use to the user who runs them.
_CACHE = tempfile.mkdtemp(prefix="drt-cache-")
os.environ["XDG_CACHE_HOME"] = _CACHE
atexit.register(shutil.rmtree, _CACHE, ignore_errors=True)
