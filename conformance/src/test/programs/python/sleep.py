# Copyright The Nacelle Authors
# SPDX-License-Identifier: Apache-2.0
"""Sleeps: CPython waits for an absolute time of the monotonic clock."""
import time

before = time.monotonic()
time.sleep(0.05)
passed = time.monotonic() - before
print("long enough", passed >= 0.05)
print("not too long", passed < 5)
