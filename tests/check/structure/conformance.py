#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 the gst-cmaf authors
"""The tests that docs/conformance-*.md name exist.

In their tables the last column has the tests, in backticks: a file below
tests/, and behind a colon what is in it: a test of a C program without its
test_, a function of a Python program. A row without any is an error."""
import pathlib
import re
import sys

ROOT = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else '.')
NAMED = re.compile(r'`([\w/.-]+\.(?:c|py|js|sh))(?::(\w+))?`')
DEFINITION = {'.c': r'GST_START_TEST \(test_{}\)', '.py': r'^def {}\b'}


def is_defined(path, name):
    pattern = DEFINITION.get(path.suffix, r'\b{}\b').format(name)
    return re.search(pattern, path.read_text(encoding='utf-8'), re.M)


def check_row(cells):
    """What is wrong with the row."""
    named = NAMED.findall(cells[-1])
    if not named:
        yield 'names no test'
    for file, name in named:
        path = ROOT / 'tests' / file
        if not path.is_file():
            yield f'there is no tests/{file}'
        elif name and not is_defined(path, name):
            yield f'tests/{file} has no {name}'


def rows(text):
    """Number of the line and cells of each row, without the heads."""
    is_head = True
    for number, line in enumerate(text.splitlines(), 1):
        if not line.startswith('|'):
            is_head = True
        elif re.fullmatch(r'[|\s:-]+', line):
            is_head = False
        elif not is_head:
            yield number, [cell.strip() for cell in line.strip('|').split('|')]


def main():
    problems = []
    n_rows = 0
    pages = sorted((ROOT / 'docs').glob('conformance-*.md'))
    for page in pages:
        for number, cells in rows(page.read_text(encoding='utf-8')):
            n_rows += 1
            problems += [f'{page.name}:{number}: {problem}'
                         for problem in check_row(cells)]
    print(*problems, sep='\n')
    print(f'{len(pages)} pages, {n_rows} rows, {len(problems)} problems')
    return 1 if problems or not n_rows else 0


if __name__ == '__main__':
    sys.exit(main())
