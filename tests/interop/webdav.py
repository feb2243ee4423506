#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 the gst-cmaf authors
"""nginx keeps what the store sends it by WebDAV, and gives it back."""
import os
import pathlib

import interop

STORE = interop.BUILD_ROOT / 'tests/check/libs/cmafhttp/libs-cmafhttp-http-store'


def check_store(failures, url):
    """The case of the store's own test that is for a real server."""
    done = interop.run([STORE], env={**os.environ, 'CK_RUN_CASE': 'server',
                                     'CMAF_HTTP_STORE_URL': f'{url}/store/'})
    failures.expect(done.returncode == 0 and '100%: Checks: 1,' in done.stdout,
                    done.stdout)


def main():
    failures = interop.Failures()
    interop.need('nginx')
    with interop.scratch() as folder:
        media = pathlib.Path(folder) / 'media'
        media.mkdir()
        with interop.nginx(folder, media, interop.DAV) as url:
            check_store(failures, url)
    failures.finish()


if __name__ == '__main__':
    main()
