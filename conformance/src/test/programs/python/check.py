# Copyright The Nacelle Authors
# SPDX-License-Identifier: Apache-2.0
"""Exercises CPython's interpreter and library and files; prints only what is
the same everywhere."""
import decimal
import functools
import hashlib
import json
import os
import re
import struct
import sys
import zlib

directory = sys.argv[1]


@functools.lru_cache(maxsize=None)
def fib(n):
    return n if n < 2 else fib(n - 1) + fib(n - 2)


class Tree:
    def __init__(self, depth):
        self.children = [Tree(depth - 1) for _ in range(3)] if depth else []

    def size(self):
        return 1 + sum(child.size() for child in self.children)


print("arguments", sys.argv[2:])
print("environment", os.environ.get("GREETING"))
print("fib", fib(30), sum(map(fib, range(90))))
print("tree", Tree(6).size())
print("big", pow(3, 1000, 10**40))
decimal.getcontext().prec = 50
print("decimal", decimal.Decimal(2).sqrt())
print("float", repr(0.1 + 0.2), (2.5).hex(), struct.pack("<d", 1e-310).hex())
print("sorted", sorted("the quick brown fox jumps over the lazy dog".split(), key=lambda w: (len(w), w)))
print("regex", re.findall(r"(\w+)@(\w+)\.org", "a@b.org, carol@example.org"))
print("json", json.dumps({"z": [1, 2.5, None], "a": "\u00e9"}, sort_keys=True))
print("sha256", hashlib.sha256(b"nacelle" * 1000).hexdigest())
print("crc32", zlib.crc32(b"nacelle" * 1000))
print("generator", sum(i * i for i in range(100000) if i % 7))
try:
    {}["missing"]
except KeyError as error:
    print("caught", repr(error))

names = [os.path.join(directory, f"file-{i}.json") for i in range(20)]
for i, name in enumerate(names):
    with open(name, "w") as file:
        json.dump({"number": i, "square": i * i}, file)
print("listed", len(os.listdir(directory)), sorted(os.listdir(directory))[:3])
total = 0
for name in names:
    with open(name) as file:
        total += json.load(file)["square"]
print("total", total)
os.mkdir(os.path.join(directory, "sub"))
os.rename(names[0], os.path.join(directory, "sub", "moved.json"))
print("walk", [(os.path.basename(at), len(dirs), len(files)) for at, dirs, files in os.walk(directory)][1:])
print("size", os.stat(names[1]).st_size)
try:
    open(os.path.join(directory, "..", "outside"), "w")
    print("escaped")
except OSError:
    print("refused")
os.remove(os.path.join(directory, "sub", "moved.json"))
os.rmdir(os.path.join(directory, "sub"))
for name in names[1:]:
    os.remove(name)
print("left", os.listdir(directory))
print("input", sys.stdin.read().upper().split())
sys.exit(3)
