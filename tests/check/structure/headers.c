/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* Every public header compiles alone: the build of this program is the test.
 * Each header is the one include of a source file made by meson. */
int
main (void)
{
  return 0;
}
