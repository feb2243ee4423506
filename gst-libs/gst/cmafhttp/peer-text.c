/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* Character by character, until there is no more room. */
#include "peer-text.h"

#define REPLACEMENT 0xfffd

gchar *
cmaf_peer_text (const gchar *text, const gchar *fallback)
{
  GString *fit = g_string_sized_new (CMAF_PEER_TEXT_MAX);

  if (text == NULL || *text == '\0')
    text = fallback != NULL ? fallback : "";
  while (*text != '\0') {
    gunichar c = g_utf8_get_char_validated (text, -1);
    gboolean is_valid = c < 0x110000;

    text += is_valid ? g_unichar_to_utf8 (c, NULL) : 1;
    if (!is_valid || g_unichar_iscntrl (c))
      c = REPLACEMENT;
    if (fit->len + g_unichar_to_utf8 (c, NULL) > CMAF_PEER_TEXT_MAX)
      break;
    g_string_append_unichar (fit, c);
  }
  return g_string_free (fit, FALSE);
}
