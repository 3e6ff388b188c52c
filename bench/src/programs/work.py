# Copyright The Nacelle Authors
# SPDX-License-Identifier: Apache-2.0
#
# Some of everything that programs in Python do: numbers, lists, dictionaries, strings, objects, and
# exceptions. Prints a checksum.


class Particle:
    def __init__(self, x, v):
        self.x = x
        self.v = v

    def move(self, by):
        self.x += self.v * by
        if self.x > 10 or self.x < -10:
            self.v = -self.v


def primes(limit):
    composite = bytearray(limit)
    found = []
    for n in range(2, limit):
        if not composite[n]:
            found.append(n)
            composite[n * n :: n] = b"\1" * len(range(n * n, limit, n))
    return found


def words(count):
    counts = {}
    x = 12345
    for _ in range(count):
        x = (x * 1103515245 + 12345) & 0x7FFFFFFF
        word = "w%d" % (x >> 16 & 255)
        counts[word] = counts.get(word, 0) + 1
    return sorted(counts.items(), key=lambda item: (-item[1], item[0]))


def fails(n):
    caught = 0
    for i in range(n):
        try:
            if i % 3 == 0:
                raise ValueError(i)
        except ValueError as e:
            caught += e.args[0] & 7
    return caught


def main(rounds):
    total = 0
    for r in range(rounds):
        particles = [Particle(i * 0.25, 1 - i * 0.125) for i in range(50)]
        for _ in range(40):
            for particle in particles:
                particle.move(0.5)
        total += sum(int(particle.x * 8) for particle in particles)
        total += sum(primes(4000 + r)) % 1000
        total += len(",".join(word for word, _ in words(2000)))
        total += fails(1000)
    print(total)


main(ROUNDS)
