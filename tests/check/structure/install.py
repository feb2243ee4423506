#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 the gst-cmaf authors
"""Installs into an empty directory and uses it as a stranger would: compiles a
program against each library through pkg-config, and inspects each element.

install.py BUILD_DIR CC"""
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile

PROGRAMS = {
    'gstreamer-cmaf-1.0': '''
#include <gst/cmaf/segment-grid.h>
int main (void)
{
  CmafSegmentGrid grid;
  cmaf_segment_grid_init_default (&grid, 25, 1);
  return grid.duration_n * 25 == grid.duration_d * 48 ? 0 : 1;
}''',
    'gstreamer-cmafbase-1.0': '''
#include <gst/cmafbase/gstcmaftracksink.h>
int main (int argc, char **argv)
{
  gst_init (&argc, &argv);
  return GST_TYPE_CMAF_TRACK_SINK != 0 ? 0 : 1;
}''',
    'gstreamer-cmafupload-1.0': '''
#include <gst/cmafhttp/http-store.h>
int main (void)
{
  CmafHttpStoreConfig config;
  cmaf_http_store_config_init (&config);
  return config.method != NULL ? 0 : 1;
}''',
    'gstreamer-cmafhttp-1.0': '''
#include <gst/cmafhttp/http-listener.h>
int main (void)
{
  CmafHttpListenerConfig config;
  cmaf_http_listener_config_init (&config);
  return config.address != NULL ? 0 : 1;
}''',
}
ELEMENTS = {
    'cmaf': ['cmafaudioalign', 'cmafeventsrc', 'cmafframetap', 'cmafsyncmux', 'tsepochtap'],
    'cmafmanifest': ['cmafdashsink', 'cmafhlssink'],
    'httpingest': ['httpingestsink', 'httpingestsrc'],
    'cmaforigin': ['cmaforiginsink'],
}


def run(command, **options):
    done = subprocess.run(command, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, text=True, check=False,
                          **options)
    if done.returncode:
        sys.exit(f'{" ".join(map(str, command))}:\n{done.stdout}')
    return done.stdout


def compile_and_run(compiler, folder, name, source, env):
    flags = run(['pkg-config', '--cflags', '--libs', name], env=env).split()
    path = folder / f'{name}.c'
    path.write_text(source, encoding='utf-8')
    run([*compiler.split(), '-std=c11', '-Wall', '-Wextra', '-Werror',
         '-Wno-unused-parameter', '-o', folder / name, path, *flags,
         # as if the linker looked there by itself
         f'-Wl,-rpath-link,{env["LD_LIBRARY_PATH"]}'])
    run([folder / name], env=env)
    print(f'{name}: compiles, links and runs')


def relocate(pkgconfig, dest):
    """The prefix in the .pc files, as if installed for good."""
    for path in pkgconfig.glob('*.pc'):
        text = path.read_text(encoding='utf-8')
        prefix = next(line for line in text.splitlines()
                      if line.startswith('prefix='))
        path.write_text(text.replace(prefix, 'prefix=' + str(dest)
                                     + prefix.removeprefix('prefix=')),
                        encoding='utf-8')


def main(build, compiler):
    with tempfile.TemporaryDirectory(prefix='cmaf-install-') as name:
        dest = pathlib.Path(name)
        run(['meson', 'install', '-C', build, '--no-rebuild', '--destdir', name])
        pkgconfig = next(dest.rglob('gstreamer-cmaf-1.0.pc')).parent
        libdir = pkgconfig.parent
        relocate(pkgconfig, dest)
        env = dict(os.environ, PKG_CONFIG_PATH=str(pkgconfig),
                   LD_LIBRARY_PATH=str(libdir),
                   GST_PLUGIN_PATH_1_0=str(libdir / 'gstreamer-1.0'),
                   GST_REGISTRY_1_0=str(dest / 'registry.bin'))
        for library, source in PROGRAMS.items():
            if not (pkgconfig / f'{library}.pc').exists():
                sys.exit(f'{library}.pc is not installed')
            compile_and_run(compiler, dest, library, source, env)
        for plugin, elements in ELEMENTS.items():
            path = libdir / 'gstreamer-1.0' / f'libgst{plugin}.so'
            if not path.exists():
                sys.exit(f'{path.name} is not installed')
            for element in elements:
                found = run(['gst-inspect-1.0', element], env=env)
                if str(path) not in found:
                    sys.exit(f'{element} comes from elsewhere:\n{found}')
                print(f'{element}: in {path.name}')
            # a process may have the other libsoup, which does not bear this one
            if plugin in ('cmaf', 'cmafmanifest') \
                    and 'libsoup' in run(['ldd', path], env=env):
                sys.exit(f'{path.name} needs libsoup')
        programs = [p.name for p in dest.rglob('bin/*')]
        for name in ('cmaf-compare', 'cmaf-dump'):
            if name not in programs:
                sys.exit(f'{name} is not installed, only {programs}')


if __name__ == '__main__':
    if not shutil.which('pkg-config'):
        print('SKIP: no pkg-config')
        sys.exit(77)
    main(sys.argv[1], sys.argv[2])
