/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* One table for fixed paths, one for what lies in the folder of a track. */
#include "origin-path.h"

#include <gst/cmaf/segment-name.h>
#include <string.h>

static const struct
{
  const gchar *path;
  CmafOriginKind kind;
} fixed[] = {
  { "/", CMAF_ORIGIN_ROOT },
  { "", CMAF_ORIGIN_ROOT },
  { "/ui", CMAF_ORIGIN_ROOT },
  { "/ws/v1", CMAF_ORIGIN_WEBSOCKET },
  { "/time", CMAF_ORIGIN_TIME },
  { "/api/v1/channels", CMAF_ORIGIN_CHANNELS },
  { "/api/v1/stats", CMAF_ORIGIN_STATS },
  { "/healthz", CMAF_ORIGIN_HEALTH },
  { "/readyz", CMAF_ORIGIN_READY },
};

/* @value: digits, or hexadecimal digits, between prefix and suffix. */
static const struct
{
  const gchar *prefix, *suffix;
  enum
  {
    NOTHING,
    DECIMAL,
    HASH,
  } value;
  CmafOriginKind kind;
} track_files[] = {
  { "media.m3u8", "", NOTHING, CMAF_ORIGIN_PLAYLIST },
  { "init.mp4", "", NOTHING, CMAF_ORIGIN_INIT_ALIAS },
  { "live.mp4", "", NOTHING, CMAF_ORIGIN_STREAM },
  { "init-", ".mp4", HASH, CMAF_ORIGIN_INIT },
  { "seg-", ".m4s", DECIMAL, CMAF_ORIGIN_SEGMENT },
  { "t", ".m4s", DECIMAL, CMAF_ORIGIN_SEGMENT_AT },
};

/* Copies the name up to the next '/' or the end; gives what follows, or NULL
 * when it is no name. */
static const gchar *
take_name (const gchar *at, gchar name[CMAF_ORIGIN_MAX_NAME + 1])
{
  gsize size = strcspn (at, "/");

  if (size > CMAF_ORIGIN_MAX_NAME)
    return NULL;
  memcpy (name, at, size);
  name[size] = '\0';
  return cmaf_track_name_is_valid (name) ? at + size : NULL;
}

/* Canonical decimal: no sign, no leading zero, fits 64 bits. */
static gboolean
take_decimal (const gchar *at, gsize size, guint64 *value)
{
  gchar digits[21];

  if (size == 0 || size >= sizeof digits || (size > 1 && at[0] == '0'))
    return FALSE;
  memcpy (digits, at, size);
  digits[size] = '\0';
  return g_ascii_string_to_unsigned (digits, 10, 0, G_MAXUINT64, value, NULL);
}

static gboolean
is_hash (const gchar *at, gsize size)
{
  for (gsize i = 0; i < size; i++) {
    if (!g_ascii_isxdigit (at[i]) || g_ascii_isupper (at[i]))
      return FALSE;
  }
  return size == 8;
}

static CmafOriginKind
parse_track_file (CmafOriginPath *parsed, const gchar *file)
{
  for (guint i = 0; i < G_N_ELEMENTS (track_files); i++) {
    gsize n_prefix = strlen (track_files[i].prefix);
    gsize n_suffix = strlen (track_files[i].suffix);
    gsize n_value = strlen (file);

    if (n_value < n_prefix + n_suffix
        || !g_str_has_prefix (file, track_files[i].prefix)
        || !g_str_has_suffix (file, track_files[i].suffix))
      continue;
    n_value -= n_prefix + n_suffix;
    if ((track_files[i].value == NOTHING && n_value == 0)
        || (track_files[i].value == HASH && is_hash (file + n_prefix, n_value))
        || (track_files[i].value == DECIMAL
            && take_decimal (file + n_prefix, n_value, &parsed->value)))
      return track_files[i].kind;
  }
  return CMAF_ORIGIN_UNKNOWN;
}

/* @at: below "/live/" */
static CmafOriginKind
parse_live (CmafOriginPath *parsed, const gchar *at)
{
  at = take_name (at, parsed->channel);
  if (at == NULL || *at != '/')
    return CMAF_ORIGIN_UNKNOWN;
  parsed->file = ++at;
  if (g_str_equal (at, "stream.mpd") || g_str_equal (at, "master.m3u8"))
    return CMAF_ORIGIN_MANIFEST;
  at = take_name (at, parsed->track);
  if (at == NULL || *at != '/')
    return CMAF_ORIGIN_UNKNOWN;
  return parse_track_file (parsed, at + 1);
}

/* @at: below "/ui/" */
static CmafOriginKind
parse_page (CmafOriginPath *parsed, const gchar *at)
{
  static const gchar embed[] = "embed/";
  gchar name[CMAF_ORIGIN_MAX_NAME + 1];

  if (g_str_has_prefix (at, embed)) {
    at = take_name (at + strlen (embed), parsed->channel);
    return at != NULL && *at == '\0' ? CMAF_ORIGIN_EMBED : CMAF_ORIGIN_UNKNOWN;
  }
  parsed->file = at;
  if (*at == '\0')
    return CMAF_ORIGIN_PAGE;
  at = take_name (at, name);
  return at != NULL && *at == '\0' ? CMAF_ORIGIN_PAGE : CMAF_ORIGIN_UNKNOWN;
}

static CmafOriginKind
parse_channel (CmafOriginPath *parsed, const gchar *at)
{
  at = take_name (at, parsed->channel);
  return at != NULL && *at == '\0' ? CMAF_ORIGIN_CHANNEL : CMAF_ORIGIN_UNKNOWN;
}

static const struct
{
  const gchar *prefix;
  CmafOriginKind (*parse) (CmafOriginPath *parsed, const gchar *at);
} folders[] = {
  { "/live/", parse_live },
  { "/ui/", parse_page },
  { "/api/v1/channels/", parse_channel },
};

CmafOriginKind
cmaf_origin_path_parse (CmafOriginPath *parsed, const gchar *path)
{
  memset (parsed, 0, sizeof *parsed);
  for (guint i = 0; i < G_N_ELEMENTS (fixed); i++) {
    if (g_str_equal (path, fixed[i].path))
      return parsed->kind = fixed[i].kind;
  }
  for (guint i = 0; i < G_N_ELEMENTS (folders); i++) {
    if (g_str_has_prefix (path, folders[i].prefix))
      return parsed->kind =
                 folders[i].parse (parsed, path + strlen (folders[i].prefix));
  }
  return CMAF_ORIGIN_UNKNOWN;
}
