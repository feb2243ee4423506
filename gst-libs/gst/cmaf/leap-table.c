/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* When leap seconds were and will be. */
#include <gst/cmaf/leap-table.h>
#include <stdio.h>
#include <string.h>

/* seconds from 1900 to 1970, and POSIX time of 1972-01-01, when TAI - UTC
 * became a whole number */
#define NTP_EPOCH G_GINT64_CONSTANT (2208988800)
#define FIRST_POSIX G_GINT64_CONSTANT (63072000)
#define FIRST_OFFSET 10
/* More than there can be while seconds are seconds. */
#define MAX_ENTRIES 1000
#define MAX_POSIX G_GINT64_CONSTANT (253402300800) /* year 10000 */

typedef struct
{
  gint64 posix; /* from here on */
  gint offset;  /* TAI - UTC */
} Entry;

struct _CmafLeapTable
{
  gatomicrefcount ref_count;
  GArray *entries; /* Entry, in order; not empty */
  gint64 expires;
};

static const gchar *const system_files[] = {
  "/usr/share/zoneinfo/leap-seconds.list",
  "/usr/share/zoneinfo/leapseconds",
  "/etc/leap-seconds.list",
};

CmafLeapTable *
cmaf_leap_table_ref (CmafLeapTable *table)
{
  g_atomic_ref_count_inc (&table->ref_count);
  return table;
}

void
cmaf_leap_table_unref (CmafLeapTable *table)
{
  if (!g_atomic_ref_count_dec (&table->ref_count))
    return;
  g_array_unref (table->entries);
  g_free (table);
}

/* ---- reading ---- */

static CmafLeapTable *
table_new (void)
{
  CmafLeapTable *table = g_new0 (CmafLeapTable, 1);

  g_atomic_ref_count_init (&table->ref_count);
  table->entries = g_array_new (FALSE, FALSE, sizeof (Entry));
  table->expires = G_MAXINT64;
  return table;
}

static const Entry *
last_entry (const CmafLeapTable *table)
{
  if (table->entries->len == 0)
    return NULL;
  return &g_array_index (table->entries, Entry, table->entries->len - 1);
}

/* Why @entry cannot follow, or NULL. */
static const gchar *
add (CmafLeapTable *table, gint64 posix, gint offset)
{
  const Entry *last = last_entry (table);
  const Entry entry = { posix, offset };

  if (posix < FIRST_POSIX || posix >= MAX_POSIX || ABS (offset) > MAX_ENTRIES)
    return "a date from 1972 on, and a plausible offset";
  if (last && (posix <= last->posix || ABS (offset - last->offset) != 1))
    return "a later date than before, and an offset that differs by one";
  if (table->entries->len >= MAX_ENTRIES)
    return "less than a thousand leap seconds";
  g_array_append_val (table->entries, entry);
  return NULL;
}

static gboolean
posix_of_date (
    gint year, const gchar *month, gint day, gint64 seconds, gint64 *posix)
{
  static const gchar names[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
  const gchar *at = strlen (month) == 3 ? strstr (names, month) : NULL;
  g_autoptr (GDateTime) date = NULL;

  if (!at || (at - names) % 3 != 0)
    return FALSE;
  date = g_date_time_new_utc (year, (gint)(at - names) / 3 + 1, day, 0, 0, 0);
  if (date)
    *posix = g_date_time_to_unix (date) + seconds;
  return date != NULL;
}

/* "Leap 2016 Dec 31 23:59:60 + S" */
static const gchar *
read_leap (CmafLeapTable *table, const gchar *line)
{
  gchar month[4], sign, kind;
  gint year, day, h, m, s;
  const Entry *last;
  gint64 posix;

  if (sscanf (line, "Leap %4d %3s %2d %2d:%2d:%2d %c %c", &year, month, &day,
          &h, &m, &s, &sign, &kind)
          != 8
      || kind != 'S' || h != 23 || m != 59
      || !((sign == '+' && s == 60) || (sign == '-' && s == 59))
      || !posix_of_date (year, month, day, 86400, &posix))
    return "Leap YEAR MON DAY 23:59:60 + S (or 23:59:59 -)";
  if (table->entries->len == 0)
    add (table, FIRST_POSIX, FIRST_OFFSET);
  last = last_entry (table);
  return add (table, posix, last->offset + (sign == '+' ? 1 : -1));
}

/* "2272060800 10 # 1 Jan 1972" */
static const gchar *
read_list (CmafLeapTable *table, const gchar *line)
{
  gint64 ntp;
  gint offset;

  if (sscanf (line, "%12" G_GINT64_FORMAT " %4d", &ntp, &offset) != 2)
    return "NTP seconds and TAI - UTC";
  return add (table, ntp - NTP_EPOCH, offset);
}

static const gchar *
read_expiry (CmafLeapTable *table, const gchar *line)
{
  gchar month[4];
  gint year, day;
  gint64 seconds;

  if (sscanf (line, "#@ %12" G_GINT64_FORMAT, &seconds) == 1)
    table->expires = seconds - NTP_EPOCH;
  else if (sscanf (line, "#expires %12" G_GINT64_FORMAT, &seconds) == 1)
    table->expires = seconds;
  else if (sscanf (line, "%*1[#]Expires %4d %3s %2d", &year, month, &day) == 3
           || sscanf (line, "Expires %4d %3s %2d", &year, month, &day) == 3) {
    if (!posix_of_date (year, month, day, 0, &table->expires))
      return "Expires YEAR MON DAY";
  }
  return NULL;
}

static const gchar *
read_line (CmafLeapTable *table, const gchar *line)
{
  if (line[0] == '\0' || line[0] == '#' || g_str_has_prefix (line, "Expires"))
    return read_expiry (table, line);
  if (g_str_has_prefix (line, "Leap"))
    return read_leap (table, line);
  return read_list (table, line);
}

CmafLeapTable *
cmaf_leap_table_parse (const gchar *text, GError **error)
{
  g_autoptr (CmafLeapTable) table = table_new ();
  g_auto (GStrv) lines = g_strsplit (text, "\n", -1);

  for (guint i = 0; lines[i]; i++) {
    const gchar *needed = read_line (table, g_strstrip (lines[i]));

    if (needed) {
      g_autofree gchar *found = g_strndup (lines[i], 60);
      g_autofree gchar *valid = g_utf8_make_valid (found, -1);

      g_set_error (error, CMAF_ERROR, CMAF_ERROR_MALFORMED,
          "leap seconds, line %u: found '%s', needs %s", i + 1, valid, needed);
      return NULL;
    }
  }
  if (table->entries->len == 0) {
    g_set_error (error, CMAF_ERROR, CMAF_ERROR_MALFORMED,
        "leap seconds: found none, needs a leap-seconds.list or leapseconds");
    return NULL;
  }
  return g_steal_pointer (&table);
}

CmafLeapTable *
cmaf_leap_table_load (const gchar *path, GError **error)
{
  g_autoptr (GError) reason = NULL;
  g_autoptr (GError) cause = NULL;
  g_autofree gchar *text = NULL;
  CmafLeapTable *table;

  for (guint i = 0; !path && i < G_N_ELEMENTS (system_files); i++)
    path = g_file_test (system_files[i], G_FILE_TEST_EXISTS) ? system_files[i]
                                                             : NULL;
  if (!path)
    path = system_files[0];
  if (!g_file_get_contents (path, &text, NULL, &reason)) {
    g_set_error (error, CMAF_ERROR, CMAF_ERROR_NOT_FOUND,
        "leap-seconds-file: %s, needs a leap-seconds.list or leapseconds",
        reason->message);
    return NULL;
  }
  table = cmaf_leap_table_parse (text, &cause);
  if (!table)
    g_propagate_prefixed_error (error, g_steal_pointer (&cause), "%s: ", path);
  return table;
}

/* ---- asking ---- */

gint64
cmaf_leap_table_expires (const CmafLeapTable *table)
{
  return table ? table->expires : G_MAXINT64;
}

gint
cmaf_leap_table_offset (const CmafLeapTable *table, gint64 posix)
{
  gint offset = table ? FIRST_OFFSET : CMAF_TAI_OFFSET;

  for (guint i = 0; table && i < table->entries->len; i++) {
    const Entry *entry = &g_array_index (table->entries, Entry, i);

    if (entry->posix <= posix || i == 0)
      offset = entry->offset;
  }
  return offset;
}

gint64
cmaf_leap_table_posix (
    const CmafLeapTable *table, gint64 tai, gboolean *is_inserted)
{
  gint offset = table ? FIRST_OFFSET : CMAF_TAI_OFFSET;

  *is_inserted = FALSE;
  for (guint i = 0; table && i < table->entries->len; i++) {
    const Entry *entry = &g_array_index (table->entries, Entry, i);

    if (i == 0 || entry->posix + entry->offset <= tai)
      offset = entry->offset;
    else if (entry->posix + offset <= tai) {
      *is_inserted = TRUE;
      return entry->posix - 1;
    }
  }
  return tai - offset;
}

gboolean
cmaf_leap_table_is_near (
    const CmafLeapTable *table, gint64 posix, gint64 seconds)
{
  for (guint i = 1; table && i < table->entries->len; i++) {
    if (ABS (g_array_index (table->entries, Entry, i).posix - posix) <= seconds)
      return TRUE;
  }
  return FALSE;
}
