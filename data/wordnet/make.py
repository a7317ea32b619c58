#!/usr/bin/env python3
"""Makes synsets.gz and exceptions.gz from the files of Debian's package wordnet-base (WordNet 3.0): make.py [FOLDER]

synsets: a line with a word (lower case, '_' for spaces), then a line with the offsets of its synsets of all parts of speech.
exceptions: a line with a base form, then a line with its irregular forms.
"""
import gzip
import sys

FOLDER = sys.argv[1] if len(sys.argv) > 1 else "/usr/share/wordnet"

# Debian mends entries of WordNet 3.0, which moves the synsets after them. From an offset on: what leads back to WordNet's own offset.
MOVED = {"verb": [(613036, -18), (2422967, 0)], "adj": [(1681478, -1)]}


def original(part, offset):
    return offset + next((by for start, by in reversed(MOVED.get(part, [])) if offset >= start), 0)


def write(name, table):
    lines = "".join(f"{key}\n{' '.join(sorted(table[key]))}\n" for key in sorted(table))
    with open(name + ".gz", "wb") as file, gzip.GzipFile("", "wb", 9, file, mtime=0) as zipped:
        zipped.write(lines.encode("ascii"))


synsets, exceptions = {}, {}
for part in ("noun", "verb", "adj", "adv"):
    for line in open(f"{FOLDER}/index.{part}", encoding="ascii"):
        if not line.startswith("  "):  # the licence
            fields = line.split()
            for offset in fields[-int(fields[2]):]:
                synsets.setdefault(fields[0], set()).add(f"{original(part, int(offset)):08}")
    for line in open(f"{FOLDER}/{part}.exc", encoding="ascii"):
        form, *bases = line.split()
        for base in bases:
            exceptions.setdefault(base, set()).add(form)
write("synsets", synsets)
write("exceptions", exceptions)
