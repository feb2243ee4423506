/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* What every fuzz target is. */
#pragma once

#include <stdlib.h>

#include <gst/gst.h>

int LLVMFuzzerTestOneInput (const guint8 *data, gsize size);

/* A broken promise is a crash, in every kind of build. */
#define PROMISE(condition)                                                     \
  G_STMT_START                                                                 \
  {                                                                            \
    if (!(condition)) {                                                        \
      g_printerr (                                                             \
          "%s:%d: %s does not hold\n", __FILE__, __LINE__, #condition);        \
      abort ();                                                                \
    }                                                                          \
  }                                                                            \
  G_STMT_END
