/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* The box reader, by every kind of read, and the box printer on top of it. */
#include "box-printer.h"
#include "fuzz.h"

#define MAX_DEPTH 16

static void
walk (CmafBoxReader r, guint depth)
{
  CmafBox box;

  while (cmaf_box_reader_next (&r, &box)) {
    PROMISE (box.body.size <= r.size);
    PROMISE (box.offset + box.size == r.pos);
    PROMISE (r.pos <= r.size);
    if (depth < MAX_DEPTH)
      walk (box.body, depth + 1);
  }
  PROMISE (cmaf_box_reader_remaining (&r) == 0);
}

/* The first byte of each step says what to read. */
static void
read_fields (CmafBoxReader r)
{
  CmafBox box;
  guint32 flags;

  while (cmaf_box_reader_remaining (&r) > 0) {
    switch (cmaf_box_reader_u8 (&r) % 9) {
      case 0:
        cmaf_box_reader_u16 (&r);
        break;
      case 1:
        cmaf_box_reader_u24 (&r);
        break;
      case 2:
        cmaf_box_reader_u32 (&r);
        break;
      case 3:
        cmaf_box_reader_u64 (&r);
        break;
      case 4:
        cmaf_box_reader_skip (&r, cmaf_box_reader_u8 (&r));
        break;
      case 5: {
        const gchar *string = cmaf_box_reader_string (&r);

        PROMISE (r.failed || strlen (string) < r.size);
        break;
      }
      case 6:
        cmaf_box_reader_full (&r, &flags);
        PROMISE (flags <= 0xFFFFFF);
        break;
      case 7:
        cmaf_box_reader_find (&r, cmaf_box_reader_u32 (&r), &box);
        break;
      default:
        cmaf_box_reader_data (&r, cmaf_box_reader_u16 (&r));
        break;
    }
    PROMISE (r.pos <= r.size);
  }
}

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  g_autoptr (GString) text = g_string_new (NULL);
  CmafBoxReader r;
  CmafBox box;

  cmaf_box_reader_init (&r, data, size);
  walk (r, 0);
  read_fields (r);
  while (cmaf_box_reader_next (&r, &box)) {
    g_autoptr (GError) error = NULL;
    gboolean ok = print_box (text, &box, box.offset, &error);

    PROMISE (ok == (error == NULL));
  }
  return 0;
}
