/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the gst-cmaf authors */

/* No entity is expanded and nothing is loaded: a document type is refused. What
 * stands higher up holds below unless it is said again (ISO/IEC 23009-1
 * 5.3.9.1). */
#include "mpd-reader.h"

#include <gst/cmaf/track.h>
#include <libxml/parser.h>
#include <libxml/tree.h>
#include <string.h>

#define MAX_DIGITS 20  /* of a counter */
#define MAX_COUNTERS 2 /* in a template */
#define MAX_TEXT 256   /* bytes of an id or a template */
#define HAS_DOCTYPE "has a document type, needs none"
#define X(text) ((const xmlChar *)(text))

/* What holds at one place of the tree; borrowed or owned by the caller. */
typedef struct
{
  const gchar *language, *role, *initialization, *media;
  const gchar *base; /* directory with a slash, or ""; NULL: elsewhere */
} Scope;

typedef struct
{
  CmafMpd *mpd;
  GPtrArray *texts; /* of gchar: what scopes point to */
  GError **error;
} Reading;

static void
free_track (CmafMpdTrack *track)
{
  g_free (track->id);
  g_free (track->language);
  g_free (track->role);
  g_free (track->initialization);
  g_free (track->media);
  g_free (track);
}

void
cmaf_mpd_free (CmafMpd *mpd)
{
  g_ptr_array_unref (mpd->tracks);
  g_free (mpd);
}

/* ---- elements and attributes ---- */

static gboolean
is_element (const xmlNode *node, const gchar *name)
{
  return node->type == XML_ELEMENT_NODE && xmlStrEqual (node->name, X (name));
}

static gchar *
keep_text (Reading *r, xmlChar *text)
{
  gchar *kept = text != NULL ? g_strdup ((const gchar *)text) : NULL;

  xmlFree (text);
  if (kept != NULL)
    g_ptr_array_add (r->texts, kept);
  return kept;
}

static const gchar *
attribute (Reading *r, xmlNode *node, const gchar *name, const gchar *otherwise)
{
  const gchar *text = keep_text (r, xmlGetNoNsProp (node, X (name)));

  return text != NULL ? text : otherwise;
}

static gboolean
is_path (const gchar *path)
{
  g_auto (GStrv) elements = g_strsplit (path, "/", -1);

  if (strlen (path) > MAX_TEXT || *path == '/' || strstr (path, "://") != NULL
      || strchr (path, '\\') != NULL)
    return FALSE;
  for (guint i = 0; elements[i] != NULL; i++)
    if (g_str_equal (elements[i], ".."))
      return FALSE;
  return TRUE;
}

/* Where viewers get what its sender puts beside the MPD (ING-026). */
static gboolean
is_delivery_url (xmlNode *node, const gchar *reference)
{
  return is_element (node, "MPD")
         && (g_ascii_strncasecmp (reference, "http://", 7) == 0
             || g_ascii_strncasecmp (reference, "https://", 8) == 0);
}

/* The folder that @reference leads to from @base. */
static const gchar *
resolve (Reading *r, const gchar *base, const gchar *reference)
{
  const gchar *slash;
  gchar *folder;

  while (g_str_has_prefix (reference, "./"))
    reference += 2;
  if (base == NULL || !is_path (reference))
    return NULL;
  slash = strrchr (reference, '/');
  if (slash == NULL)
    return base;
  folder =
      g_strdup_printf ("%s%.*s/", base, (gint)(slash - reference), reference);
  g_ptr_array_add (r->texts, folder);
  return folder;
}

static void
read_template (Reading *r, xmlNode *node, Scope *scope)
{
  scope->initialization =
      attribute (r, node, "initialization", scope->initialization);
  scope->media = attribute (r, node, "media", scope->media);
}

static void
read_role (Reading *r, xmlNode *node, Scope *scope)
{
  const gchar *scheme = attribute (r, node, "schemeIdUri", "");
  const gchar *value = attribute (r, node, "value", "");

  if (scope->role == NULL && g_str_equal (scheme, CMAF_KIND_ROLE)
      && cmaf_role_is_valid (value))
    scope->role = value;
}

/* What @node itself and its children say for all that is below it. */
static Scope
enter (Reading *r, xmlNode *node, const Scope *outer)
{
  Scope scope = *outer;
  const gchar *language = attribute (r, node, "lang", NULL);
  gboolean has_base = FALSE;

  if (language != NULL && cmaf_language_is_valid (language)
      && !g_str_equal (language, "und"))
    scope.language = language;
  for (xmlNode *child = node->children; child != NULL; child = child->next) {
    if (is_element (child, "SegmentTemplate"))
      read_template (r, child, &scope);
    else if (is_element (child, "Role"))
      read_role (r, child, &scope);
    else if (is_element (child, "BaseURL") && !has_base) {
      gchar *reference = keep_text (r, xmlNodeGetContent (child));

      has_base = TRUE;
      if (reference == NULL || !is_delivery_url (node, g_strstrip (reference)))
        scope.base = reference != NULL
                         ? resolve (r, outer->base, g_strstrip (reference))
                         : NULL;
    }
  }
  return scope;
}

/* ---- the tree ---- */

static gboolean
malformed (Reading *r, const gchar *what)
{
  g_set_error (r->error, CMAF_ERROR, CMAF_ERROR_MALFORMED, "MPD: %s", what);
  return FALSE;
}

static gboolean
keep_template (
    Reading *r, const Scope *scope, const gchar *text, gchar **template)
{
  if (text == NULL || scope->base == NULL || strstr (text, "://") != NULL
      || *text == '/')
    return TRUE; /* elsewhere, which is for others to find */
  *template = g_strconcat (scope->base, text, NULL);
  return is_path (*template)
         || malformed (r, "a SegmentTemplate has \"..\", a backslash or more "
                          "than 256 bytes");
}

static gboolean
read_representation (Reading *r, xmlNode *node, const Scope *outer)
{
  const Scope scope = enter (r, node, outer);
  const gchar *id = attribute (r, node, "id", "");
  CmafMpdTrack *track;

  if (*id == '\0' || strlen (id) > MAX_TEXT || strchr (id, '/') != NULL)
    return malformed (r, "a Representation needs an id of at most 256 bytes "
                         "without slashes");
  if (r->mpd->tracks->len >= CMAF_MPD_MAX_TRACKS) {
    g_set_error (r->error, CMAF_ERROR, CMAF_ERROR_LIMIT,
        "MPD: has more than %d Representations", CMAF_MPD_MAX_TRACKS);
    return FALSE;
  }
  track = g_new0 (CmafMpdTrack, 1);
  g_ptr_array_add (r->mpd->tracks, track);
  track->id = g_strdup (id);
  track->language = g_strdup (scope.language);
  track->role = g_strdup (scope.role);
  g_ascii_string_to_unsigned (attribute (r, node, "bandwidth", "0"), 10, 0,
      G_MAXUINT64, &track->bandwidth, NULL);
  return keep_template (r, &scope, scope.initialization, &track->initialization)
         && keep_template (r, &scope, scope.media, &track->media);
}

/* MPD > Period > AdaptationSet > Representation */
static gboolean
read_level (Reading *r, xmlNode *node, const Scope *outer, guint level)
{
  static const gchar *const below[] = { "Period", "AdaptationSet",
    "Representation" };
  const Scope scope = enter (r, node, outer);

  for (xmlNode *child = node->children; child != NULL; child = child->next) {
    if (!is_element (child, below[level]))
      continue;
    if (level + 1 < G_N_ELEMENTS (below)
            ? !read_level (r, child, &scope, level + 1)
            : !read_representation (r, child, &scope))
      return FALSE;
  }
  return TRUE;
}

static gboolean
read_document (Reading *r, xmlDoc *document)
{
  const Scope none = { .base = "" };
  xmlNode *root = document ? xmlDocGetRootElement (document) : NULL;

  if (root == NULL)
    return malformed (r, "is no XML");
  if (xmlGetIntSubset (document) != NULL)
    return malformed (r, HAS_DOCTYPE); /* in another character encoding */
  if (!is_element (root, "MPD")) {
    g_set_error (r->error, CMAF_ERROR, CMAF_ERROR_UNSUPPORTED,
        "MPD: the root element is another");
    return FALSE;
  }
  return read_level (r, root, &none, 0);
}

CmafMpd *
cmaf_mpd_read (const gchar *data, gsize size, GError **error)
{
  g_autoptr (CmafMpd) mpd = NULL;
  g_autoptr (GPtrArray) texts = g_ptr_array_new_with_free_func (g_free);
  Reading r = { NULL, texts, error };
  xmlDoc *document;
  gboolean ok;

  if (size > CMAF_MPD_MAX_SIZE) {
    g_set_error (error, CMAF_ERROR, CMAF_ERROR_LIMIT,
        "MPD: has more than %d bytes", CMAF_MPD_MAX_SIZE);
    return NULL;
  }
  if (size > 0 && g_strstr_len (data, (gssize)size, "<!DOCTYPE") != NULL) {
    malformed (&r, HAS_DOCTYPE);
    return NULL;
  }
  mpd = g_new0 (CmafMpd, 1);
  mpd->tracks = g_ptr_array_new_with_free_func ((GDestroyNotify)free_track);
  r.mpd = mpd;
  document = xmlReadMemory (data, (int)size, NULL, NULL,
      XML_PARSE_NONET | XML_PARSE_NOERROR | XML_PARSE_NOWARNING
          | XML_PARSE_NOCDATA);
  ok = read_document (&r, document);
  if (document != NULL)
    xmlFreeDoc (document);
  return ok ? g_steal_pointer (&mpd) : NULL;
}

/* ---- names ---- */

static gsize
count_digits (const gchar *text)
{
  return strspn (text, "0123456789");
}

/* What "$Number%05d$" and the like stand for: @text, or digits of any value, at
 * least @width of them. */
typedef struct
{
  gchar *text; /* NULL: digits */
  guint width;
} Piece;

static gboolean
is_counter (const gchar *name)
{
  return g_str_equal (name, "Number") || g_str_equal (name, "Time")
         || g_str_equal (name, "SubNumber");
}

/* Cuts "%05d" off @name; FALSE when it is something else. */
static gboolean
take_width (gchar *name, guint *width)
{
  gchar *percent = strchr (name, '%');
  gsize n_digits;

  *width = 1;
  if (percent == NULL)
    return TRUE;
  *percent = '\0';
  n_digits = count_digits (percent + 1);
  *width = (guint)g_ascii_strtoull (percent + 1, NULL, 10);
  return n_digits > 0 && n_digits <= 3 && *width > 0 && *width <= MAX_DIGITS
         && g_str_equal (percent + 1 + n_digits, "d");
}

/* The identifier that begins at *@at with a dollar; *@at gets what follows. */
static gboolean
take_piece (const CmafMpdTrack *track, const gchar **at, Piece *piece)
{
  const gchar *end = strchr (*at + 1, '$');
  g_autofree gchar *name =
      end != NULL ? g_strndup (*at + 1, end - *at - 1) : NULL;

  piece->text = NULL;
  if (name == NULL || !take_width (name, &piece->width))
    return FALSE;
  *at = end + 1;
  if (*name == '\0')
    piece->text = g_strdup ("$");
  else if (g_str_equal (name, "RepresentationID"))
    piece->text = g_strdup (track->id);
  else if (g_str_equal (name, "Bandwidth"))
    piece->text = g_strdup_printf (
        "%0*" G_GINT64_MODIFIER "u", (gint)piece->width, track->bandwidth);
  else
    return is_counter (name);
  return TRUE;
}

/* Digits may be followed by digits: every length of theirs is tried, for
 * @n_counters of them at most. */
static gboolean
matches (const CmafMpdTrack *track, const gchar *at, const gchar *path,
    guint n_counters)
{
  while (*at != '\0') {
    g_autofree gchar *text = NULL;
    Piece piece;

    if (*at != '$') {
      if (*at++ != *path++)
        return FALSE;
      continue;
    }
    if (!take_piece (track, &at, &piece))
      return FALSE;
    text = piece.text;
    if (text == NULL) {
      for (gsize n = MIN (count_digits (path), MAX_DIGITS);
           n_counters > 0 && n >= piece.width; n--)
        if (matches (track, at, path + n, n_counters - 1))
          return TRUE;
      return FALSE;
    }
    if (!g_str_has_prefix (path, text))
      return FALSE;
    path += strlen (text);
  }
  return *path == '\0';
}

static gboolean
is_of (const CmafMpdTrack *track, const gchar *template, const gchar *path)
{
  return template != NULL && matches (track, template, path, MAX_COUNTERS);
}

/* A longer id goes before one that is its beginning. */
const CmafMpdTrack *
cmaf_mpd_find (const CmafMpd *mpd, const gchar *path)
{
  const CmafMpdTrack *found = NULL;

  for (guint i = 0; i < mpd->tracks->len; i++) {
    const CmafMpdTrack *track = g_ptr_array_index (mpd->tracks, i);

    if (found != NULL && strlen (track->id) <= strlen (found->id))
      continue;
    if (is_of (track, track->initialization, path)
        || is_of (track, track->media, path))
      found = track;
  }
  return found;
}

gchar *
cmaf_mpd_header_path (const CmafMpdTrack *track)
{
  g_autoptr (GString) path = g_string_new (NULL);
  const gchar *at = track->initialization;

  if (at == NULL)
    return NULL;
  while (*at != '\0') {
    Piece piece;

    if (*at != '$') {
      g_string_append_c (path, *at++);
      continue;
    }
    if (!take_piece (track, &at, &piece) || piece.text == NULL)
      return NULL;
    g_string_append (path, piece.text);
    g_free (piece.text);
  }
  return g_strdup (path->str);
}
